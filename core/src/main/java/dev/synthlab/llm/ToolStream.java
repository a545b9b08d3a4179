package dev.synthlab.llm;

import dev.synthlab.call.ActiveCalls;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/** A stream of the texts of all rounds of a call with tools. For one consumer. */
final class ToolStream implements TextStream {
  private final ToolLoop rounds;
  private final ActiveCalls.Call call;
  private final AtomicBoolean ended = new AtomicBoolean();
  private final Open open;
  private volatile TextStream current;
  private volatile boolean closed;
  private Optional<Completion> last = Optional.empty();
  private boolean iterating;

  /** Sends one request and returns the stream of its answer. */
  interface Open {
    TextStream stream(CompletionRequest request);
  }

  ToolStream(ToolLoop rounds, CompletionRequest request, ActiveCalls.Call call, Open open) {
    this.rounds = rounds;
    this.call = call;
    this.open = open;
    this.current = call.within(() -> open.stream(request));
  }

  @Override
  public Iterator<String> iterator() {
    if (iterating) {
      throw new IllegalStateException("a stream is iterated once");
    }
    iterating = true;
    return new Deltas();
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

  private final class Deltas implements Iterator<String> {
    private Iterator<String> deltas = current.iterator();

    @Override
    public boolean hasNext() {
      while (last.isEmpty() && !deltas.hasNext()) {
        nextRound();
      }
      return last.isEmpty();
    }

    private void nextRound() {
      Completion answer = current.completion();
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
          TextStream next = call.within(() -> open.stream(again.request()));
          current = next;
          deltas = next.iterator();
          if (closed) { // while the tools ran
            next.close();
          }
        }
      }
    }

    @Override
    public String next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      return deltas.next();
    }
  }
}
