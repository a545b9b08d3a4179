package dev.synthlab.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.Test;

class ExplainingTrustManagerTest {
  private static final HeldCertificate AUTHORITY =
      new HeldCertificate.Builder().commonName("Lab Authority").certificateAuthority(0).build();
  private static final ExplainingTrustManager SYSTEM =
      ExplainingTrustManager.withAuthorities(List.of());
  private static final ExplainingTrustManager OURS =
      ExplainingTrustManager.withAuthorities(List.of(AUTHORITY.certificate()));

  private static HeldCertificate.Builder issued() {
    return new HeldCertificate.Builder().commonName("model server").signedBy(AUTHORITY);
  }

  private static X509Certificate[] chain(HeldCertificate... all) {
    return List.of(all).stream().map(HeldCertificate::certificate).toArray(X509Certificate[]::new);
  }

  private static X509Certificate valid(Instant from, Instant until) {
    return issued()
        .validityInterval(from.toEpochMilli(), until.toEpochMilli())
        .build()
        .certificate();
  }

  private static void refuses(
      ExplainingTrustManager trust, X509Certificate[] chain, String... words) {
    assertThatExceptionOfType(ExplainingTrustManager.Untrusted.class)
        .isThrownBy(() -> trust.checkServerTrusted(chain, "ECDHE_ECDSA"))
        .withMessageContainingAll(words);
  }

  @Test
  void trustsConfiguredAndSystemAuthorities() {
    X509Certificate[] chain = chain(issued().build(), AUTHORITY);

    assertThatCode(() -> OURS.checkServerTrusted(chain, "ECDHE_ECDSA")).doesNotThrowAnyException();
    assertThat(OURS.getAcceptedIssuers())
        .contains(AUTHORITY.certificate())
        .hasSize(SYSTEM.getAcceptedIssuers().length + 1);
  }

  @Test
  void explainsWhyACertificateIsNotTrusted() {
    Instant now = Instant.now();
    HeldCertificate alone = new HeldCertificate.Builder().commonName("alone").build();
    X509Certificate old =
        valid(Instant.parse("2020-01-01T00:00:00Z"), Instant.parse("2020-02-29T12:00:00Z"));
    X509Certificate young = valid(now.plus(Duration.ofDays(2)), now.plus(Duration.ofDays(9)));

    refuses(OURS, new X509Certificate[] {old}, "CN=model server", "expired on 2020-02-29");
    refuses(OURS, new X509Certificate[] {young}, "valid only from", "clock of this machine");
    refuses(SYSTEM, chain(alone), "CN=alone is self-signed", "SYNTHLAB_CA_FILE");
    refuses(
        SYSTEM,
        chain(issued().build()),
        "from an authority that is not known here, CN=Lab Authority",
        "SYNTHLAB_CA_FILE");
    refuses(SYSTEM, chain(issued().build(), AUTHORITY), "not known here, CN=Lab Authority");
  }

  @Test
  void reportsAnUnknownAuthorityEvenIfItsRootHasExpired() {
    HeldCertificate root =
        new HeldCertificate.Builder()
            .commonName("Old Root")
            .certificateAuthority(0)
            .validityInterval(0, 1)
            .build();
    HeldCertificate server =
        new HeldCertificate.Builder().commonName("model server").signedBy(root).build();

    // Servers send old roots along that nobody looks at: the reason is another one.
    refuses(SYSTEM, chain(server, root), "not known here, CN=Old Root");
  }

  @Test
  void checksAServerTheSameWayForSocketAndEngine() {
    X509Certificate[] chain = chain(issued().build());

    assertThatExceptionOfType(ExplainingTrustManager.Untrusted.class)
        .isThrownBy(() -> SYSTEM.checkServerTrusted(chain, "ECDHE_ECDSA", (SSLSocket) null));
    assertThatExceptionOfType(ExplainingTrustManager.Untrusted.class)
        .isThrownBy(() -> SYSTEM.checkServerTrusted(chain, "ECDHE_ECDSA", (SSLEngine) null));
  }

  @Test
  void refusesUnknownClientCertificates() {
    X509Certificate[] chain = chain(issued().build());

    assertThatExceptionOfType(java.security.cert.CertificateException.class)
        .isThrownBy(() -> SYSTEM.checkClientTrusted(chain, "EC"));
    assertThatExceptionOfType(java.security.cert.CertificateException.class)
        .isThrownBy(() -> SYSTEM.checkClientTrusted(chain, "EC", (SSLSocket) null));
    assertThatExceptionOfType(java.security.cert.CertificateException.class)
        .isThrownBy(() -> SYSTEM.checkClientTrusted(chain, "EC", (SSLEngine) null));
  }
}
