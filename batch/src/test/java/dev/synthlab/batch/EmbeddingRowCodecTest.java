package dev.synthlab.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.synthlab.call.Fault;
import dev.synthlab.json.Json;
import dev.synthlab.llm.EmbeddingRequest;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Batch lines that ask for vectors, from the input to the results file. */
@Timeout(30)
class EmbeddingRowCodecTest {
  @TempDir private Path directory;
  private Bulk bulk = new Bulk(Path.of("."));

  @BeforeEach
  void setUp() {
    bulk = new Bulk(directory);
  }

  private static String row(String id, String body) {
    return "{\"custom_id\":\"%s\",\"method\":\"POST\",\"url\":\"/v1/embeddings\",\"body\":%s}"
        .formatted(id, body);
  }

  @Test
  void writesResultsInTheFormatOfTheBatchApi() {
    bulk.input(row("a", "{\"model\":\"e\",\"input\":\"four\"}"));

    Summary summary = bulk.run();

    assertThat(summary.end()).isEqualTo(Summary.End.DONE);
    assertThat(summary.inputTokens()).isEqualTo(10);
    JsonNode line = bulk.result("a");
    assertThat(line.at("/response/status_code").intValue()).isEqualTo(200);
    assertThat(line.path("error").isNull()).isTrue();
    assertThat(line.at("/response/body"))
        .isEqualTo(
            Json.mapper()
                .readTree(
                    """
                    {"object":"list",
                     "data":[{"object":"embedding","index":0,"embedding":[4.0,0.1]}],
                     "model":"e-2026","usage":{"prompt_tokens":10,"total_tokens":10}}
                    """));
    assertThat(line.at("/synthlab/model_asked").asString()).isEqualTo("e");
    assertThat(line.at("/synthlab/usage/input").intValue()).isEqualTo(10);
    assertThat(line.at("/synthlab/attempts").intValue()).isEqualTo(1);
  }

  @Test
  void readsListsDimensionsEncodingAndFurtherKeysOfARow() {
    bulk.input(
        row(
            "a",
            "{\"model\":\"e\",\"input\":[\"one\",\"three\"],\"dimensions\":2,\"user\":\"u\","
                + "\"encoding_format\":\"base64\"}"));

    bulk.run();

    EmbeddingRequest request = bulk.script.embedded.getFirst();
    assertThat(request.inputs()).containsExactly("one", "three");
    assertThat(request.dimensions()).isEqualTo(OptionalInt.of(2));
    assertThat(request.options().parameters()).isEqualTo(Map.of("user", "u"));
    assertThat(bulk.result("a").at("/response/body/data/1/embedding").asString())
        .isEqualTo("AACgQM3MzD0=");
  }

  @Test
  void runsAlongsideChatRowsWithTheEmbeddingModel() {
    bulk.input(row("a", "{\"input\":\"four\"}"), Bulk.prompt("b", "hi"));

    Summary summary = bulk.run(options -> options.embeddingModel("e"));

    assertThat(summary.answered()).isEqualTo(2);
    assertThat(bulk.script.embedded.getFirst().options().model()).contains("e");
    assertThat(bulk.script.requests.getFirst().body().get("model")).isEqualTo("m");
  }

  @Test
  void resumesAndSendsNothingTwice() {
    bulk.input(row("a", "{\"input\":\"one\"}"), row("b", "{\"input\":\"broken\"}"));
    bulk.script.fails("broken", Fault.Kind.SERVER_FAILED);
    Summary first = bulk.run();
    bulk.script.forget("broken");

    Summary second = bulk.run(options -> options.retryFailed(BulkOptions.Retry.TRANSIENT));
    Summary third = bulk.run();

    assertThat(first.end()).isEqualTo(Summary.End.SOME_FAILED);
    assertThat(second.end()).isEqualTo(Summary.End.DONE);
    assertThat(third.upToDate()).isTrue();
    assertThat(bulk.script.embedded)
        .extracting(request -> request.inputs().getFirst())
        .containsExactly("one", "broken", "broken");
    assertThat(bulk.result("b").at("/response/body/data/0/embedding/0").intValue()).isEqualTo(6);
  }

  @Test
  void sendsNothingOfUnknownCostUnderACostLimit() {
    bulk.input(row("a", "{\"model\":\"e\",\"input\":\"one\"}"));

    Summary summary = bulk.run(options -> options.maxCostUsd(java.math.BigDecimal.ONE));

    assertThat(summary.end()).isEqualTo(Summary.End.BUDGET);
    assertThat(summary.reason()).contains("an answer of e");
    assertThat(bulk.script.embedded).isEqualTo(List.of());
  }

  @Test
  void refusesToResumeWithAnotherEmbeddingModel() {
    bulk.input(row("a", "{\"input\":\"one\"}"));
    bulk.run(options -> options.embeddingModel("e"));

    assertThatExceptionOfType(BatchException.class)
        .isThrownBy(() -> bulk.run(options -> options.embeddingModel("f")))
        .withMessageContaining("embedding_model was ");
  }

  @Test
  void writesOneVectorOrAListOfVectorsInFlatLines() {
    bulk.input(
        row("a", "{\"input\":\"one\"}").replaceFirst("}$", ",\"output\":\"mine\"}"),
        row("b", "{\"input\":[\"one\",\"three\"]}"),
        row("c", "{\"input\":\"broken\"}"));
    bulk.script.fails("broken", Fault.Kind.BAD_REQUEST);

    bulk.run(options -> options.format(BulkOptions.Format.JSONL));

    assertThat(bulk.result("a").path("embedding").toString()).isEqualTo("[3.0,0.1]");
    assertThat(bulk.result("a").path("output").asString()).isEqualTo("mine");
    assertThat(bulk.result("b").path("embeddings").toString()).isEqualTo("[[3.0,0.1],[5.0,0.1]]");
    assertThat(bulk.result("c").path("embedding").isNull()).isTrue();
    assertThat(bulk.result("c").at("/error/code").asString()).isEqualTo("bad_request");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}                                     | neither a text nor a list of texts",
        "{'input':[]}                           | neither a text nor a list of texts",
        "{'input':[[1,2]]}                      | something in it that is no text",
        "{'input':' '}                          | input 0 is blank",
        "{'input':'a','dimensions':'many'}      | dimensions",
        "{'input':'a','dimensions':0}           | dimensions",
        "{'input':'a','encoding_format':'gzip'} | encoding_format",
        "[]                                     | body is not a JSON object"
      },
      quoteCharacter = '"')
  void explainsWhyARowIsInvalid(String body, String reason) {
    bulk.input(row("a", body.replace('\'', '"')));

    Summary summary = bulk.run();

    assertThat(summary.failures()).isEqualTo(Map.of("invalid_line", 1L));
    assertThat(bulk.result("a").at("/error/message").asString())
        .startsWith("line 1: ")
        .contains(reason);
    assertThat(bulk.script.embedded).isEqualTo(List.of());
  }

  @Test
  void recordsARowAsFailedWhenTheClientSupportsNoEmbeddings() {
    bulk.input(row("a", "{\"input\":\"one\"}"));
    BulkOptions options = BulkOptions.builder(bulk.in, bulk.out).build();

    BulkRun.of(
            options,
            request -> Script.answer("hi"),
            dev.synthlab.call.Timer.system(),
            bulk.notes::add)
        .run();

    assertThat(bulk.result("a").at("/error/message").asString())
        .contains("this client makes no embeddings");
  }
}
