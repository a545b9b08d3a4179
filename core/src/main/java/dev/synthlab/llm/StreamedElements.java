package dev.synthlab.llm;

import dev.synthlab.json.JsonArraySplitter;
import dev.synthlab.json.JsonBinding;
import dev.synthlab.json.JsonExtractor;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Queue;

/** The elements of a list, parsed from a stream of text. For one consumer. */
final class StreamedElements<T> implements ElementStream<T> {
  private final TextStream stream;
  private final Class<T> type;
  private final JsonBinding binding;
  private final JsonArraySplitter cutter = new JsonArraySplitter();
  private final Queue<String> ready = new ArrayDeque<>();
  private int taken;
  private boolean iterating;

  StreamedElements(TextStream stream, Class<T> type, JsonBinding binding) {
    this.stream = stream;
    this.type = type;
    this.binding = binding;
  }

  @Override
  public Iterator<T> iterator() {
    if (iterating) {
      throw new IllegalStateException("a stream is iterated once");
    }
    iterating = true;
    Iterator<String> deltas = stream.iterator();
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return awaitElement(deltas);
      }

      @Override
      public T next() {
        if (!awaitElement(deltas)) {
          throw new NoSuchElementException();
        }
        return element(ready.remove());
      }
    };
  }

  @Override
  public Completion completion() {
    if (!ready.isEmpty()) {
      throw new IllegalStateException("the list is not complete: read the stream to its end first");
    }
    return stream.completion();
  }

  @Override
  public void close() {
    stream.close();
  }

  private boolean awaitElement(Iterator<String> deltas) {
    while (ready.isEmpty() && deltas.hasNext()) {
      String delta = deltas.next();
      ready.addAll(cutter.cut(delta));
    }
    if (ready.isEmpty() && !cutter.closed()) {
      throw unfinished(stream.completion());
    }
    if (ready.isEmpty()) {
      stream.completion().orThrow();
    }
    return !ready.isEmpty();
  }

  private AnswerException unfinished(Completion whole) {
    if (whole.truncated()) {
      return new AnswerException.Truncated(whole);
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
                            : "there is no array of elements in the answer"),
                    whole));
  }

  private T element(String text) {
    int index = taken;
    taken++;
    JsonBinding.Reading reading =
        switch (JsonExtractor.readElement(text)) {
          case JsonExtractor.Tree tree -> binding.readItem(tree.value(), index);
          case JsonExtractor.Unreadable none ->
              new JsonBinding.Reading(
                  Optional.empty(),
                  List.of(
                      "$." + JsonBinding.ITEMS + "[" + index + "] is not JSON: " + none.reason()));
        };
    if (reading.value().isEmpty()) {
      close();
      throw unfit(
          text, reading.violations(), Completion.withoutCall(soFar(text), FinishReason.UNKNOWN));
    }
    @SuppressWarnings("unchecked") // what the shape of a type reads is of the type
    T value = (T) reading.value().get();
    return value;
  }

  /** The text of the answer so far, or else that of an element. */
  private String soFar(String element) {
    return stream instanceof ChatStream chat ? chat.text() : element;
  }

  private StructuredOutputException unfit(String text, List<String> violations, Completion answer) {
    return new StructuredOutputException(
        "list of " + type.getSimpleName(), text, violations, answer);
  }
}
