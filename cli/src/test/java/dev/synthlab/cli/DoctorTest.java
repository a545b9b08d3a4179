package dev.synthlab.cli;

import static dev.synthlab.test.Replies.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.synthlab.cli.Synth.Ended;
import dev.synthlab.test.ScriptedServer;
import dev.synthlab.testing.ScriptedProxy;
import java.nio.file.Path;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoctorTest {
  private static final String MODELS = "{\"data\":[{\"id\":\"gpt-4o-mini\"}]}";
  private static final HeldCertificate AUTHORITY =
      new HeldCertificate.Builder().commonName("Lab Authority").certificateAuthority(0).build();
  private static final HeldCertificate OWN =
      new HeldCertificate.Builder()
          .commonName("model server")
          .addSubjectAlternativeName("127.0.0.1")
          .signedBy(AUTHORITY)
          .build();

  @TempDir private Path directory = Path.of("");
  private Synth synth = new Synth(directory);

  @BeforeEach
  void begin() {
    synth = new Synth(directory);
  }

  private static ScriptedServer secure() {
    return ScriptedServer.start(
        new HandshakeCertificates.Builder()
            .heldCertificate(OWN)
            .build()
            .sslContext()
            .getServerSocketFactory(),
        "https",
        (request, number) -> json(200, MODELS));
  }

  @Test
  void showsAddressesAndThatThereIsNeitherProxyNorTls() {
    try (ScriptedServer server = ScriptedServer.inTurn(json(200, MODELS))) {
      Ended ended = synth.with("OPENAI_BASE_URL", server.base().toString()).run("doctor");

      assertThat(ended.exit()).isZero();
      assertThat(ended.out())
          .containsPattern("ok +proxy +none")
          .containsPattern("ok +ca file +none; only the authorities of the system")
          .containsPattern("ok +dns +127.0.0.1 resolves to 127.0.0.1")
          .containsPattern("ok +tls +not used; the server is on this machine")
          .containsPattern("ok +endpoint +http://127.0.0.1");
      assertThat(server.seen()).hasSize(1);
    }
  }

  @Test
  void failsForAnAddressThatHasNoApi() {
    try (ScriptedServer server = ScriptedServer.start((request, number) -> json(404, "{}"))) {
      Ended ended = synth.with("OPENAI_BASE_URL", server.base() + "/wrong").run("doctor");

      assertThat(ended.exit()).isEqualTo(4);
      assertThat(ended.out()).containsPattern("FAIL +endpoint .*OPENAI_BASE_URL");
    }
  }

  @Test
  void passesForAServerWithoutAListOfModelsAndRecordsNoCall() {
    try (ScriptedServer server =
        ScriptedServer.start(
            (request, number) ->
                request.path().endsWith("/models")
                    ? json(404, "{}")
                    : json(400, "{\"error\":{\"message\":\"no model\"}}"))) {
      Ended ended = synth.with("OPENAI_BASE_URL", server.base().toString()).run("doctor");

      assertThat(ended.out()).containsPattern("endpoint .* answers");
      assertThat(ended.exit()).isZero();
      assertThat(synth.run("usage").all()).doesNotContain("check");
    }
  }

  @Test
  void showsTheServerCertificateIssuedByAnAuthorityOfTheFile() {
    synth.file("ca.pem", AUTHORITY.certificatePem());
    try (ScriptedServer server = secure()) {
      Ended ended =
          synth
              .with("OPENAI_BASE_URL", server.base().toString())
              .with("SYNTHLAB_CA_FILE", "ca.pem")
              .run("doctor");

      assertThat(ended.out())
          .containsPattern("ok +ca file +ca.pem \\(1 certificates\\)")
          .containsPattern(
              "tls +TLSv1.[23], CN=model server, issued by CN=Lab Authority, valid until 20\\d\\d");
      assertThat(ended.exit()).isZero();
    }
  }

  @Test
  void suggestsARemedyForAnUnknownAuthority() {
    try (ScriptedServer server = secure()) {
      Ended ended = synth.with("OPENAI_BASE_URL", server.base().toString()).run("doctor");

      assertThat(ended.exit()).isEqualTo(4);
      assertThat(ended.out())
          .containsPattern("FAIL +tls .*Lab Authority.* -> .*SYNTHLAB_CA_FILE")
          .containsPattern("FAIL +endpoint ");
      assertThat(server.seen()).isEmpty();
    }
  }

  @Test
  void showsTheProxyWithoutItsPassword() {
    try (ScriptedServer server = ScriptedServer.inTurn(json(200, MODELS));
        ScriptedProxy proxy = ScriptedProxy.willing()) {
      Ended ended =
          synth
              .with("OPENAI_BASE_URL", "http://model.test:" + server.port() + "/v1")
              .with("HTTP_PROXY", "http://ada:pr0xy-canary-word@" + proxy.place())
              .run("doctor", "-vv");

      assertThat(ended.exit()).isZero();
      assertThat(ended.out())
          .containsPattern("ok +proxy +" + proxy.place() + ", with a password")
          .containsPattern(
              "ok +dns +127.0.0.1 resolves to 127.0.0.1 -> the proxy resolves model.test")
          .containsPattern("note +tls +not used -> others can read the API key");
      assertThat(ended.all()).doesNotContain("pr0xy-canary");
    }
  }

  @Test
  void reportsAHostNameThatCannotBeResolved() {
    Ended ended =
        synth.with("OPENAI_BASE_URL", "https://no-such-host.invalid/v1").run("doctor", "--json");

    assertThat(ended.exit()).isEqualTo(4);
    assertThat(ended.out())
        .contains("no-such-host.invalid cannot be resolved", "check OPENAI_BASE_URL");
  }

  @Test
  void reportsACaFileThatCannotBeRead() {
    Ended ended = synth.with("SYNTHLAB_CA_FILE", "none.pem").run("doctor");

    assertThat(ended.exit()).isEqualTo(4);
    assertThat(ended.err()).contains("SYNTHLAB_CA_FILE", "none.pem", "there is no such file");
  }
}
