package dev.synthlab.llm;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Queue;

/** The elements of a list in a stream of text. For one consumer. */
final class Elements<T> implements ElementStream<T> {
  private final TextStream stream;
  private final Class<T> type;
  private final Shape shape;
  private final ArrayCutter cutter = new ArrayCutter();
  private final Queue<String> ready = new ArrayDeque<>();
  private int taken;
  private boolean iterating;

  Elements(TextStream stream, Class<T> type, Shape shape) {
    this.stream = stream;
    this.type = type;
    this.shape = shape;
  }

  @Override
  public Iterator<T> iterator() {
    if (iterating) {
      throw new IllegalStateException("a stream is iterated once");
    }
    iterating = true;
    Iterator<String> pieces = stream.iterator();
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return awaitElement(pieces);
      }

      @Override
      public T next() {
        if (!awaitElement(pieces)) {
          throw new NoSuchElementException();
        }
        return element(ready.remove());
      }
    };
  }

  @Override
  public Completion completion() {
    if (!ready.isEmpty()) {
      throw new IllegalStateException("elements of the answer are still to come");
    }
    return stream.completion();
  }

  @Override
  public void close() {
    stream.close();
  }

  private boolean awaitElement(Iterator<String> pieces) {
    while (ready.isEmpty() && pieces.hasNext()) {
      ready.addAll(cutter.cut(pieces.next()));
    }
    if (ready.isEmpty() && !cutter.closed()) {
      throw unfinished(stream.completion());
    }
    return !ready.isEmpty();
  }

  private AnswerException unfinished(Completion whole) {
    if (whole.truncated()) {
      return new AnswerException.Truncated(whole.text());
    }
    return whole
        .problem()
        .orElseGet(
            () ->
                unfit(
                    whole.text(),
                    List.of(
                        cutter.opened()
                            ? "the array of the elements does not end"
                            : "there is no array of elements in the answer")));
  }

  private T element(String text) {
    int index = taken;
    taken++;
    Shape.Reading reading =
        switch (Salvage.readElement(text)) {
          case Salvage.Tree tree -> shape.readItem(tree.value(), index);
          case Salvage.Unreadable none ->
              new Shape.Reading(
                  Optional.empty(),
                  List.of("$." + Shape.ITEMS + "[" + index + "] is not JSON: " + none.why()));
        };
    if (reading.value().isEmpty()) {
      close();
      throw unfit(text, reading.violations());
    }
    @SuppressWarnings("unchecked") // what the shape of a type reads is of the type
    T value = (T) reading.value().get();
    return value;
  }

  private StructuredOutputException unfit(String text, List<String> violations) {
    return new StructuredOutputException("list of " + type.getSimpleName(), text, violations);
  }
}
