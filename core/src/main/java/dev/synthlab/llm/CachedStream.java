package dev.synthlab.llm;

import java.util.Iterator;
import java.util.NoSuchElementException;

/** A stream with the answer from the cache, in one delta. For one consumer. */
final class CachedStream implements TextStream {
  private final Completion answer;
  private final LlmSpan span;
  private boolean iterating;
  private boolean handedOut;

  CachedStream(Completion answer, LlmSpan span) {
    this.answer = answer;
    this.span = span;
    this.handedOut = answer.text().isEmpty();
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
    if (!handedOut) {
      throw new IllegalStateException(
          "the answer is not complete: read the stream to its end first");
    }
    return answer;
  }

  @Override
  public void close() {
    span.answered(answer);
  }

  private final class Deltas implements Iterator<String> {
    @Override
    public boolean hasNext() {
      if (handedOut) {
        close();
      }
      return !handedOut;
    }

    @Override
    public String next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      handedOut = true;
      return answer.text();
    }
  }
}
