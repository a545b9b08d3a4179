package dev.synthlab.local;

import java.util.concurrent.CompletableFuture;

/**
 * One answer, from the request to the last byte of its body.
 *
 * @param <E> what it needs to be made
 */
abstract sealed class Job<E extends LoadedModel> permits ChatJob, EmbeddingJob {
  final ResponsePipe body = new ResponsePipe();
  private final CompletableFuture<ResponsePipe> started = new CompletableFuture<>();

  /** Makes the answer; comes back when it is whole or no longer wanted. */
  abstract void answer(E engine) throws ErrorResponse;

  /** The type of its body. */
  abstract String contentType();

  /** Done when the status is known: with the body, or with what stands against an answer. */
  final CompletableFuture<ResponsePipe> started() {
    return started;
  }

  final void cancel() {
    body.close();
  }

  final boolean isCancelled() {
    return body.isClosed();
  }

  /** Nothing can be answered at all. */
  final void refuse(Throwable cause) {
    if (!started.completeExceptionally(cause)) {
      body.fail(cause);
    }
  }

  /** Nothing follows. */
  final void end() {
    body.complete();
  }
}
