package dev.synthlab.local;

import dev.synthlab.local.Answer.Events;
import dev.synthlab.local.Answer.Head;
import dev.synthlab.local.Answer.Usage;
import dev.synthlab.local.Answer.Whole;
import dev.synthlab.local.Engine.Piece;
import dev.synthlab.local.Engine.Run;

/** One answer to a conversation. */
final class ChatJob extends Job<Engine> {
  private final ChatRequest request;
  private final Head head;

  ChatJob(ChatRequest request, Head head) {
    this.request = request;
    this.head = head;
  }

  @Override
  String contentType() {
    return request.stream() ? "text/event-stream" : "application/json";
  }

  @Override
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
    started().complete(body);
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
