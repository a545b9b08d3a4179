package dev.synthlab.llm;

import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;

/** A stream with the answer from the cache, whose text is one delta. For one consumer. */
final class CachedStream extends EventStream {
  private final Completion answer;
  private final LlmSpan span;
  private final Queue<StreamEvent> events = new ArrayDeque<>();

  CachedStream(Completion answer, LlmSpan span) {
    this.answer = answer;
    this.span = span;
    if (!answer.reasoning().isEmpty()) {
      events.add(new StreamEvent.ReasoningDelta(answer.reasoning()));
    }
    if (!answer.text().isEmpty()) {
      events.add(new StreamEvent.TextDelta(answer.text()));
    }
    answer.toolCalls().forEach(call -> events.add(new StreamEvent.ToolCall(call)));
    events.add(new StreamEvent.Completed(answer));
  }

  @Override
  Optional<StreamEvent> next() {
    Optional<StreamEvent> event = Optional.ofNullable(events.poll());
    if (events.isEmpty()) {
      close();
    }
    return event;
  }

  @Override
  public Completion completion() {
    if (events.stream().anyMatch(event -> event instanceof StreamEvent.TextDelta)) {
      throw new IllegalStateException(
          "the answer is not complete: read the stream to its end first");
    }
    return answer;
  }

  @Override
  public void close() {
    span.answered(answer);
  }
}
