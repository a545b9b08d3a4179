package dev.synthlab.local;

import dev.synthlab.local.Engine.Piece;
import dev.synthlab.local.Engine.Run;
import dev.synthlab.local.OpenAiResponse.Events;
import dev.synthlab.local.OpenAiResponse.Head;
import dev.synthlab.local.OpenAiResponse.Usage;
import dev.synthlab.local.OpenAiResponse.Whole;

/** Computes one chat completion and writes its response. */
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
  void answer(Engine engine) throws ErrorResponse {
    int[] prompt = engine.prompt(request.turns());
    int room = engine.contextSize() - prompt.length - 1;
    if (room < 1) {
      throw new ErrorResponse(
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

  private void generate(Engine engine, int[] prompt, int max) {
    OpenAiResponse answer = answer();
    // One more token than requested: only the next token shows whether the model had ended.
    Run run = engine.start(prompt, request.sampling().withMaxTokens(max + 1));
    int made = 0;
    while (!body.isClosed()) {
      Piece delta = run.next();
      if (made + delta.tokens() > max) {
        run.cancel();
        answer.end("length", new Usage(prompt.length, max));
        return;
      }
      made += delta.tokens();
      if (!delta.text().isEmpty()) {
        answer.text(delta.text());
      }
      if (delta.last()) {
        answer.end("stop", new Usage(prompt.length, made));
        return;
      }
    }
    run.cancel();
  }

  private OpenAiResponse answer() {
    if (!request.stream()) {
      return new Whole(head, body, new StringBuilder());
    }
    Events events = new Events(head, body, request.usageEvent());
    events.begin();
    return events;
  }
}
