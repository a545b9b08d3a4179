package dev.synthlab.llm;

import static dev.synthlab.test.Replies.error;
import static dev.synthlab.test.Replies.json;
import static dev.synthlab.test.Replies.silence;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.synthlab.call.CallException;
import dev.synthlab.json.Json;
import dev.synthlab.test.ScriptedServer.Reply;
import java.net.URI;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Pictures of prompts, over a real socket. */
@Timeout(30)
class ImageTest {
  private static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G', 13, 10, 26, 10, 1, 2, 3};
  private static final Reply PICTURE =
      json(
          200,
          "{\"created\":1,\"data\":[{\"b64_json\":\""
              + Base64.getEncoder().encodeToString(PNG)
              + "\"}],\"usage\":{\"input_tokens\":11,\"output_tokens\":272,\"total_tokens\":283}}");
  private static final Reply ELSEWHERE =
      json(
          200,
          "{\"data\":[{\"url\":\"https://files.example/a.png?sig=s3cret\","
              + "\"revised_prompt\":\"A very red fox\"}]}");

  private ClientFixture rig = ClientFixture.inTurn(PICTURE);

  @AfterEach
  void close() {
    rig.close();
  }

  private LlmClient client(Reply... replies) {
    rig.close();
    rig = ClientFixture.inTurn(replies);
    return rig.client();
  }

  private JsonNode asked(int request) {
    return Json.mapper().readTree(rig.server.seen().get(request).body());
  }

  @Test
  void returnsTheBytesOfOneImage() {
    byte[] image = rig.client().generateImage("a fox");

    assertThat(image).isEqualTo(PNG);
    assertThat(rig.server.seen().getFirst().path()).endsWith("/images/generations");
    assertThat(asked(0))
        .isEqualTo(Json.mapper().readTree("{\"model\":\"gpt-image-2\",\"prompt\":\"a fox\"}"));
  }

  @Test
  void reportsMediaTypeUsageAndCallReport() {
    Images images = rig.client().generateImage(ImageRequest.of("a fox"));

    assertThat(images.images())
        .singleElement()
        .isInstanceOfSatisfying(
            GeneratedImage.Bytes.class, it -> assertThat(it.mediaType()).isEqualTo("image/png"));
    assertThat(images.usage()).isEqualTo(new Usage(11, 272, 0, 0, true));
    assertThat(images.report().spend().outputTokens()).isEqualTo(272);
    assertThat(images.images().getFirst()).hasToString("image/png of 11 bytes");
  }

  @Test
  void sendsSizeQualityCountAndOtherParameters() {
    rig.client()
        .generateImage(
            ImageRequest.of("a fox")
                .withSize("1536x1024")
                .withQuality("low")
                .withCount(2)
                .with("background", "transparent"));

    assertThat(asked(0))
        .isEqualTo(
            Json.mapper()
                .readTree(
                    "{\"model\":\"gpt-image-2\",\"prompt\":\"a fox\",\"n\":2,\"size\":\"1536x1024\","
                        + "\"quality\":\"low\",\"background\":\"transparent\"}"));
  }

  @ParameterizedTest
  @CsvSource({
    "gpt-image-1, BYTES, ",
    "gpt-image-1.5, BYTES, ",
    "dall-e-3, BYTES, b64_json",
    "flux, BYTES, b64_json"
  })
  void requestsAnOutputFormatOnlyIfTheModelOffersAChoice(
      String model, ImageRequest.OutputKind form, String word) {
    rig.client().generateImage(ImageRequest.of("a fox").withModel(model).withOutput(form));

    assertThat(asked(0).path("response_format").asString("")).isEqualTo(word == null ? "" : word);
  }

  @Test
  void returnsAUrlAndFetchesNothingFromIt() {
    LlmClient client = client(ELSEWHERE);

    Images images =
        client.generateImage(
            ImageRequest.of("a fox").withModel("dall-e-3").withOutput(ImageRequest.OutputKind.URL));

    assertThat(asked(0).path("response_format").stringValue()).isEqualTo("url");
    assertThat(images.images())
        .isEqualTo(
            List.of(
                new GeneratedImage.Url(
                    URI.create("https://files.example/a.png?sig=s3cret"),
                    Optional.of("A very red fox"))));
    assertThat(images.images().getFirst().toString()).doesNotContain("s3cret");
    assertThat(rig.requests()).isEqualTo(1);
  }

  @Test
  void refusesAUrlRequestForAModelThatReturnsBytesOnly() {
    LlmClient client = rig.client();

    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                client.generateImage(
                    ImageRequest.of("a fox").withOutput(ImageRequest.OutputKind.URL)))
        .withMessageContaining("bytes only");
    assertThat(rig.requests()).isZero();
  }

  @Test
  void omitsAnOutputFormatThatTheServerRefuses() {
    Reply refusal =
        json(
            400,
            "{\"error\":{\"message\":\"Unknown parameter\",\"param\":\"response_format\","
                + "\"code\":\"unknown_parameter\"}}");
    LlmClient client = client(refusal, PICTURE);

    client.generateImage(ImageRequest.of("a fox").withModel("flux"));

    assertThat(asked(1).has("response_format")).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}",
        "{\"data\":[]}",
        "{\"data\":[{}]}",
        "{\"data\":[{\"url\":\"https://files.example/a.png\"}]}",
        "{\"data\":[{\"b64_json\":\"%%%\"}]}",
        "nonsense"
      })
  void doesNotRetryAnUnreadableImageAnswer(String body) {
    LlmClient client = client(json(200, body), PICTURE);

    assertThatExceptionOfType(CallException.MalformedResponse.class)
        .isThrownBy(() -> client.generateImage("a fox"));
    assertThat(rig.requests()).isEqualTo(1);
  }

  @Test
  void retriesATransientFailureOfAnImageRequest() {
    LlmClient client = client(error(500, "server_error", "oops"), PICTURE);

    assertThat(client.generateImage("a fox")).isEqualTo(PNG);
  }

  @Test
  void reportsTheRefusalOfTheModeration() {
    LlmClient client = client(error(400, "moderation_blocked", "not this"));

    assertThatExceptionOfType(CallException.PromptFiltered.class)
        .isThrownBy(() -> client.generateImage("a fox"))
        .withMessageContaining("moderation_blocked");
  }

  @Test
  void hasALongerTimeoutThanTextUnlessConfigured() {
    rig.close();
    rig =
        ClientFixture.of((seen, number) -> silence()).inRealTime().with("SYNTHLAB_TIMEOUT", "50ms");
    LlmClient client = rig.client();
    ImageRequest fox = ImageRequest.of("a fox").withDeadline(Duration.ofMillis(400));

    assertThatExceptionOfType(CallException.DeadlineExceeded.class)
        .isThrownBy(() -> client.generateImage(fox));
    int patient = rig.requests();
    assertThatExceptionOfType(CallException.DeadlineExceeded.class)
        .isThrownBy(() -> client.generateImage(fox.withTimeout(Duration.ofMillis(20))));

    assertThat(patient).isEqualTo(1);
  }

  @Test
  void refusesEmptyRequests() {
    assertThatIllegalArgumentException().isThrownBy(() -> ImageRequest.of(" "));
    assertThatIllegalArgumentException().isThrownBy(() -> ImageRequest.of("a").withCount(0));
  }
}
