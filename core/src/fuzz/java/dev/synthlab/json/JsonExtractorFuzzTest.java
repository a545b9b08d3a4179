package dev.synthlab.json;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.List;

/** Anything a model may write is read, or said to be unreadable; never an exception. */
class JsonExtractorFuzzTest {
  private record Person(String name, int age, List<Person> friends) {}

  private static final JsonBinding SHAPE = JsonBinding.of(Person.class);

  @FuzzTest(maxDuration = "40m", maxExecutions = 1_000_000)
  void readsAnyText(FuzzedDataProvider data) {
    boolean closing = data.consumeBoolean();
    String text = data.consumeRemainingAsString();
    JsonExtractor found = closing ? JsonExtractor.readCutOff(text) : JsonExtractor.read(text);
    if (found instanceof JsonExtractor.Tree tree) {
      JsonBinding.Reading reading = SHAPE.read(tree.value());
      if (reading.value().isPresent() == !reading.violations().isEmpty()) {
        throw new IllegalStateException("neither a value nor violations, or both");
      }
      Object same = tree.value();
      String json = Json.mapper().writeValueAsString(same);
      if (!(JsonExtractor.read(json) instanceof JsonExtractor.Tree again)
          || !again.value().equals(same)) {
        throw new IllegalStateException("what was read reads differently when written: " + json);
      }
    }
  }

  @FuzzTest(maxDuration = "40m", maxExecutions = 1_000_000)
  void cutsTheSameElementsOutOfAnyPieces(FuzzedDataProvider data) {
    int size = data.consumeInt(1, 40);
    String text = data.consumeRemainingAsString();
    JsonArraySplitter whole = new JsonArraySplitter();
    List<String> concurrency = whole.cut(text);
    JsonArraySplitter deltas = new JsonArraySplitter();
    List<String> oneByOne = new java.util.ArrayList<>();
    for (int i = 0; i < text.length(); i += size) {
      oneByOne.addAll(deltas.cut(text.substring(i, Math.min(text.length(), i + size))));
    }
    if (!concurrency.equals(oneByOne) || whole.closed() != deltas.closed()) {
      throw new IllegalStateException(concurrency + " at once, but in pieces " + oneByOne);
    }
  }

  @FuzzTest(maxDuration = "40m", maxExecutions = 1_000_000)
  void readsAnyShortForm(FuzzedDataProvider data) {
    try {
      JsonSchema.shorthand(data.consumeRemainingAsString()).asStrict().orElseThrow();
    } catch (IllegalArgumentException e) {
      if (String.valueOf(e.getMessage()).isBlank()) {
        throw new IllegalStateException("refused without a word", e);
      }
    }
  }
}
