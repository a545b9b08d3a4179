package dev.synthlab.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.synthlab.config.NetworkSettings;
import dev.synthlab.json.Json;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the values of an exchange hold and say. */
class HttpTypesTest {
  private static final URI ADDRESS = URI.create("https://user:pass@a.test:81/v1/x?key=secret");

  private static InputStream bytes(int count) {
    return new ByteArrayInputStream(new byte[count]);
  }

  @Test
  void findsTheFirstHeaderIgnoringCase() {
    Headers headers = Headers.of("A", "1", "b", "2").with("a", "3");

    assertThat(headers.first("a")).contains("1");
    assertThat(headers.first("B")).contains("2");
    assertThat(headers.first("c")).isEmpty();
    assertThat(headers.fields()).hasSize(3);
  }

  @Test
  void acceptsHeadersOnlyAsNameValuePairs() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Headers.of("a", "1", "b"))
        .withMessageContaining("got 3 strings");
  }

  @Test
  void showsNeitherHeaderValuesNorSecretsOfARequest() {
    Request request = Request.post(ADDRESS, Headers.of("authorization", "secret"), new byte[7]);

    assertThat(request).hasToString("POST https://a.test:81/v1/x");
    assertThat(Request.get(URI.create("http://a.test/v1"), Headers.NONE))
        .hasToString("GET http://a.test/v1");
    assertThat(Request.get(URI.create("local:x"), Headers.NONE).toString())
        .startsWith("GET local:");
    assertThat(request.headers().toString()).contains("authorization").doesNotContain("secret");
    assertThat(request.body()).hasToString("7 bytes");
  }

  @Test
  void reportsWhichBodiesAreRepeatable() {
    assertThat(Body.json(new byte[1]).repeatable()).isTrue();
    assertThat(Body.json(new byte[1]).contentType()).isEqualTo("application/json");
    assertThat(Body.empty().contentType()).isEmpty();
    assertThat(new Body.Replayable(1, () -> bytes(1), "text/plain").repeatable()).isTrue();
    assertThat(new Body.Once(bytes(1), "text/plain").repeatable()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"0", "9", "10"})
  void readsABodyUpToItsLimit(int size) throws IOException {
    assertThat(BodyReader.whole(bytes(size), 10)).hasSize(size);
  }

  @Test
  void refusesALargerBodyAndReadsTheBeginningOfAnyBody() throws IOException {
    assertThatExceptionOfType(BodyReader.TooLargeException.class)
        .isThrownBy(() -> BodyReader.whole(bytes(11), 10))
        .withMessage("the body is larger than 10 bytes");
    assertThat(BodyReader.beginning(bytes(11), 10)).hasSize(10);
  }

  @Test
  void storesTheBeginningOfABodyReadWithinALimit() throws IOException {
    String text = "abcde fghij ".repeat(1_000);
    byte[] all = text.getBytes(StandardCharsets.US_ASCII);
    BodyReader.Bounded body = new BodyReader.Bounded(new ByteArrayInputStream(all), 12_000);

    assertThat(body.read()).isEqualTo('a');
    assertThat(body.beginning()).isEqualTo("a");
    assertThat(body.read(new byte[400], 100, 300)).isEqualTo(300);
    assertThat(body.readAllBytes()).hasSize(11_699);
    assertThat(body.read()).isEqualTo(-1);

    // The last word may be the first part of a key.
    assertThat(body.beginning()).hasSizeBetween(8_100, 8_200).endsWith(" ****");
    assertThat(text).startsWith(body.beginning().replace("****", ""));
  }

  @Test
  void failsABodyThatExceedsItsLimit() {
    BodyReader.Bounded body = new BodyReader.Bounded(bytes(1_001), 1_000);

    assertThatExceptionOfType(BodyReader.TooLargeException.class)
        .isThrownBy(body::readAllBytes)
        .withMessage("the body is larger than 1000 bytes");
  }

  @Test
  void readsJsonUpToTheMaximumDepthAndRefusesDeeperJson() {
    int max = Json.MAX_DEPTH;

    assertThat(Json.mapper().readTree("[".repeat(max) + "]".repeat(max)).isArray()).isTrue();
    assertThat(Json.mapper().writeValueAsString("a/b")).isEqualTo("\"a/b\"");
    assertThatExceptionOfType(tools.jackson.core.JacksonException.class)
        .isThrownBy(() -> Json.mapper().readTree("[".repeat(max + 1) + "]".repeat(max + 1)));
    assertThatExceptionOfType(tools.jackson.core.JacksonException.class)
        .isThrownBy(() -> Json.mapper().readTree("1".repeat(1_001)));
  }

  @Test
  void instantiatesNoClassNamedInJson() {
    String json = "[\"java.util.ArrayDeque\", {\"@class\": \"java.io.File\", \"path\": \"/\"}]";

    assertThat(Json.mapper().readValue(json, Object.class))
        .isEqualTo(List.of("java.util.ArrayDeque", Map.of("@class", "java.io.File", "path", "/")));
  }

  @Test
  void changesOneOptionOfAConnectionAtATime() throws IOException {
    ConnectOptions byDefault = ConnectOptions.of(NetworkSettings.direct());
    Resolver other = host -> List.of(InetAddress.getLoopbackAddress());

    assertThat(byDefault.timeout()).isEqualTo(Duration.ofSeconds(5));
    assertThat(byDefault.resolver().lookup("127.0.0.1")).hasSize(1);
    assertThat(byDefault.withTimeout(Duration.ofSeconds(1)).timeout())
        .isEqualTo(Duration.ofSeconds(1));
    assertThat(byDefault.withTimeout(Duration.ofSeconds(1)).resolver())
        .isSameAs(byDefault.resolver());
    assertThat(byDefault.withResolver(other).resolver()).isSameAs(other);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> byDefault.withTimeout(Duration.ZERO))
        .withMessageContaining("timeout must be positive");
  }

  @Test
  void readsJsonBytesAsUtf8() {
    byte[] json = "{\"a\": \"grüße\"}".getBytes(StandardCharsets.UTF_8);

    assertThat(Json.mapper().readTree(json).path("a").asString()).isEqualTo("grüße");
  }
}
