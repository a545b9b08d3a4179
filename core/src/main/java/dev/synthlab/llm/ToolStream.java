package dev.synthlab.llm;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;

/** A stream of the texts of all rounds of a call with tools. For one consumer. */
final class ToolStream implements TextStream {
  private final ToolLoop rounds;
  private final Open open;
  private volatile TextStream current;
  private volatile boolean closed;
  private Optional<Completion> last = Optional.empty();
  private boolean iterating;

  /** Sends one request and returns the stream of its answer. */
  interface Open {
    TextStream stream(CompletionRequest request);
  }

  ToolStream(ToolLoop rounds, CompletionRequest request, Open open) {
    this.rounds = rounds;
    this.open = open;
    this.current = open.stream(request);
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
      switch (rounds.after(answer)) {
        case ToolLoop.Next.Answered over -> last = Optional.of(over.completion());
        case ToolLoop.Next.Failed failed -> ToolLoop.failed(failed.fault(), answer.report()).get();
        case ToolLoop.Next.Asked again -> {
          TextStream next = open.stream(again.request());
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
