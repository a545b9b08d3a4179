package dev.synthlab.llm;

import java.util.Iterator;
import java.util.NoSuchElementException;

/** An answer that was kept, as the stream that was asked for. For one consumer. */
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
    return new Pieces();
  }

  @Override
  public Completion completion() {
    if (!handedOut) {
      throw new IllegalStateException("pieces of the answer are still to come");
    }
    return answer;
  }

  @Override
  public void close() {
    span.answered(answer);
  }

  private final class Pieces implements Iterator<String> {
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
