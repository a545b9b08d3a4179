package dev.synthlab.local;

import java.util.concurrent.CompletableFuture;

/**
 * The work for one response, until the last byte of its body.
 *
 * @param <E> the engine that it needs
 */
abstract sealed class Job<E extends LoadedModel> permits ChatJob, EmbeddingJob {
  final ResponsePipe body = new ResponsePipe();
  private final CompletableFuture<ResponsePipe> started = new CompletableFuture<>();

  /** Writes the response; returns when it is complete or cancelled. */
  abstract void answer(E engine) throws ErrorResponse;

  /** The content type of the body. */
  abstract String contentType();

  /** Completed when the status is known: with the body, or with the error. */
  final CompletableFuture<ResponsePipe> started() {
    return started;
  }

  final void cancel() {
    body.close();
  }

  final boolean isCancelled() {
    return body.isClosed();
  }

  /** Fails the response before its body. */
  final void refuse(Throwable cause) {
    if (!started.completeExceptionally(cause)) {
      body.fail(cause);
    }
  }

  /** Ends the body. */
  final void end() {
    body.complete();
  }
}
