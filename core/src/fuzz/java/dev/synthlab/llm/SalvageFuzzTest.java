package dev.synthlab.llm;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.synthlab.http.Json;
import java.util.List;

/** Anything a model may write is read, or said to be unreadable; never an exception. */
class SalvageFuzzTest {
  private record Person(String name, int age, List<Person> friends) {}

  private static final Shape SHAPE = Shape.of(Person.class);

  @FuzzTest(maxDuration = "40m", maxExecutions = 1_000_000)
  void readsAnyText(FuzzedDataProvider data) {
    boolean closing = data.consumeBoolean();
    String text = data.consumeRemainingAsString();
    Salvage found = closing ? Salvage.readCutOff(text) : Salvage.read(text);
    if (found instanceof Salvage.Tree tree) {
      Shape.Reading reading = SHAPE.read(tree.value());
      if (reading.value().isPresent() == !reading.violations().isEmpty()) {
        throw new IllegalStateException("neither a value nor violations, or both");
      }
      Object same = tree.value();
      String json = Json.mapper().writeValueAsString(same);
      if (!(Salvage.read(json) instanceof Salvage.Tree again) || !again.value().equals(same)) {
        throw new IllegalStateException("what was read reads differently when written: " + json);
      }
    }
  }

  @FuzzTest(maxDuration = "40m", maxExecutions = 1_000_000)
  void cutsTheSameElementsOutOfAnyPieces(FuzzedDataProvider data) {
    int size = data.consumeInt(1, 40);
    String text = data.consumeRemainingAsString();
    ArrayCutter whole = new ArrayCutter();
    List<String> atOnce = whole.cut(text);
    ArrayCutter pieces = new ArrayCutter();
    List<String> oneByOne = new java.util.ArrayList<>();
    for (int i = 0; i < text.length(); i += size) {
      oneByOne.addAll(pieces.cut(text.substring(i, Math.min(text.length(), i + size))));
    }
    if (!atOnce.equals(oneByOne) || whole.closed() != pieces.closed()) {
      throw new IllegalStateException(atOnce + " at once, but in pieces " + oneByOne);
    }
  }

  @FuzzTest(maxDuration = "40m", maxExecutions = 1_000_000)
  void readsAnyShortForm(FuzzedDataProvider data) {
    try {
      JsonSchema.concise(data.consumeRemainingAsString()).asStrict().orElseThrow();
    } catch (IllegalArgumentException e) {
      if (String.valueOf(e.getMessage()).isBlank()) {
        throw new IllegalStateException("refused without a word", e);
      }
    }
  }
}
