package dev.synthlab.llm;

import static dev.synthlab.test.Replies.chat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.synthlab.call.CallException;
import dev.synthlab.http.Resolver;
import dev.synthlab.test.Replies;
import dev.synthlab.test.ScriptedServer;
import dev.synthlab.testing.ScriptedProxy;
import dev.synthlab.testing.ScriptedProxy.Asked;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(20)
class ProxyTest {
  private static final String PASSWORD = "pr0xy-canary-word";
  private static final String BASIC =
      Base64.getEncoder().encodeToString(("ada:" + PASSWORD).getBytes(StandardCharsets.UTF_8));

  /** Behind a proxy nobody but the proxy looks names up. */
  private static final Resolver NONE =
      host -> {
        throw new UnknownHostException(host);
      };

  private static final HeldCertificate CERTIFICATE =
      new HeldCertificate.Builder().addSubjectAlternativeName("model.test").build();

  @TempDir private Path directory = Path.of("");
  private ScriptedServer server = ScriptedServer.inTurn(chat("hello"));
  private ScriptedProxy proxy = ScriptedProxy.willing();

  @AfterEach
  void close() {
    server.close();
    proxy.close();
  }

  private void answers(String words) {
    proxy.close();
    proxy = ScriptedProxy.answering(words);
  }

  private String authorized() {
    return "http://ada:" + PASSWORD + "@" + proxy.place();
  }

  private EnvironmentClient plain(String... variables) {
    return new EnvironmentClient("http://model.test:" + server.port() + "/v1", NONE, variables);
  }

  private EnvironmentClient secure(String... variables) throws IOException {
    server.close();
    server =
        ScriptedServer.start(
            new HandshakeCertificates.Builder()
                .heldCertificate(CERTIFICATE)
                .build()
                .sslContext()
                .getServerSocketFactory(),
            "https",
            (request, number) -> chat("hello"));
    String[] all = java.util.Arrays.copyOf(variables, variables.length + 2);
    all[variables.length] = "SYNTHLAB_CA_FILE";
    all[variables.length + 1] =
        Files.writeString(directory.resolve("ca.pem"), CERTIFICATE.certificatePem()).toString();
    return new EnvironmentClient("https://model.test:" + server.port() + "/v1", NONE, all);
  }

  private static String stack(Throwable thrown) {
    StringWriter all = new StringWriter();
    thrown.printStackTrace(new PrintWriter(all));
    return all.toString();
  }

  @Test
  void opensOneHttpsTunnelAndSendsCredentialsOnlyToTheProxy() throws IOException {
    try (EnvironmentClient wired = secure("HTTPS_PROXY", authorized())) {
      assertThat(wired.client().complete("hi")).isEqualTo("hello");
      assertThat(wired.client().complete("hi")).isEqualTo("hello");
    }

    assertThat(proxy.asked())
        .containsExactly(
            new Asked("CONNECT model.test:" + server.port() + " HTTP/1.1", "Basic " + BASIC));
    assertThat(server.seen())
        .hasSize(2)
        .allMatch(seen -> seen.header("proxy-authorization").isEmpty());
  }

  @Test
  void requestsTheAbsoluteUrlOverHttp() {
    try (EnvironmentClient wired = plain("http_proxy", authorized())) {
      assertThat(wired.client().complete("hi")).isEqualTo("hello");
    }

    assertThat(proxy.asked())
        .containsExactly(
            new Asked(
                "POST http://model.test:" + server.port() + "/v1/chat/completions HTTP/1.1",
                "Basic " + BASIC));
    assertThat(server.seen()).hasSize(1);
  }

  @Test
  void usesAllProxyIfTheSchemeHasNoProxy() {
    try (EnvironmentClient wired =
        plain("ALL_PROXY", proxy.place(), "HTTPS_PROXY", "http://127.0.0.1:9")) {
      assertThat(wired.client().complete("hi")).isEqualTo("hello");
    }

    assertThat(proxy.asked()).singleElement().matches(a -> a.authorization().isEmpty());
  }

  @Test
  void usesTheProxyForLoopbackAddresses() {
    try (EnvironmentClient wired =
        new EnvironmentClient(server.base().toString(), NONE, "HTTP_PROXY", proxy.place())) {
      assertThat(wired.client().complete("hi")).isEqualTo("hello");
    }

    assertThat(proxy.asked()).hasSize(1);
  }

  @Test
  void bypassesTheProxyForHostsInNoProxy() {
    try (EnvironmentClient wired =
        new EnvironmentClient(
            server.base().toString(),
            NONE,
            "HTTP_PROXY",
            proxy.place(),
            "no_proxy",
            "elsewhere.test,127.0.0.0/8")) {
      assertThat(wired.client().complete("hi")).isEqualTo("hello");
    }

    assertThat(proxy.asked()).isEmpty();
  }

  @Test
  void ignoresProxiesInSystemProperties() throws IOException {
    int nobody = closedPort();
    Map<String, String> properties =
        Map.of(
            "http.proxyHost", "127.0.0.1",
            "http.proxyPort", String.valueOf(nobody),
            "http.nonProxyHosts", "",
            "socksProxyHost", "127.0.0.1",
            "socksProxyPort", String.valueOf(nobody),
            "socksNonProxyHosts", "");
    properties.forEach(System::setProperty);
    try (EnvironmentClient wired = new EnvironmentClient(server.base().toString(), NONE)) {
      assertThat(wired.client().complete("hi")).isEqualTo("hello");
    } finally {
      properties.keySet().forEach(System::clearProperty);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void failsAtOnceWhenTheProxyRefusesItsCredentials(boolean tls) throws IOException {
    answers(
        "HTTP/1.1 407 Proxy Authentication Required\r\nproxy-authenticate: Basic realm=\"x\"\r\n"
            + "content-length: 0\r\n\r\n");
    long begin = System.nanoTime();

    try (EnvironmentClient wired =
        tls ? secure("HTTPS_PROXY", authorized()) : plain("HTTP_PROXY", authorized())) {
      assertThatExceptionOfType(CallException.ConnectionFailed.class)
          .isThrownBy(() -> wired.client().complete("hi"))
          .withMessageContainingAll("the proxy " + proxy.place(), "407", "rejected the user")
          .satisfies(e -> assertThat(e.attempts()).hasSize(1))
          .satisfies(e -> assertThat(stack(e)).doesNotContain(PASSWORD, BASIC));
    }

    assertThat(proxy.asked()).hasSize(1);
    assertThat(server.seen()).isEmpty();
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(5));
  }

  @Test
  void explainsWhereToSetTheProxyCredentials() throws IOException {
    answers("HTTP/1.1 407 Who\r\ncontent-length: 0\r\n\r\n");

    try (EnvironmentClient wired = secure("HTTPS_PROXY", proxy.place())) {
      assertThatExceptionOfType(CallException.ConnectionFailed.class)
          .isThrownBy(() -> wired.client().complete("hi"))
          .withMessageContainingAll("the proxy " + proxy.place(), "requires credentials")
          .satisfies(e -> assertThat(e.attempts()).hasSize(1));
    }
  }

  @Test
  void failsAtOnceWhenTheProxyForbidsTheHost() throws IOException {
    answers("HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n");

    try (EnvironmentClient wired = secure("HTTPS_PROXY", authorized())) {
      assertThatExceptionOfType(CallException.ConnectionFailed.class)
          .isThrownBy(() -> wired.client().complete("hi"))
          .withMessageContainingAll("the proxy " + proxy.place(), "model.test", "403")
          .satisfies(e -> assertThat(e.attempts()).hasSize(1));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n",
        "HTTP/1.1 503 Later\r\nretry-after: 0\r\ncontent-length: 0\r\n\r\n",
        "220 smtp ready, you said Basic %s\r\n\r\n",
        "HTTP/1.1 200"
      })
  void retriesWhenTheProxyFails(String answer) throws IOException {
    answers(answer.replace("%s", BASIC));

    try (EnvironmentClient wired = secure("HTTPS_PROXY", authorized())) {
      assertThatExceptionOfType(CallException.ConnectionFailed.class)
          .isThrownBy(() -> wired.client().complete("hi"))
          .withMessageContaining("through the proxy " + proxy.place())
          .satisfies(e -> assertThat(e.attempts()).hasSize(5))
          .satisfies(e -> assertThat(stack(e)).doesNotContain(PASSWORD, BASIC));
    }

    assertThat(proxy.asked()).hasSize(5);
    assertThat(server.seen()).isEmpty();
  }

  @Test
  void retriesAndReportsTheProxyThatIsDown() throws IOException {
    String place = "127.0.0.1:" + closedPort();
    long begin = System.nanoTime();

    try (EnvironmentClient wired = plain("HTTP_PROXY", "http://ada:" + PASSWORD + "@" + place)) {
      assertThatExceptionOfType(CallException.ConnectionFailed.class)
          .isThrownBy(() -> wired.client().complete("hi"))
          .withMessageContaining("model.test:" + server.port() + " through the proxy " + place)
          .satisfies(e -> assertThat(e.attempts()).hasSize(5))
          .satisfies(e -> assertThat(stack(e)).doesNotContain(PASSWORD, BASIC));
    }

    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(5));
  }

  @Test
  void reportsAProxyNameThatCannotBeResolved() {
    try (EnvironmentClient wired = plain("HTTP_PROXY", "http://proxy.test:3128")) {
      assertThatExceptionOfType(CallException.ConnectionFailed.class)
          .isThrownBy(() -> wired.client().complete("hi"))
          .withMessageContaining("the name of the proxy proxy.test:3128 cannot be resolved")
          .satisfies(e -> assertThat(e.attempts()).hasSize(5));
    }
  }

  @Test
  void checksTheServerCertificateBehindAProxy() throws IOException {
    try (EnvironmentClient first = secure();
        EnvironmentClient wired =
            new EnvironmentClient(
                "https://model.test:" + server.port() + "/v1", NONE, "HTTPS_PROXY", authorized())) {
      assertThat(first.timer.pauses()).isEmpty();
      assertThatExceptionOfType(CallException.TlsFailed.class)
          .isThrownBy(() -> wired.client().complete("hi"))
          .withMessageContainingAll("self-signed", "through the proxy " + proxy.place())
          .satisfies(e -> assertThat(e.attempts()).hasSize(1));
    }
    assertThat(server.connections()).isEqualTo(1);
    assertThat(server.seen()).isEmpty();
  }

  @Test
  void explainsA407ThatArrivesWithoutAProxy() {
    server.close();
    server = ScriptedServer.inTurn(Replies.json(407, "{}"));

    try (EnvironmentClient wired = new EnvironmentClient(server.base().toString(), NONE)) {
      assertThatExceptionOfType(CallException.ConnectionFailed.class)
          .isThrownBy(() -> wired.client().complete("hi"))
          .withMessageContainingAll("127.0.0.1:" + server.port(), "407", "HTTPS_PROXY")
          .satisfies(e -> assertThat(e.attempts()).hasSize(1));
    }
  }

  @Test
  void retriesAtOnceWhenAnIdleProxyConnectionWasClosed() {
    server.close();
    server =
        ScriptedServer.inTurn(
            (socket, out) -> {
              chat("first").write(socket, out);
              return false;
            },
            chat("second"));

    try (EnvironmentClient wired = plain("HTTP_PROXY", proxy.place())) {
      LlmClient client = wired.client();
      assertThat(client.complete("one")).isEqualTo("first");
      assertThat(client.complete("two")).isEqualTo("second");
      assertThat(wired.timer.pauses()).allMatch(Duration.ZERO::equals);
    }
    assertThat(server.seen()).hasSize(2);
  }

  private static int closedPort() throws IOException {
    try (ServerSocket once = new ServerSocket(0)) {
      return once.getLocalPort();
    }
  }
}
