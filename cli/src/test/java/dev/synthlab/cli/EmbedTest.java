package dev.synthlab.cli;

import static dev.synthlab.test.Replies.error;
import static dev.synthlab.test.Replies.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.synthlab.cli.Synth.Ended;
import dev.synthlab.json.Json;
import dev.synthlab.test.ScriptedServer;
import dev.synthlab.test.ScriptedServer.Reply;
import dev.synthlab.test.ScriptedServer.Seen;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The command {@code embed}, and the embeddings lines of {@code run}. */
class EmbedTest {
  @TempDir private Path directory = Path.of("");
  private Synth synth = new Synth(directory);
  private ScriptedServer server = ScriptedServer.start((seen, number) -> answered(seen));

  @BeforeEach
  void begin() {
    synth = new Synth(directory).with("OPENAI_BASE_URL", server.base().toString());
  }

  @AfterEach
  void close() {
    server.close();
  }

  /** To each text a vector of its length; none to one that is refused. */
  private static Reply answered(Seen seen) {
    List<String> items = new ArrayList<>();
    JsonNode input = Json.mapper().readTree(seen.body()).path("input");
    for (JsonNode text : input) {
      if (text.stringValue().equals("unknown")) {
        return error(404, "model_not_found", "there is no such model");
      }
      if (text.stringValue().equals("refused")) {
        return error(400, "invalid_input", "I take no such text");
      }
      int index = items.size();
      items.add(
          "{\"index\":%d,\"embedding\":[%d,0.5]}".formatted(index, text.stringValue().length()));
    }
    return json(
        200,
        "{\"model\":\"e-1\",\"data\":[%s],\"usage\":{\"prompt_tokens\":%d,\"total_tokens\":9}}"
            .formatted(String.join(",", items), 3 * items.size()));
  }

  private List<JsonNode> vectors(String file) {
    return synth.lines(file).stream().map(line -> Json.mapper().readTree(line)).toList();
  }

  @Test
  void embedsEveryLineOfATextFile() {
    synth.file("in.txt", "one", "", "three", "seventeen");

    Ended ended = synth.run("embed", "in.txt", "-o", "out.jsonl");

    assertThat(ended.exit()).as(ended.all()).isZero();
    assertThat(vectors("out.jsonl"))
        .extracting(line -> line.path("custom_id").stringValue() + line.path("embedding"))
        .containsExactly("00000001[3.0,0.5]", "00000003[5.0,0.5]", "00000004[9.0,0.5]");
    JsonNode first = vectors("out.jsonl").getFirst();
    assertThat(first.at("/synthlab/model").stringValue()).isEqualTo("e-1");
    assertThat(first.at("/synthlab/usage/input").intValue()).isPositive();
    assertThat(ended.err()).contains("3/3 texts in").contains("in 9 out 0");
  }

  @Test
  void readsJsonLinesAndCopiesFurtherKeys() {
    synth.file(
        "in.jsonl",
        "{\"id\": \"a\", \"input\": \"one\", \"lang\": \"en\", \"score\": 0.10}",
        "{\"custom_id\": \"b\", \"text\": \"three\"}",
        "{\"prompt\": \"seven\"}",
        "{\"other\": 1}",
        "{nonsense");

    Ended ended = synth.run("embed", "in.jsonl", "-o", "out.jsonl");

    assertThat(ended.exit()).as(ended.all()).isEqualTo(3);
    List<JsonNode> lines = vectors("out.jsonl");
    assertThat(lines)
        .extracting(line -> line.path("custom_id").stringValue())
        .containsExactly("a", "b", "00000003", "00000004", "00000005");
    assertThat(lines.getFirst().path("lang").stringValue()).isEqualTo("en");
    assertThat(lines.getFirst().toString()).contains("\"score\":0.1");
    assertThat(lines.get(3).at("/error/message").stringValue())
        .isEqualTo("line 4: its input is neither a text nor a list of texts");
    assertThat(lines.get(4).at("/error/message").stringValue()).startsWith("line 5: not JSON");
  }

  @Test
  void resumesAndSendsNoTextTwice() {
    synth.file("in.txt", "one", "two");

    synth.run("embed", "in.txt", "-o", "out.jsonl");
    int before = server.seen().size();
    Ended again = synth.run("embed", "in.txt", "-o", "out.jsonl");
    Ended other = synth.run("embed", "in.txt", "-o", "out.jsonl", "-m", "other");

    assertThat(again.exit()).as(again.all()).isZero();
    assertThat(again.err()).contains("nothing to do: all 2 texts are in out.jsonl");
    assertThat(other.exit()).isEqualTo(2);
    assertThat(other.err()).contains("embedding_model");
    assertThat(server.seen()).hasSize(before);
  }

  @Test
  void sendsModelDimensionsAndSeveralTextsPerRequest() {
    String[] texts = IntStream.range(0, 200).mapToObj(i -> "text " + i).toArray(String[]::new);
    synth.file("in.txt", texts);

    Ended ended =
        synth.run(
            "embed",
            "in.txt",
            "-o",
            "out.jsonl",
            "-m",
            "big",
            "--dimensions",
            "2",
            "--batch-size",
            "50",
            "-c",
            "1");

    assertThat(ended.exit()).as(ended.all()).isZero();
    assertThat(vectors("out.jsonl")).hasSize(200);
    assertThat(server.seen()).hasSizeLessThan(60);
    JsonNode body = Json.mapper().readTree(server.seen().getLast().body());
    assertThat(body.path("model").stringValue()).isEqualTo("big");
    assertThat(body.path("dimensions").intValue()).isEqualTo(2);
    assertThat(server.seen())
        .allMatch(seen -> Json.mapper().readTree(seen.body()).path("input").size() <= 50);
  }

  @Test
  void stopsIfTheServerDoesNotHaveTheModelOfAllTexts() {
    synth.file("in.txt", "unknown", "two", "three");

    Ended ended = synth.run("embed", "in.txt", "-o", "out.jsonl", "--batch-size", "1", "-c", "1");

    assertThat(ended.exit()).as(ended.all()).isEqualTo(4);
    assertThat(ended.err())
        .contains("there is no such model", "Name a model of the server with -m");
    assertThat(synth.lines("out.jsonl")).isEmpty();
  }

  @Test
  void reportsARefusedTextAndAnswersTheOthers() {
    synth.file("in.txt", "one", "refused", "three");

    Ended ended = synth.run("embed", "in.txt", "-o", "out.jsonl");

    assertThat(ended.exit()).as(ended.all()).isEqualTo(3);
    List<JsonNode> lines = vectors("out.jsonl");
    assertThat(lines.get(0).path("embedding").size()).isEqualTo(2);
    assertThat(lines.get(1).path("embedding").isNull()).isTrue();
    assertThat(lines.get(1).at("/error/message").stringValue()).contains("I take no such text");
    assertThat(lines.get(2).path("embedding").size()).isEqualTo(2);
    assertThat(synth.lines("out.jsonl.errors.jsonl")).hasSize(1);
  }

  @Test
  void embedsTextsWithTheEmbeddedModel() {
    synth.file("in.txt", "A cat sits on the mat.", "Shares fell.");

    Ended ended = synth.run("embed", "in.txt", "-o", "out.jsonl", "--local");

    assertThat(ended.exit()).as(ended.all()).isZero();
    assertThat(vectors("out.jsonl"))
        .extracting(line -> line.path("embedding").size())
        .containsExactly(576, 576);
    assertThat(server.seen()).isEmpty();
  }

  @Test
  void refusesInvalidUsageBeforeAnythingIsSent() {
    synth.file("in.txt", "one");

    Ended missing = synth.run("embed", "nowhere.txt", "-o", "out.jsonl");
    Ended same = synth.run("embed", "in.txt", "-o", "in.txt");
    Ended batch = synth.run("embed", "in.txt", "-o", "out.jsonl", "--batch-size", "0");
    Ended size = synth.run("embed", "in.txt", "-o", "out.jsonl", "--dimensions", "0");
    Ended table = synth.run("embed", "people.csv", "-o", "out.jsonl");

    assertThat(List.of(missing, same, batch, size, table)).allMatch(ended -> ended.exit() == 2);
    assertThat(table.err()).contains("does not read tables");
    assertThat(missing.err()).contains("does not exist");
    assertThat(same.err()).contains("is the input");
    assertThat(batch.err()).contains("--batch-size is 0");
    assertThat(size.err()).contains("--dimensions is 0");
    assertThat(server.seen()).isEmpty();
  }

  @Test
  void answersEmbeddingLinesOfARunWithTheEmbeddingModel() {
    synth.file(
        "in.jsonl",
        "{\"custom_id\":\"v\",\"method\":\"POST\",\"url\":\"/v1/embeddings\","
            + "\"body\":{\"input\":\"four\"}}");

    Ended ended =
        synth.run("run", "in.jsonl", "-o", "out.jsonl", "-m", "chat", "--embedding-model", "e");

    assertThat(ended.exit()).as(ended.all()).isZero();
    assertThat(vectors("out.jsonl").getFirst().at("/response/body/data/0/embedding/0").intValue())
        .isEqualTo(4);
    assertThat(Json.mapper().readTree(server.seen().getFirst().body()).path("model").stringValue())
        .isEqualTo("e");
  }

  @Test
  void readsTextsAsEmbeddingRequests() throws IOException {
    String texts = "\uFEFFone \"quoted\"\r\n\n  {no object\u2028";

    byte[] request =
        new EmbeddingInput(new ByteArrayInputStream(texts.getBytes(StandardCharsets.UTF_8)))
            .readAllBytes();

    List<String> lines = new String(request, StandardCharsets.UTF_8).lines().toList();
    assertThat(lines).hasSize(3);
    assertThat(Json.mapper().readTree(lines.get(0)).at("/body/input").stringValue())
        .isEqualTo("one \"quoted\"");
    assertThat(lines.get(1)).isEmpty();
    assertThat(Json.mapper().readTree(lines.get(2)).at("/body/input").stringValue())
        .isEqualTo("  {no object\u2028");
  }
}
