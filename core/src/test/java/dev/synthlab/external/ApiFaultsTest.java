package dev.synthlab.external;

import static dev.synthlab.test.Replies.bytes;
import static dev.synthlab.test.Replies.json;
import static dev.synthlab.test.Replies.silence;
import static dev.synthlab.test.Replies.stall;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.synthlab.call.CallException;
import dev.synthlab.external.Weather.Day;
import dev.synthlab.http.Resolver;
import dev.synthlab.test.ScriptedServer;
import dev.synthlab.test.ScriptedServer.Reply;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What goes wrong with any call, with a service that is no model. */
@Timeout(20)
class ApiFaultsTest {
  private static final String OSLO = "{\"city\":\"Oslo\",\"high\":7}";

  private Weather weather = Weather.inTurn(json(200, OSLO));

  @AfterEach
  void close() {
    weather.close();
  }

  private ApiClient answering(Reply... replies) {
    weather.close();
    weather = Weather.inTurn(replies);
    return weather.with("WEATHER_TIMEOUT", "300ms").client();
  }

  private static Reply raw(String answer) {
    return (socket, out) -> {
      out.write(answer.getBytes(StandardCharsets.UTF_8));
      return false;
    };
  }

  @Test
  void timesOutWhenAServiceDoesNotRespond() {
    ApiClient api = answering(silence());

    long begin = System.nanoTime();
    assertThatExceptionOfType(CallException.DeadlineExceeded.class)
        .isThrownBy(() -> api.post("/").send());

    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofMillis(1300));
  }

  @Test
  void timesOutWhenABodyStalls() {
    ApiClient api = answering(stall("{\"city\":"));

    long begin = System.nanoTime();
    assertThatExceptionOfType(CallException.DeadlineExceeded.class)
        .isThrownBy(() -> api.post("/").as(Day.class));

    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofMillis(1300));
  }

  @Test
  void honoursTheTimeoutOfOneCall() {
    ApiClient api = answering(json(503, "{}", "retry-after", "90"));

    assertThatExceptionOfType(CallException.ServerFailed.class)
        .isThrownBy(() -> api.get("/").deadline(Duration.ofSeconds(20)).send())
        .satisfies(e -> assertThat(e.retryAfter()).contains(Duration.ofSeconds(90)));

    assertThat(weather.timer.pauses()).isEmpty();
  }

  @Test
  void reportsAnUnknownHost() {
    weather.close();
    Resolver none =
        host -> {
          throw new UnknownHostException(host);
        };
    weather = new Weather(ScriptedServer.inTurn(json(200, OSLO)), none);
    ApiClient api = weather.with("WEATHER_BASE_URL", "http://weather.test/v1").client();

    assertThatExceptionOfType(CallException.ConnectionFailed.class)
        .isThrownBy(() -> api.post("/").send())
        .withMessageContaining("weather.test")
        .satisfies(e -> assertThat(e.attempts()).hasSize(3));
  }

  @Test
  void acceptsUnusualButValidResponses() {
    ApiClient http10 = answering(raw("HTTP/1.0 200 OK\r\n\r\n" + OSLO));
    assertThat(http10.get("/").as(Day.class).high()).isEqualTo(7);

    ApiClient untyped = answering(bytes(200, "text/html", OSLO.getBytes(StandardCharsets.UTF_8)));
    assertThat(untyped.get("/").as(Day.class).high()).isEqualTo(7);
  }

  @Test
  void retriesAResponseWithABrokenChunkOrGzip() {
    answering(
            raw("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n"),
            bytes(200, "application/json", new byte[] {1, 2, 3, 4}, "content-encoding", "gzip"),
            json(200, OSLO))
        .get("/")
        .as(Day.class);

    assertThat(weather.requests()).isEqualTo(3);
  }

  @Test
  void survivesAGzipBomb() throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream zip = new GZIPOutputStream(packed)) {
      byte[] zeros = new byte[1 << 20];
      for (int i = 0; i < 64; i++) {
        zip.write(zeros);
      }
    }
    ApiClient api =
        answering(bytes(200, "application/json", packed.toByteArray(), "content-encoding", "gzip"));

    assertThatExceptionOfType(CallException.ResponseTooLarge.class)
        .isThrownBy(() -> api.get("/").asBytes());

    assertThat(weather.requests()).isEqualTo(1);
  }

  @Test
  void opensTheBreakerOfAServiceThatKeepsFailing() {
    ApiClient api = answering(json(500, "{}"));

    for (int i = 0; i < 100; i++) {
      assertThatExceptionOfType(CallException.class).isThrownBy(() -> api.get("/").send());
    }

    assertThat(weather.requests()).isLessThan(120);
    assertThatExceptionOfType(CallException.CircuitOpen.class)
        .isThrownBy(() -> api.get("/").send());
  }

  @Test
  void stopsWhenItsThreadIsInterrupted() throws Exception {
    answering(silence());
    ApiClient silent = weather.with("WEATHER_TIMEOUT", "15s").client();
    CountDownLatch over = new CountDownLatch(1);
    Thread caller =
        Thread.ofPlatform()
            .start(
                () -> {
                  assertThatExceptionOfType(CallException.Cancelled.class)
                      .isThrownBy(() -> silent.get("/").send());
                  over.countDown();
                });
    while (weather.requests() < 1) {
      Thread.onSpinWait();
    }

    long begin = System.nanoTime();
    caller.interrupt();
    over.await();

    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(1));
  }
}
