package dev.synthlab.local;

import dev.synthlab.local.Answer.Events;
import dev.synthlab.local.Answer.Head;
import dev.synthlab.local.Answer.Usage;
import dev.synthlab.local.Answer.Whole;
import dev.synthlab.local.Engine.Piece;
import dev.synthlab.local.Engine.Run;
import java.util.concurrent.CompletableFuture;

/** One answer, from the request to the last byte of its body. */
final class Job {
  private final ChatRequest request;
  private final Head head;
  private final AnswerBody body = new AnswerBody();
  private final CompletableFuture<AnswerBody> started = new CompletableFuture<>();

  Job(ChatRequest request, Head head) {
    this.request = request;
    this.head = head;
  }

  /** Done when the status is known: with the body, or with what stands against an answer. */
  CompletableFuture<AnswerBody> started() {
    return started;
  }

  void cancel() {
    body.close();
  }

  boolean isCancelled() {
    return body.isClosed();
  }

  /** Nothing can be answered at all. */
  void refuse(Throwable cause) {
    if (!started.completeExceptionally(cause)) {
      body.fail(cause);
    }
  }

  /** Nothing follows. */
  void end() {
    body.complete();
  }

  /** Makes the answer; comes back when it is whole or no longer wanted. */
  void answer(Engine engine) throws Refusal {
    int[] prompt = engine.prompt(request.turns());
    int room = engine.contextSize() - prompt.length - 1;
    if (room < 1) {
      throw new Refusal(
          400,
          "messages",
          "context_length_exceeded",
          "the messages have "
              + prompt.length
              + " tokens; the embedded model reads and writes at most "
              + engine.contextSize());
    }
    if (request.sampling().schema().isPresent()) {
      engine.check(request.sampling().schema().get());
    }
    started.complete(body);
    generate(engine, prompt, Math.min(room, request.sampling().maxTokens()));
  }

  private void generate(Engine engine, int[] prompt, int most) {
    Answer answer = answer();
    // One more than is wanted: only what follows the last token tells whether the model was done.
    Run run = engine.start(prompt, request.sampling().withMaxTokens(most + 1));
    int made = 0;
    while (!body.isClosed()) {
      Piece piece = run.next();
      if (made + piece.tokens() > most) {
        run.cancel();
        answer.end("length", new Usage(prompt.length, most));
        return;
      }
      made += piece.tokens();
      if (!piece.text().isEmpty()) {
        answer.text(piece.text());
      }
      if (piece.last()) {
        answer.end("stop", new Usage(prompt.length, made));
        return;
      }
    }
    run.cancel();
  }

  private Answer answer() {
    if (!request.stream()) {
      return new Whole(head, body, new StringBuilder());
    }
    Events events = new Events(head, body, request.usageEvent());
    events.begin();
    return events;
  }
}
