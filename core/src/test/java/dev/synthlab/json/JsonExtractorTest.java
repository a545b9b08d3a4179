package dev.synthlab.json;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;

class JsonExtractorTest {

  /** What a model wrote, and the JSON in it, if it can be had. */
  record Answer(String name, String text, Optional<String> json) {
    @Override
    public String toString() {
      return name;
    }
  }

  static List<Answer> answers() throws IOException {
    try (InputStream in = JsonExtractorTest.class.getResourceAsStream("model-answers.txt")) {
      byte[] bytes = Objects.requireNonNull(in).readAllBytes();
      String all = new String(bytes, StandardCharsets.UTF_8).replace('␍', '\r');
      List<Answer> answers = new ArrayList<>();
      for (String block : all.substring("=== ".length()).split("\n=== ")) {
        String[] parts = block.split("\n--- ", 2);
        String[] given = parts[0].split("\n", 2);
        String[] wanted = parts[1].split("\n", 2);
        answers.add(
            new Answer(
                given[0],
                given[1],
                wanted[0].equals("tree") ? Optional.of(wanted[1]) : Optional.empty()));
      }
      return answers;
    }
  }

  @ParameterizedTest
  @MethodSource("answers")
  void findsTheJsonInAnswersOfModels(Answer answer) {
    JsonExtractor found = JsonExtractor.read(answer.text());

    if (answer.json().isPresent()) {
      assertThat(found).isEqualTo(new JsonExtractor.Tree(exact(answer.json().get())));
    } else {
      assertThat(found).isInstanceOf(JsonExtractor.Unreadable.class);
    }
  }

  @Test
  void readsNearlyAllAnswersWithoutARepairRequest() throws IOException {
    List<Answer> all = answers();
    long readable = all.stream().filter(answer -> answer.json().isPresent()).count();
    long strict = all.stream().filter(answer -> isJson(answer.text())).count();
    long read =
        all.stream()
            .filter(a -> JsonExtractor.read(a.text()) instanceof JsonExtractor.Tree)
            .count();

    System.out.printf(
        "Of %d answers of models %d are JSON as they stand; %d are read without asking again"
            + " (%d %%).%n",
        all.size(), strict, read, 100 * read / all.size());

    assertThat(all).hasSizeGreaterThan(60);
    assertThat(read).isEqualTo(readable);
    assertThat(100 * read / all.size()).isGreaterThan(80);
  }

  @Test
  void completesCutOffJsonOnlyOnRequest() {
    String cut = "```json\n{\"people\": [{\"name\": \"Ann\", \"age\": 3";

    assertThat(JsonExtractor.read(cut)).isEqualTo(new JsonExtractor.Unreadable("it is cut off"));
    assertThat(JsonExtractor.readCutOff(cut))
        .isEqualTo(new JsonExtractor.Tree(exact("{\"people\":[{\"name\":\"Ann\"}]}")));
    assertThat(JsonExtractor.readCutOff("{\"name\": \"An"))
        .isEqualTo(new JsonExtractor.Tree(exact("{\"name\":\"An\"}")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"[", "{", "{a:", "[[\"", "{\"", "{'a':'", "/*", "<think>", "\\", "{\"a\":\"\" "})
  void readsLongTextInLinearTime(String delta) {
    String text = delta.repeat(1_000_000 / delta.length());

    long begin = System.nanoTime();
    JsonExtractor found = JsonExtractor.read(text);

    assertThat(found).isInstanceOf(JsonExtractor.Unreadable.class);
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(5));
  }

  @Test
  void terminatesForEveryText() throws IOException {
    Random random = new Random(7);
    List<Answer> all = answers();
    String alphabet = "{}[]\",:'\\ \n/*#`“a1-.tfn<>";
    for (int i = 0; i < 20_000; i++) {
      StringBuilder text = new StringBuilder(all.get(random.nextInt(all.size())).text());
      for (int j = random.nextInt(4); j >= 0; j--) {
        char c = alphabet.charAt(random.nextInt(alphabet.length()));
        text.insert(random.nextInt(text.length() + 1), c);
        text.deleteCharAt(random.nextInt(text.length()));
      }
      assertThat(JsonExtractor.read(text.toString())).isNotNull();
      assertThat(JsonExtractor.readCutOff(text.toString())).isNotNull();
    }
  }

  private static Object exact(String json) {
    return Json.mapper()
        .readerFor(Object.class)
        .with(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
        .readValue(json);
  }

  private static boolean isJson(String text) {
    try {
      return Json.mapper().readTree(text).isContainer();
    } catch (JacksonException e) {
      return false;
    }
  }
}
