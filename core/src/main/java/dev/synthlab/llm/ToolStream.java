package dev.synthlab.llm;

import dev.synthlab.call.ActiveCalls;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/** A stream of the events of all rounds of a call with tools. For one consumer. */
final class ToolStream extends EventStream {
  private final ToolLoop rounds;
  private final ActiveCalls.Call call;
  private final AtomicBoolean ended = new AtomicBoolean();
  private final Open open;
  private volatile EventStream current;
  private volatile boolean closed;
  private Optional<Completion> last = Optional.empty();

  /** Sends one request and returns the stream of its answer. */
  interface Open {
    EventStream stream(CompletionRequest request);
  }

  ToolStream(ToolLoop rounds, CompletionRequest request, ActiveCalls.Call call, Open open) {
    this.rounds = rounds;
    this.call = call;
    this.open = open;
    this.current = call.within(() -> open.stream(request));
  }

  @Override
  Optional<StreamEvent> next() {
    while (last.isEmpty()) {
      Optional<StreamEvent> event = current.next();
      if (event.isEmpty()) {
        throw new IllegalStateException("the stream has failed");
      }
      if (!(event.get() instanceof StreamEvent.Completed round)) {
        return event;
      }
      nextRound(round.completion());
      if (last.isPresent()) {
        return last.map(StreamEvent.Completed::new);
      }
    }
    return Optional.empty();
  }

  private void nextRound(Completion answer) {
    switch (call.within(() -> rounds.after(answer))) {
      case ToolLoop.Next.Answered over -> {
        last = Optional.of(over.completion());
        end();
      }
      case ToolLoop.Next.Failed failed -> {
        end();
        ToolLoop.failed(failed.fault(), answer.report()).get();
      }
      case ToolLoop.Next.Asked again -> {
        EventStream next = call.within(() -> open.stream(again.request()));
        current = next;
        if (closed) { // while the tools ran
          next.close();
        }
      }
    }
  }

  @Override
  public Completion completion() {
    return last.orElseThrow(
        () ->
            new IllegalStateException(
                "the answer is not complete: read the stream to its end first"));
  }

  @Override
  public void close() {
    closed = true;
    current.close();
    end();
  }

  private void end() {
    if (ended.compareAndSet(false, true)) {
      call.end();
    }
  }
}
