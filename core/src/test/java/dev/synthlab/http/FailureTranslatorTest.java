package dev.synthlab.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthlab.config.NetworkSettings;
import dev.synthlab.config.Secret;
import dev.synthlab.http.TransportException.Phase;
import java.io.EOFException;
import java.io.IOException;
import java.net.ProtocolException;
import java.net.SocketException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import okhttp3.Call;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is said of failures, by how far a call had come. */
class FailureTranslatorTest {
  private static final Request REQUEST =
      Request.get(URI.create("https://a.test:81/v1"), Headers.NONE);
  private static final Call CALL =
      new OkHttpClient().newCall(new okhttp3.Request.Builder().url("https://a.test:81/v1").build());

  private final CallEventListener listener = new CallEventListener(Duration.ofSeconds(1));
  private final FailureTranslator direct = new FailureTranslator(REQUEST, NetworkSettings.direct());

  private static FailureTranslator through(Optional<Secret> userInfo) {
    NetworkSettings.Proxy proxy = new NetworkSettings.Proxy("proxy.test", 3128, userInfo);
    return new FailureTranslator(
        REQUEST,
        new NetworkSettings(
            Optional.empty(), Optional.empty(), Optional.of(proxy), List.of(), Map.of()));
  }

  private TransportException securing(IOException reason) {
    listener.secureConnectStart(CALL);
    return direct.of(listener, reason);
  }

  @Test
  void reportsTheServerOrProxyNameThatCannotBeResolved() {
    UnknownHostException reason = new UnknownHostException("no such host");
    listener.dnsStart(CALL, "a.test");
    assertThat(direct.of(listener, reason).phase()).isEqualTo(Phase.RESOLVE);
    assertThat(direct.of(listener, reason))
        .hasMessage("the name of a.test:81 cannot be resolved: no such host");
    assertThat(CallEventListener.ofLookup()).containsSame(listener);
    assertThat(CallEventListener.ofLookup()).isEmpty();

    listener.dnsStart(CALL, "proxy.test");
    assertThat(through(Optional.empty()).of(listener, reason))
        .hasMessage("the name of the proxy proxy.test:3128 cannot be resolved: no such host");

    listener.dnsEnd(CALL, "proxy.test", List.of());
    assertThat(FailureTranslator.phase(listener, new IOException("later")))
        .isEqualTo(Phase.CONNECT);
    assertThat(FailureTranslator.phase(listener, reason)).isEqualTo(Phase.RESOLVE);
  }

  @Test
  void reportsHostPortAndProxyOfAFailedConnection() {
    assertThat(direct.of(listener, new IOException("refused")))
        .hasMessage("no connection to a.test:81: refused");
    assertThat(through(Optional.empty()).of(listener, new IOException()))
        .hasMessage("no connection to a.test:81 through the proxy proxy.test:3128: IOException");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Hostname a.test not verified:\\n DN: CN=b\\n subjectAltNames: [b.test] | for b.test, not for a.test",
        "Hostname a.test not verified:\\n DN: CN=b\\n subjectAltNames: [] | for CN=b, not for a.test",
        "Hostname a.test not verified | for nobody, not for a.test",
        "Unsupported or unrecognized SSL message | it does not speak TLS",
        "odd | no trusted connection to a.test:81: odd"
      })
  void explainsWhyAConnectionIsNotTrusted(String words, String said) {
    TransportException failed =
        securing(new SSLPeerUnverifiedException(words.replace("\\n", "\n")));

    assertThat(failed.phase()).isEqualTo(Phase.TLS);
    assertThat(failed).hasMessageContaining(said);
  }

  @Test
  void quotesTheReasonOfTheTrustManager() {
    SSLHandshakeException reason = new SSLHandshakeException("handshake");
    reason.initCause(
        new ExplainingTrustManager.Untrusted(
            "its reason", new java.security.cert.CertificateException()));

    assertThat(securing(reason)).hasMessage("no trusted connection to a.test:81: its reason");
  }

  @Test
  void treatsAHangUpInTheHandshakeAsAConnectFailure() {
    SSLException cut = new SSLException("cut", new EOFException());
    SSLException reset = new SSLException("reset", new SocketException());

    assertThat(securing(cut).phase()).isEqualTo(Phase.CONNECT);
    assertThat(securing(reset).phase()).isEqualTo(Phase.CONNECT);
    listener.secureConnectEnd(CALL, null);
    assertThat(direct.of(listener, new SSLException("later")).phase()).isEqualTo(Phase.CONNECT);
  }

  @ParameterizedTest
  @CsvSource({
    "400, PROXY",
    "403, PROXY",
    "404, PROXY",
    "408, CONNECT",
    "429, CONNECT",
    "502, CONNECT"
  })
  void distinguishesPermanentFromTransientProxyRefusals(int status, Phase phase) {
    IOException reason = new IOException("Unexpected response code for CONNECT: " + status);

    TransportException failed = through(Optional.empty()).of(listener, reason);

    assertThat(failed.phase()).isEqualTo(phase);
    if (phase == Phase.PROXY) {
      assertThat(failed)
          .hasMessage(
              "the proxy proxy.test:3128 refuses to connect to a.test:81: it answered " + status);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Failed to authenticate with proxy",
        "Received HTTP_PROXY_AUTH (407) code while ..."
      })
  void explainsHowToAuthenticateToAProxy(String words) {
    IOException reason = new ProtocolException(words);

    assertThat(through(Optional.empty()).of(listener, reason))
        .hasMessageContaining("(407): it requires credentials: set HTTPS_PROXY=");
    assertThat(through(Optional.of(Secret.of("user:pass"))).of(listener, reason))
        .hasMessageContaining("(407): it rejected the user and password")
        .hasMessageNotContaining("pass:");
    assertThat(direct.of(listener, reason))
        .hasMessageContaining("a.test:81 answered 407, as a proxy does, but none is set");
    assertThat(direct.proxyAuthenticationRequired().phase()).isEqualTo(Phase.PROXY);
  }

  @Test
  void recognisesAReusedConnection() {
    assertThat(listener.reused()).isFalse();
    listener.connectionAcquired(CALL, null);
    assertThat(direct.of(listener, new IOException("broke")).reusedConnection()).isTrue();

    listener.connectStart(CALL, null, null);
    TransportException fresh = direct.of(listener, new IOException("broke"));

    assertThat(fresh.reusedConnection()).isFalse();
    assertThat(fresh.phase()).isEqualTo(Phase.EXCHANGE);
    assertThat(fresh).hasMessage("the connection to a.test:81 broke before the answer: broke");
  }

  @Test
  void triesNoFurtherAddressAfterARefusedCertificate() {
    listener.secureConnectStart(CALL);
    SSLHandshakeException refusal = new SSLHandshakeException("no trust");
    IOException canceled = new IOException("Canceled");

    assertThat(listener.rootFailure(canceled)).isSameAs(canceled);
    listener.connectFailed(CALL, null, null, null, new IOException("refused"));
    assertThat(listener.rootFailure(canceled)).isSameAs(canceled);
    listener.connectFailed(CALL, null, null, null, refusal);
    assertThat(listener.rootFailure(canceled)).isSameAs(refusal);
    assertThat(CALL.isCanceled()).isTrue();
  }

  @Test
  void showsNoKeyThatAServerEchoesInItsMessage() {
    String key = "sk-proj-C4n4ryC4n4ryC4n4ryC4n4ry";
    IOException plain = new IOException("plain");
    IOException echo = new IOException("unexpected: " + key);

    assertThat(direct.bodyFailed(plain)).hasCause(plain);
    assertThat(direct.bodyFailed(echo).getCause()).hasMessageNotContaining(key);
    assertThat(direct.bodyFailed(echo))
        .hasMessageNotContaining(key)
        .hasMessageContaining("broke off");
    assertThat(direct.of(listener, echo)).hasMessageNotContaining(key);
  }

  @Test
  void reportsTheRemainingTime() {
    assertThat(listener.remaining()).isBetween(Duration.ofMillis(1), Duration.ofSeconds(1));
    assertThat(new CallEventListener(Duration.ZERO).remaining().isPositive()).isFalse();
  }
}
