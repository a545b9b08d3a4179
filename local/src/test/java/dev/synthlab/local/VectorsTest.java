package dev.synthlab.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthlab.config.Environment;
import dev.synthlab.config.Settings;
import dev.synthlab.http.Response;
import dev.synthlab.http.Transport;
import dev.synthlab.llm.EmbeddingRequest;
import dev.synthlab.llm.Embeddings;
import dev.synthlab.llm.LlmClient;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The vectors of the real model, by the client and by the wire. */
@Timeout(120)
class VectorsTest {
  private static final String CAT = "A cat sits on the mat.";
  private static final String KITTEN = "A kitten is resting on a rug.";
  private static final String STOCKS = "The stock market fell sharply today.";
  private static final String SHARES = "Shares dropped on Wall Street this morning.";

  private static Transport transport;
  private static LlmClient client;

  @BeforeAll
  static void open() throws Exception {
    Local.weights();
    Settings settings =
        Settings.from(
            Environment.of(
                Map.of(
                    "SYNTHLAB_PROVIDER", "local", "SYNTHLAB_CACHE_DIR", Local.CACHE.toString())));
    transport = new LocalTransportProvider(Local.QUIET).open(settings);
    client = LlmClient.builder().settings(settings.llm()).transport(transport).build();
  }

  @AfterAll
  static void close() {
    transport.close();
  }

  private static JsonNode ask(String body) throws IOException, InterruptedException {
    Response response = Local.send(transport, "/embeddings", body);
    return JsonMapper.shared().readTree(Local.text(response));
  }

  @Test
  void distinguishesSimilarFromDifferentTexts() {
    Embeddings all = client.embed(List.of(CAT, STOCKS, KITTEN, SHARES));

    float[] cat = all.vectors().get(0);
    float[] stocks = all.vectors().get(1);
    float[] kitten = all.vectors().get(2);
    float[] shares = all.vectors().get(3);
    assertThat(Embeddings.cosine(cat, kitten)).isGreaterThan(Embeddings.cosine(cat, stocks) + 0.05);
    assertThat(Embeddings.cosine(stocks, shares))
        .isGreaterThan(Embeddings.cosine(stocks, kitten) + 0.05);
    assertThat(all.usage().inputTokens()).isEqualTo(7 + 7 + 8 + 10);
    assertThat(all.respondedModel()).isEqualTo("smollm2-135m");
  }

  @Test
  void returnsTheSameVectorRegardlessOfOtherInputs() {
    float[] alone = client.embed(CAT);

    List<float[]> among = client.embed(List.of(SHARES, CAT)).vectors();

    assertThat(among.get(1)).isEqualTo(alone);
    assertThat(among.get(0)).isNotEqualTo(alone);
  }

  @Test
  void answersChatsBetweenEmbeddings() {
    float[] before = client.embed(CAT);

    String answer = client.complete("Say hi.");

    assertThat(answer).isNotBlank();
    assertThat(client.embed(CAT)).isEqualTo(before);
  }

  @Test
  void returnsVectorsAsNumbersOrBase64() throws Exception {
    JsonNode plain = ask("{'model':'x','input':'" + CAT + "'}");
    JsonNode packed = ask("{'input':['" + CAT + "'],'encoding_format':'base64'}");

    assertThat(plain.at("/data/0/embedding").size()).isEqualTo(576);
    assertThat(plain.at("/data/0/index").intValue()).isZero();
    assertThat(plain.at("/usage/prompt_tokens").intValue()).isEqualTo(7);
    assertThat(plain.at("/usage/total_tokens").intValue()).isEqualTo(7);
    assertThat(packed.at("/data/0/embedding").stringValue()).hasSize(576 * 4 * 4 / 3);
    assertThat(client.embed(CAT)[5]).isEqualTo(plain.at("/data/0/embedding/5").floatValue());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "{'input':'a','dimensions':100}      | dimensions      | must be 576",
        "{'input':'a','dimensions':0}        | dimensions      | positive",
        "{'input':''}                        | input           | no token",
        "{'input':['a','']}                  | input[1]        | no token",
        "{'input':[]}                        | input           | 1 to 2048",
        "{}                                  | input           | string",
        "{'input':[[1,2]]}                   | input           | only text",
        "{'input':'a','encoding_format':'x'} | encoding_format | float or base64",
        "[]                                  |                 | JSON object"
      })
  void refusesUnsupportedEmbeddingRequests(String body, String parameter, String reason)
      throws Exception {
    Response response = Local.send(transport, "/embeddings", body);

    assertThat(response.status()).isEqualTo(400);
    JsonNode error = JsonMapper.shared().readTree(Local.text(response)).path("error");
    assertThat(error.path("param").asString(""))
        .isEqualTo(Optional.ofNullable(parameter).orElse(""));
    assertThat(error.path("message").stringValue()).contains(reason);
  }

  @Test
  void refusesATextThatIsTooLongAndContinues() throws Exception {
    JsonNode refused = ask("{'input':'" + "word ".repeat(600) + "'}");

    assertThat(refused.at("/error/code").stringValue()).isEqualTo("context_length_exceeded");
    assertThat(refused.at("/error/message").stringValue()).contains("at most 512");
    assertThat(client.embed(CAT)).hasSize(576);
  }

  @Test
  void acceptsItsOwnDimensionsAndTextsOfEveryKind() {
    EmbeddingRequest strange =
        EmbeddingRequest.of("\uD83D\uDE00 \u0000 x", "\uD800", "\u202E\uFEFF", "<|im_start|>")
            .withDimensions(576);

    assertThat(client.embed(strange).vectors()).hasSize(4).allMatch(vector -> vector.length == 576);
  }

  @Test
  void refusesGetForEmbeddings() throws Exception {
    var get =
        dev.synthlab.http.Request.get(
            java.net.URI.create("local:///m/embeddings"), dev.synthlab.http.Headers.NONE);

    assertThat(transport.send(get, java.time.Duration.ofSeconds(5)).status()).isEqualTo(405);
  }
}
