package dev.synthlab.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.net.httpserver.HttpExchange;
import dev.synthlab.config.Environment;
import dev.synthlab.config.NetworkSettings;
import dev.synthlab.config.Settings;
import dev.synthlab.local.WeightsServer.Seen;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Downloads that break off, and the ways to the server. */
@Timeout(60)
class UrlSourceTest {
  private static final String PASSWORD = "pr0xy-canary-word";

  @TempDir Path directory;

  private final CountDownLatch end = new CountDownLatch(1);
  private WeightsServer server;

  @BeforeEach
  void serve() throws IOException {
    server = new WeightsServer();
  }

  @AfterEach
  void stop() {
    end.countDown();
    server.close();
  }

  @Test
  void continuesWhereADownloadBreaksOff() throws Exception {
    server.cutAfter = 100_000;

    Path file = download();

    assertThat(file).hasBinaryContent(server.content);
    assertThat(server.ranges()).containsExactly("", "bytes=100000-", "bytes=200000-");
    assertThat(names()).doesNotContain(".small.gguf.part", ".small.gguf.part.version");
  }

  @Test
  void continuesTheDownloadOfAnEarlierProcess() throws Exception {
    breakOffAt(100_000);

    Path file = download();

    assertThat(file).hasBinaryContent(server.content);
    assertThat(server.seen())
        .last()
        .isEqualTo(new Seen("/small.gguf", "bytes=100000-", "\"v1\"", ""));
  }

  @Test
  void continuesByTheDateOfTheLastChange() throws Exception {
    server.etag = "";
    server.lastModified = "Sun, 01 Feb 2026 10:00:00 GMT";
    breakOffAt(100_000);

    Path file = download();

    assertThat(file).hasBinaryContent(server.content);
    assertThat(server.seen())
        .last()
        .isEqualTo(new Seen("/small.gguf", "bytes=100000-", "Sun, 01 Feb 2026 10:00:00 GMT", ""));
  }

  @Test
  void beginsAgainWhenTheFileHasChanged() throws Exception {
    server.served = new byte[WeightsServer.SIZE];
    breakOffAt(100_000);
    server.served = server.content;
    server.etag = "\"v2\"";

    Path file = download();

    assertThat(file).hasBinaryContent(server.content);
    assertThat(server.ranges()).last().isEqualTo("bytes=100000-");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "W/\"v1\"", "v1"})
  void beginsAgainWithoutAStrongValidator(String tag) throws Exception {
    server.etag = tag;
    breakOffAt(100_000);

    Path file = download();

    assertThat(file).hasBinaryContent(server.content);
    assertThat(server.ranges()).containsOnly("");
  }

  @Test
  void beginsAgainWhenTheDateIsTooYoungToBeStrong() throws Exception {
    server.etag = "";
    server.lastModified =
        DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.now(ZoneOffset.UTC));
    breakOffAt(100_000);

    download();

    assertThat(server.ranges()).containsOnly("");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "bytes 0-299999/300000",
        "bytes 100000-299998/299999",
        "bytes 100000-299999/*"
      })
  void beginsAgainWhenAnotherRangeArrives(String range) throws Exception {
    breakOffAt(100_000);
    server.script =
        Optional.of(
            exchange -> {
              if (server.seen().getLast().range().isEmpty()) {
                server.answer(exchange);
                return;
              }
              exchange.getResponseHeaders().set("content-range", range);
              exchange.sendResponseHeaders(206, -1);
              exchange.close();
            });

    Path file = download();

    assertThat(file).hasBinaryContent(server.content);
    assertThat(server.ranges()).endsWith("bytes=100000-", "");
  }

  @Test
  void beginsAgainWhenTheServerHasNoSuchRange() throws Exception {
    breakOffAt(100_000);
    server.script =
        Optional.of(
            exchange -> {
              if (server.seen().getLast().range().isEmpty()) {
                server.answer(exchange);
                return;
              }
              exchange.sendResponseHeaders(416, -1);
              exchange.close();
            });

    assertThat(download()).hasBinaryContent(server.content);
  }

  @Test
  void beginsAgainWhenTheWholeHasAWrongChecksum() throws Exception {
    server.served = new byte[WeightsServer.SIZE];
    breakOffAt(100_000);
    server.served = server.content;

    Path file = download();

    assertThat(file).hasBinaryContent(server.content);
    assertThat(server.ranges()).endsWith("bytes=100000-", "");
  }

  @Test
  void deletesThePartOfAFileWithAWrongChecksum() throws Exception {
    server.served = new byte[WeightsServer.SIZE];
    breakOffAt(100_000);

    assertThatExceptionOfType(WeightsException.class)
        .isThrownBy(this::download)
        .withMessageContaining("wrong SHA-256");

    assertThat(names()).containsExactly(".small.gguf.lock");
  }

  @Test
  void neverContinuesAPartWithoutItsVersion() throws Exception {
    Files.write(directory.resolve(".small.gguf.part"), new byte[1000]);

    Path file = download();

    assertThat(file).hasBinaryContent(server.content);
    assertThat(server.ranges()).containsExactly("");
  }

  @Test
  void neverContinuesAPartOfAnotherAddress() throws Exception {
    breakOffAt(100_000);

    try (WeightsServer other = new WeightsServer()) {
      Path file =
          weights(UrlSource.of(other.address(), NetworkSettings.direct())).ensure(Local.QUIET);

      assertThat(file).hasBinaryContent(server.content);
      assertThat(other.ranges()).containsExactly("");
    }
  }

  @Test
  void usesACompletePartOfAProcessThatWasKilled() throws Exception {
    Files.write(directory.resolve(".small.gguf.part"), server.content);

    Path file = download();

    assertThat(file).hasBinaryContent(server.content);
    assertThat(server.seen()).isEmpty();
  }

  @Test
  void keepsThePartWhenTheServerFails() throws Exception {
    breakOffAt(100_000);
    server.script =
        Optional.of(
            exchange -> {
              exchange.sendResponseHeaders(503, -1);
              exchange.close();
            });

    assertThatExceptionOfType(WeightsException.class)
        .isThrownBy(this::download)
        .withMessageContaining("HTTP 503");
    server.script = Optional.empty();
    download();

    assertThat(server.ranges()).endsWith("bytes=100000-", "bytes=100000-");
  }

  @Test
  void keepsThePartReadableByItsOwnerOnly() throws Exception {
    breakOffAt(100_000);

    for (String name : List.of(".small.gguf.part", ".small.gguf.part.version")) {
      Path part = directory.resolve(name);
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(part)))
          .isEqualTo("rw-------");
    }
  }

  @Test
  void writesThroughNoLinkAtTheNameOfThePart() throws Exception {
    Path target = Files.writeString(directory.resolve("target"), "mine");
    Files.createSymbolicLink(directory.resolve(".small.gguf.part"), target);

    assertThatExceptionOfType(IOException.class).isThrownBy(this::download);

    assertThat(target).hasContent("mine");
  }

  @Test
  void continuesADownloadThatFallsSilent() throws Exception {
    server.script = Optional.of(this::silentAfterTheFirstBytes);
    UrlSource impatient =
        new UrlSource(server.address(), NetworkSettings.direct(), Duration.ofMillis(300));

    Path file = weights(impatient).ensure(Local.QUIET);

    assertThat(file).hasBinaryContent(server.content);
    assertThat(server.ranges()).containsExactly("", "bytes=100000-");
  }

  @Test
  void reportsTheProgressWhileNoBytesArrive() throws Exception {
    List<String> heard = new ArrayList<>();
    server.script = Optional.of(this::silentAfterTheFirstBytes);

    weights(UrlSource.of(server.address(), NetworkSettings.direct()))
        .ensure(
            new Weights.Progress() {
              @Override
              public void moved(String source, long bytes, long total) {
                heard.add(bytes + "/" + total);
                if (heard.stream().filter("100000/300000"::equals).count() == 2) {
                  end.countDown();
                }
              }

              @Override
              public void note(String line) {}
            });

    assertThat(heard).startsWith("0/300000").endsWith("300000/300000");
  }

  @Test
  void stopsAtOnceWhenItIsInterruptedAndKeepsThePart() throws Exception {
    CountDownLatch arrived = new CountDownLatch(1);
    server.script =
        Optional.of(
            exchange -> {
              arrived.countDown();
              silentAfterTheFirstBytes(exchange);
            });
    FutureTask<Optional<Exception>> download =
        new FutureTask<>(
            () -> {
              try {
                download();
                return Optional.empty();
              } catch (InterruptedException e) {
                return Optional.of(e);
              }
            });
    Thread thread = Thread.ofPlatform().start(download);
    arrived.await();
    while (!Files.exists(directory.resolve(".small.gguf.part"))) {
      Thread.onSpinWait();
    }
    long start = System.nanoTime();

    thread.interrupt();

    assertThat(download.get()).containsInstanceOf(InterruptedException.class);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
    assertThat(names()).contains(".small.gguf.part").doesNotContain("small.gguf");
  }

  @Test
  void followsRedirects() throws Exception {
    server.script =
        Optional.of(
            exchange -> {
              if (server.seen().size() > 1) {
                server.answer(exchange);
                return;
              }
              exchange.getResponseHeaders().set("location", "/elsewhere?signed=1");
              exchange.sendResponseHeaders(302, -1);
              exchange.close();
            });

    assertThat(download()).hasBinaryContent(server.content);
    assertThat(server.seen()).extracting(Seen::target).endsWith("/elsewhere?signed=1");
  }

  @Test
  void failsWhenThereAreTooManyRedirects() {
    server.script =
        Optional.of(
            exchange -> {
              exchange.getResponseHeaders().set("location", "/small.gguf");
              exchange.sendResponseHeaders(302, -1);
              exchange.close();
            });

    assertThatExceptionOfType(WeightsException.class)
        .isThrownBy(this::download)
        .withMessageContaining("more than 10 redirects");
  }

  @Test
  void downloadsThroughTheProxyOfTheSettings() throws Exception {
    NetworkSettings network =
        network("HTTP_PROXY", "http://ada:" + PASSWORD + "@127.0.0.1:" + server.port());

    Path file =
        weights(UrlSource.of(URI.create("http://weights.test/small.gguf"), network))
            .ensure(Local.QUIET);

    String basic =
        Base64.getEncoder().encodeToString(("ada:" + PASSWORD).getBytes(StandardCharsets.UTF_8));
    assertThat(file).hasBinaryContent(server.content);
    assertThat(server.seen())
        .containsExactly(new Seen("http://weights.test/small.gguf", "", "", "Basic " + basic));
  }

  @Test
  void usesNoProxyForAHostInNoProxy() throws Exception {
    NetworkSettings network = network("HTTP_PROXY", "http://127.0.0.1:9", "NO_PROXY", "127.0.0.1");

    Path file = weights(UrlSource.of(server.address(), network)).ensure(Local.QUIET);

    assertThat(file).hasBinaryContent(server.content);
  }

  @Test
  void neverGoesAroundAProxyThatCannotBeUsed() throws Exception {
    NetworkSettings network = network("HTTP_PROXY", "socks5://ada:" + PASSWORD + "@127.0.0.1:9");

    assertThatExceptionOfType(WeightsException.class)
        .isThrownBy(() -> weights(UrlSource.of(server.address(), network)).ensure(Local.QUIET))
        .withMessageContaining("HTTP_PROXY")
        .withMessageContaining("only proxies with an http:// address are supported")
        .withMessageNotContaining(PASSWORD);
    assertThat(server.seen()).isEmpty();
  }

  @Test
  void trustsTheAuthoritiesOfTheSettings() throws Exception {
    HeldCertificate certificate =
        new HeldCertificate.Builder().addSubjectAlternativeName("127.0.0.1").build();
    Path authorities = Files.writeString(directory.resolve("ca.pem"), certificate.certificatePem());
    try (WeightsServer secure =
        WeightsServer.secure(
            new HandshakeCertificates.Builder()
                .heldCertificate(certificate)
                .build()
                .sslContext())) {
      NetworkSettings network = network("SYNTHLAB_CA_FILE", authorities.toString());

      assertThatExceptionOfType(WeightsException.class)
          .isThrownBy(
              () ->
                  weights(UrlSource.of(secure.address(), NetworkSettings.direct()))
                      .ensure(Local.QUIET));
      Path file = weights(UrlSource.of(secure.address(), network)).ensure(Local.QUIET);

      assertThat(file).hasBinaryContent(secure.content);
    }
  }

  private Path download() throws IOException, InterruptedException {
    return weights(UrlSource.of(server.address(), NetworkSettings.direct())).ensure(Local.QUIET);
  }

  private Weights weights(UrlSource source) {
    return new Weights(directory, server.file(), List.of(source));
  }

  /** Leaves a part: the connection breaks, and then the server answers no more bytes. */
  private void breakOffAt(int bytes) {
    server.script =
        Optional.of(
            exchange -> {
              server.cutAfter = server.seen().size() == 1 ? bytes : 0;
              server.answer(exchange);
            });
    assertThatExceptionOfType(WeightsException.class).isThrownBy(this::download);
    server.script = Optional.empty();
    server.cutAfter = WeightsServer.WHOLE;
  }

  /** The first response stops within the file until the end of the test. */
  private void silentAfterTheFirstBytes(HttpExchange exchange) throws IOException {
    if (server.seen().size() > 1) {
      server.answer(exchange);
      return;
    }
    exchange.getResponseHeaders().set("etag", server.etag);
    exchange.sendResponseHeaders(200, WeightsServer.SIZE);
    exchange.getResponseBody().write(server.content, 0, 100_000);
    exchange.getResponseBody().flush();
    try {
      end.await();
      exchange.getResponseBody().write(server.content, 100_000, WeightsServer.SIZE - 100_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    exchange.close();
  }

  private List<String> names() {
    return Arrays.asList(directory.toFile().list());
  }

  private static NetworkSettings network(String... namesAndValues) {
    Map<String, String> variables = new HashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      variables.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    variables.put("OPENAI_API_KEY", "sk-test");
    return Settings.from(Environment.of(variables)).network();
  }
}
