package dev.synthlab.llm;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** A stream that is read event by event. For one consumer. */
abstract non-sealed class EventStream implements TextStream {
  private boolean reading;

  /**
   * Waits for the next event.
   *
   * @return the event, or empty after the last one
   */
  abstract Optional<StreamEvent> next();

  @Override
  public final Iterator<String> iterator() {
    begin();
    return new Events<>() {
      @Override
      Optional<String> find() {
        Optional<StreamEvent> event = EventStream.this.next();
        while (event.isPresent() && !(event.get() instanceof StreamEvent.TextDelta)) {
          event = EventStream.this.next();
        }
        return event.map(delta -> ((StreamEvent.TextDelta) delta).text());
      }
    };
  }

  @Override
  public final Stream<String> stream() {
    return streamed(iterator());
  }

  @Override
  public final Stream<StreamEvent> events() {
    begin();
    return streamed(
        new Events<>() {
          @Override
          Optional<StreamEvent> find() {
            return EventStream.this.next();
          }
        });
  }

  private void begin() {
    if (reading) {
      throw new IllegalStateException("a stream is read once");
    }
    reading = true;
  }

  private <T> Stream<T> streamed(Iterator<T> from) {
    int kind = Spliterator.ORDERED | Spliterator.NONNULL;
    return StreamSupport.stream(Spliterators.spliteratorUnknownSize(from, kind), false)
        .onClose(this::close);
  }

  /** An iterator that looks for its next element when it is asked for it. */
  private abstract static class Events<T> implements Iterator<T> {
    private Optional<T> found = Optional.empty();

    /** The next element, or empty after the last one. */
    abstract Optional<T> find();

    @Override
    public boolean hasNext() {
      if (found.isEmpty()) {
        found = find();
      }
      return found.isPresent();
    }

    @Override
    public T next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      T element = found.orElseThrow();
      found = Optional.empty();
      return element;
    }
  }
}
