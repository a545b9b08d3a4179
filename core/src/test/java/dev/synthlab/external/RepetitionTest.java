package dev.synthlab.external;

import static dev.synthlab.test.Replies.hangUp;
import static dev.synthlab.test.Replies.json;
import static dev.synthlab.test.Replies.reset;
import static dev.synthlab.test.Replies.silence;
import static dev.synthlab.test.Replies.truncated;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.synthlab.call.CallException;
import dev.synthlab.external.Weather.Day;
import dev.synthlab.http.Body;
import dev.synthlab.test.ScriptedServer.Reply;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which requests are sent again, and which never. */
@Timeout(20)
class RepetitionTest {
  private static final Reply GOOD = json(200, "{\"city\":\"Oslo\",\"high\":7}");

  private Weather weather = Weather.inTurn(GOOD);

  @AfterEach
  void close() {
    weather.close();
  }

  private ApiClient answering(Reply... replies) {
    weather.close();
    weather = Weather.inTurn(replies);
    return weather.with("WEATHER_TIMEOUT", "400ms").client();
  }

  static Stream<Reply> transientFailures() {
    return Stream.of(
        json(500, "{}"),
        json(502, "{}"),
        json(503, "{}"),
        json(504, "{}"),
        json(408, "{}"),
        json(200, "{\"city\":\"Os"),
        json(200, "<html>"),
        json(200, ""),
        reset(),
        hangUp(),
        truncated("{\"city\""),
        silence());
  }

  @ParameterizedTest
  @MethodSource("transientFailures")
  void retriesAGetAfterATransientFailure(Reply fault) {
    assertThat(answering(fault, GOOD).get("/").as(Day.class).high()).isEqualTo(7);

    assertThat(weather.requests()).isEqualTo(2);
  }

  @ParameterizedTest
  @MethodSource("transientFailures")
  void doesNotRetryAPostThatMayHaveBeenProcessed(Reply fault) {
    ApiClient api = answering(fault, GOOD);

    assertThatExceptionOfType(RuntimeException.class)
        .isThrownBy(() -> api.post("/").json("x").as(Day.class))
        .withMessageContaining("not retried");

    assertThat(weather.requests()).isEqualTo(1);
  }

  @ParameterizedTest
  @MethodSource("transientFailures")
  void retriesAPostWithTheSameIdempotencyKey(Reply fault) {
    ApiClient api = answering(fault, GOOD);

    api.post("/").idempotencyKey().json("x").as(Day.class);

    var seen = weather.server.seen();
    assertThat(seen).hasSize(2);
    assertThat(seen.get(0).header("idempotency-key"))
        .isNotEmpty()
        .isEqualTo(seen.get(1).header("idempotency-key"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "HEAD", "PUT", "DELETE", "OPTIONS"})
  void retriesIdempotentMethods(String method) {
    answering(json(500, ""), json(200, "")).call(method, "/").send();

    assertThat(weather.requests()).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource({"429,", "429,1", "503,1", "425,"})
  void retriesAPostThatTheServiceDidNotProcess(int status, String wait) {
    Reply away = wait == null ? json(status, "{}") : json(status, "{}", "retry-after", wait);

    answering(away, GOOD).post("/").json("x").as(Day.class);

    assertThat(weather.requests()).isEqualTo(2);
  }

  @Test
  void retriesAPostWithoutAConnection() {
    ApiClient api = weather.client();
    weather.server.close();

    assertThatExceptionOfType(CallException.ConnectionFailed.class)
        .isThrownBy(() -> api.post("/").json("x").send())
        .satisfies(e -> assertThat(e.attempts()).hasSize(3));
  }

  @Test
  void doesNotRetryAConflict() {
    ApiClient api = answering(json(409, "{}"), GOOD);

    assertThatExceptionOfType(ApiException.Conflict.class).isThrownBy(() -> api.put("/").send());

    assertThat(weather.requests()).isEqualTo(1);
  }

  @Test
  void honoursTheHeaderXShouldRetry() {
    ApiClient told = answering(json(409, "{}", "x-should-retry", "true"), GOOD);
    told.post("/").json("x").as(Day.class);
    assertThat(weather.requests()).isEqualTo(2);

    ApiClient forbidden = answering(json(500, "{}", "x-should-retry", "false"), GOOD);
    assertThatExceptionOfType(CallException.ServerFailed.class)
        .isThrownBy(() -> forbidden.get("/").send());
    assertThat(weather.requests()).isEqualTo(1);
  }

  @Test
  void delaysAllCallsWhenTheServiceAsksToWait() {
    ApiClient api = answering(json(429, "{}", "retry-after", "7"), GOOD);

    api.get("/").send();

    assertThat(weather.reports.getFirst().queued()).isGreaterThanOrEqualTo(Duration.ofSeconds(7));
  }

  @Test
  void doesNotRetryABodyThatCanBeSentOnlyOnce() {
    ApiClient api = answering(json(500, "{}"), GOOD);
    Body once =
        new Body.Once(new ByteArrayInputStream("x".getBytes(StandardCharsets.UTF_8)), "text/plain");

    assertThatExceptionOfType(CallException.ServerFailed.class)
        .isThrownBy(() -> api.put("/").body(once).send())
        .withMessageContaining("only once");

    assertThat(weather.requests()).isEqualTo(1);
  }

  @Test
  void honoursTheMaximumOfAttempts() {
    answering(json(500, "{}"));
    ApiClient api = weather.as(ApiService.named("weather").withMaxAttempts(5)).client();

    assertThatExceptionOfType(CallException.ServerFailed.class)
        .isThrownBy(() -> api.get("/").send());

    assertThat(weather.requests()).isEqualTo(5);
  }
}
