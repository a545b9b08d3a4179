package dev.synthlab.llm;

import static dev.synthlab.test.Replies.awaitClose;
import static dev.synthlab.test.Replies.chat;
import static dev.synthlab.test.Replies.chunk;
import static dev.synthlab.test.Replies.delta;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.synthlab.call.CallException;
import dev.synthlab.http.Resolver;
import dev.synthlab.test.Replies;
import dev.synthlab.test.ScriptedServer;
import dev.synthlab.test.ScriptedServer.Reply;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(20)
class TlsTest {
  private static final String EVENTS =
      "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
  private static final HeldCertificate AUTHORITY = authority("Lab Authority");
  private static final HeldCertificate OTHER_AUTHORITY = authority("Other Authority");

  /** Two addresses, at which the same server listens: a refusal must not be asked for twice. */
  private static final Resolver TWICE =
      host -> List.of(InetAddress.getByName("127.0.0.1"), InetAddress.getByName("127.0.0.1"));

  @TempDir private Path directory = Path.of("");
  private ScriptedServer server = ScriptedServer.inTurn(chat("unused"));

  @AfterEach
  void close() {
    server.close();
  }

  private static HeldCertificate authority(String name) {
    return new HeldCertificate.Builder().commonName(name).certificateAuthority(0).build();
  }

  private static HeldCertificate.Builder issued() {
    return new HeldCertificate.Builder()
        .commonName("model server")
        .addSubjectAlternativeName("model.test")
        .signedBy(AUTHORITY);
  }

  private static HeldCertificate expired() {
    long day = TimeUnit.DAYS.toMillis(1);
    long end = Instant.parse("2020-02-29T12:00:00Z").toEpochMilli();
    return issued().validityInterval(end - day, end).build();
  }

  private void serve(HeldCertificate certificate, Reply... replies) {
    server.close();
    var sockets =
        new HandshakeCertificates.Builder().heldCertificate(certificate).build().sslContext();
    server =
        ScriptedServer.start(
            sockets.getServerSocketFactory(),
            "https",
            (request, number) -> replies[Math.min(number, replies.length) - 1]);
  }

  private String pem(String name, HeldCertificate... certificates) {
    StringBuilder all = new StringBuilder("# ours\n");
    for (HeldCertificate one : certificates) {
      all.append(one.certificatePem()).append('\n');
    }
    try {
      return Files.writeString(directory.resolve(name), all).toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private EnvironmentClient wired(String host, String... variables) {
    return new EnvironmentClient("https://" + host + ":" + server.port() + "/v1", TWICE, variables);
  }

  private static String read(LlmClient client, String verb) {
    if (!verb.equals("stream")) {
      return client.complete("hi");
    }
    try (TextStream deltas = client.stream("hi")) {
      return deltas.stream().collect(Collectors.joining());
    }
  }

  private void refusesAtOnce(EnvironmentClient wired, String... words) {
    long begin = System.nanoTime();

    ThrowingCallable call = () -> wired.client().complete("a secret prompt");

    assertThatExceptionOfType(CallException.TlsFailed.class)
        .isThrownBy(call)
        .withMessageContainingAll(words)
        .satisfies(e -> assertThat(e.attempts()).hasSize(1));
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(5));
    assertThat(server.connections()).isEqualTo(1);
    assertThat(server.seen()).isEmpty();
    assertThat(wired.timer.pauses()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"platform, whole", "platform, stream", "virtual, whole", "virtual, stream"})
  void endsWhenTheCallingThreadIsInterrupted(String kind, String verb) throws Exception {
    CompletableFuture<Duration> closed = new CompletableFuture<>();
    CountDownLatch arrived = new CountDownLatch(1);
    serve(
        issued().build(),
        (socket, out) -> {
          if (verb.equals("stream")) {
            out.write(EVENTS.getBytes(StandardCharsets.US_ASCII));
            chunk(out, "data: " + delta("Once") + "\n\n");
          }
          arrived.countDown();
          long begin = System.nanoTime();
          try {
            return awaitClose(socket);
          } finally { // an end without the goodbye of TLS is an exception here
            closed.complete(Duration.ofNanos(System.nanoTime() - begin));
          }
        });
    try (EnvironmentClient wired =
        wired("model.test", "SYNTHLAB_CA_FILE", pem("ca.pem", AUTHORITY))) {
      CompletableFuture<String> end = new CompletableFuture<>();
      Thread caller =
          (kind.equals("virtual") ? Thread.ofVirtual() : Thread.ofPlatform())
              .start(
                  () -> {
                    try {
                      end.complete(read(wired.client(), verb));
                    } catch (CallException e) {
                      end.complete(
                          e.getClass().getSimpleName()
                              + " "
                              + Thread.currentThread().isInterrupted());
                    }
                  });
      arrived.await();

      caller.interrupt();

      assertThat(end.get()).isEqualTo("Cancelled true");
      assertThat(closed.get()).isLessThan(Duration.ofSeconds(2));
      assertThat(server.seen()).hasSize(1);
    }
  }

  @Test
  void refusesACertificateThatHasExpired() {
    serve(expired(), chat("no"));
    try (EnvironmentClient wired =
        wired("model.test", "SYNTHLAB_CA_FILE", pem("ca.pem", AUTHORITY))) {
      refusesAtOnce(wired, "model.test:" + server.port(), "expired on 2020-02-29");
    }
  }

  @Test
  void refusesACertificateForAnotherHost() {
    serve(issued().build(), chat("no"));
    try (EnvironmentClient wired =
        wired("other.test", "SYNTHLAB_CA_FILE", pem("ca.pem", AUTHORITY))) {
      refusesAtOnce(wired, "is for model.test, not for other.test");
    }
  }

  @Test
  void refusesASelfSignedCertificateAndSuggestsTheSetting() {
    serve(
        new HeldCertificate.Builder().addSubjectAlternativeName("model.test").build(), chat("no"));
    try (EnvironmentClient wired = wired("model.test")) {
      refusesAtOnce(wired, "self-signed", "SYNTHLAB_CA_FILE");
    }
  }

  @Test
  void refusesAnUnknownAuthorityAndSuggestsTheSetting() {
    serve(issued().build(), chat("no"));
    try (EnvironmentClient wired =
        wired("model.test", "SYNTHLAB_CA_FILE", pem("ca.pem", OTHER_AUTHORITY))) {
      refusesAtOnce(wired, "not known here", "Lab Authority", "SYNTHLAB_CA_FILE");
    }
  }

  @Test
  void reportsAServerThatDoesNotSpeakTls() throws IOException {
    server.close();
    server = ScriptedServer.inTurn((socket, out) -> false);
    try (ServerSocket plain =
            new ServerSocket(0, 10, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
        EnvironmentClient wired =
            new EnvironmentClient("https://model.test:" + plain.getLocalPort() + "/v1", TWICE)) {
      Thread talker =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try (var socket = plain.accept()) {
                      socket.getOutputStream().write("HTTP/1.1 400 Bad\r\n\r\n".getBytes());
                      Replies.awaitClose(socket);
                    } catch (IOException e) {
                      // The client goes away, as it should.
                    }
                  });

      assertThatExceptionOfType(CallException.TlsFailed.class)
          .isThrownBy(() -> wired.client().complete("hi"))
          .withMessageContaining("does not speak TLS")
          .satisfies(e -> assertThat(e.attempts()).hasSize(1));
      talker.interrupt();
    }
  }

  @Test
  void trustsEveryAuthorityInTheFile() {
    serve(issued().build(), chat("hello"));
    String file = pem("many.pem", OTHER_AUTHORITY, AUTHORITY);

    try (EnvironmentClient wired = wired("model.test", "SYNTHLAB_CA_FILE", file)) {
      assertThat(wired.client().complete("hi")).isEqualTo("hello");
      assertThat(wired.client().complete("hi")).isEqualTo("hello");
    }
    assertThat(server.connections()).isEqualTo(1);
    assertThat(server.seen()).hasSize(2);
  }

  @Test
  void trustsASelfSignedCertificateThatIsInTheFile() {
    HeldCertificate own =
        new HeldCertificate.Builder().addSubjectAlternativeName("model.test").build();
    serve(own, chat("hello"));

    try (EnvironmentClient wired = wired("model.test", "SYNTHLAB_CA_FILE", pem("own.pem", own))) {
      assertThat(wired.client().complete("hi")).isEqualTo("hello");
    }
  }

  @Test
  void retriesWhenTheServerHangsUpInTheHandshake() throws IOException {
    try (ServerSocket rude =
            new ServerSocket(0, 10, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
        EnvironmentClient wired =
            new EnvironmentClient(
                "https://model.test:" + rude.getLocalPort() + "/v1",
                host -> List.of(InetAddress.getByName("127.0.0.1")))) {
      Thread.ofVirtual()
          .start(
              () -> {
                try {
                  while (true) {
                    rude.accept().close();
                  }
                } catch (IOException e) {
                  // The test is over.
                }
              });

      assertThatExceptionOfType(CallException.ConnectionFailed.class)
          .isThrownBy(() -> wired.client().complete("hi"))
          .satisfies(e -> assertThat(e.attempts()).hasSize(5));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 302, 303, 307, 308})
  void followsNoRedirectFromATlsServer(int status) {
    try (ScriptedServer elsewhere = ScriptedServer.inTurn(chat("stolen"))) {
      serve(
          issued().build(),
          Replies.json(status, "{}", "location", elsewhere.base() + "/chat/completions"));
      try (EnvironmentClient wired =
          wired(
              "model.test",
              "OPENAI_API_KEY",
              "sk-redirect-canary-0001",
              "SYNTHLAB_CA_FILE",
              pem("ca.pem", AUTHORITY))) {
        assertThatExceptionOfType(CallException.Redirected.class)
            .isThrownBy(() -> wired.client().complete("hi"))
            .withMessageContaining("http://127.0.0.1")
            .satisfies(e -> assertThat(e.attempts()).hasSize(1));
      }
      assertThat(elsewhere.connections()).isZero();
      assertThat(server.seen()).hasSize(1);
    }
  }
}
