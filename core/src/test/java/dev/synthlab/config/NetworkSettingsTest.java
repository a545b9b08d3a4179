package dev.synthlab.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.synthlab.config.ConfigException.Problem;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NetworkSettingsTest {
  private static final HeldCertificate VALID =
      new HeldCertificate.Builder().commonName("Valid").certificateAuthority(0).build();
  private static final HeldCertificate EXPIRED =
      new HeldCertificate.Builder()
          .commonName("Old")
          .validityInterval(0, Instant.parse("2020-02-29T12:00:00Z").toEpochMilli())
          .build();

  @TempDir private Path directory = Path.of("");

  private static NetworkSettings net(String... variables) {
    return Settings.from(Environment.of(map(variables))).network();
  }

  private static Map<String, String> map(String... variables) {
    Map<String, String> all = new java.util.HashMap<>();
    for (int i = 0; i < variables.length; i += 2) {
      all.put(variables[i], variables[i + 1]);
    }
    return all;
  }

  private Problem problem(String content) throws IOException {
    return problemOf(Files.writeString(directory.resolve("ca.pem"), content));
  }

  private static Problem problemOf(Path file) {
    try {
      throw new AssertionError("accepted: " + net("SYNTHLAB_CA_FILE", file.toString()));
    } catch (ConfigException e) {
      assertThat(e.problems()).hasSize(1);
      assertThat(e.problems().getFirst().variable()).isEqualTo("SYNTHLAB_CA_FILE");
      assertThat(e.problems().getFirst().value()).startsWith(file.toString().substring(0, 10));
      return e.problems().getFirst();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "*, anything.test, 443, true",
    "example.com, example.com, 443, true",
    "example.com, api.example.com, 443, true",
    "example.com, API.Example.COM., 443, true",
    ".example.com, example.com, 443, true",
    ".example.com, api.example.com, 443, true",
    "*.example.com, api.example.com, 443, true",
    "example.com., example.com, 443, true",
    "example.com, badexample.com, 443, false",
    "example.com, example.com.evil.test, 443, false",
    "api.example.com, example.com, 443, false",
    "example.com:8443, example.com, 8443, true",
    "example.com:8443, example.com, 443, false",
    "localhost, localhost, 11434, true",
    "localhost, 127.0.0.1, 11434, false",
    "127.0.0.1, 127.0.0.1, 80, true",
    "127.0.0.1:81, 127.0.0.1, 80, false",
    "7.0.0.1, 127.0.0.1, 80, false",
    "10.0.0.0/8, 10.200.3.4, 80, true",
    "10.0.0.0/8, 11.0.0.1, 80, false",
    "10.0.0.0/8, ten.example.com, 80, false",
    "192.168.1.128/25, 192.168.1.200, 80, true",
    "192.168.1.128/25, 192.168.1.100, 80, false",
    "0.0.0.0/0, 8.8.8.8, 80, true",
    "::1, [::1], 80, true",
    "[::1]:81, [::1], 81, true",
    "[::1]:81, [::1], 80, false",
    "fd00::/8, [fd12:3456::1], 80, true",
    "fd00::/8, [fe80::1], 80, false",
    "::/0, 127.0.0.1, 80, false",
    "10.0.0.0/99, 10.0.0.1, 80, false",
  })
  void usesNoProxyForAHostThatAnEntryMatches(String entry, String host, int port, boolean direct) {
    NetworkSettings network =
        net("HTTP_PROXY", "proxy.test:1", "NO_PROXY", "elsewhere.invalid, " + entry);

    assertThat(network.proxyFor(URI.create("http://" + host + ":" + port + "/v1")).isEmpty())
        .isEqualTo(direct);
  }

  @Test
  void usesTheDefaultPortOfTheScheme() {
    NetworkSettings network = net("ALL_PROXY", "proxy.test", "NO_PROXY", "a.test:443,b.test:80");

    assertThat(network.proxyFor(URI.create("https://a.test/v1"))).isEmpty();
    assertThat(network.proxyFor(URI.create("http://a.test/v1"))).isPresent();
    assertThat(network.proxyFor(URI.create("http://b.test/v1"))).isEmpty();
    assertThat(network.proxyFor(URI.create("http://b.test/v1"))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"10.0.0.0/99", "http://example.com", "a/b", "[::1", "1.2.3.999/8"})
  void warnsAboutAnInvalidEntry(String entry) {
    Settings settings = Settings.from(Environment.of(map("NO_PROXY", "good.test," + entry)));

    assertThat(settings.warnings())
        .containsExactly(
            "NO_PROXY: \"" + entry + "\" is not a host, an address or a network; it is ignored");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "socks5://ada:canary-password@proxy.test:1080",
        "https://ada:canary-password@proxy.test",
        "ada:canary-password@proxy.test:99999",
        "http://ada:canary-password@",
        "http://ada:canary/canary-password@proxy.test",
        "http://ada:canary^canary-password@proxy.test",
        "http://ada:canary-password@proxy.test/path",
        "http://ada:canary-password@proxy.test\n"
      })
  void refusesACallThroughAnInvalidProxyAndNeverShowsItsPassword(String value) {
    NetworkSettings network = net("HTTPS_PROXY", value, "NO_PROXY", "near.test");

    assertThat(network.proxyFor(URI.create("http://far.test/v1"))).isEmpty();
    assertThat(network.proxyFor(URI.create("https://near.test/v1"))).isEmpty();
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> network.proxyFor(URI.create("https://far.test/v1")))
        .withMessageStartingWith("HTTPS_PROXY ")
        .withMessageContaining("must be the address of an HTTP proxy")
        .withMessageNotContaining("canary");
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> net("ALL_PROXY", value, "all_proxy", "other:canary-other@proxy.test"))
        .withMessageContaining("must not differ")
        .withMessageNotContaining("canary");
  }

  @Test
  void masksThePasswordOfAProxyThatNoCallWouldUse() {
    net(
        "ALL_PROXY",
        "http://ada:canary-unused-1@c.test:1",
        "HTTP_PROXY",
        "http://a.test:1",
        "HTTPS_PROXY",
        "http://b.test:2");

    assertThat(Secret.known()).contains("canary-unused-1");
  }

  @Test
  void ignoresAProxyForAllThatNoCallWouldUse() {
    NetworkSettings network =
        net(
            "ALL_PROXY",
            "socks://127.0.0.1:9/",
            "HTTP_PROXY",
            "http://a.test:1",
            "HTTPS_PROXY",
            "http://b.test:2");

    assertThat(network.proxyFor(URI.create("https://far.test/v1"))).isPresent();
    assertThat(network.proxyFor(URI.create("http://far.test/v1"))).isPresent();
    NetworkSettings alone = net("ALL_PROXY", "socks://127.0.0.1:9/");
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> alone.proxyFor(URI.create("https://far.test/v1")))
        .withMessageStartingWith("ALL_PROXY ");
  }

  @Test
  void readsEveryCertificateOfTheFileAndNothingElse() throws IOException {
    HeldCertificate other = new HeldCertificate.Builder().commonName("Other").build();
    Path file =
        Files.writeString(
            directory.resolve("many.pem"),
            "a bundle\n"
                + VALID.certificatePem()
                + other.privateKeyPkcs8Pem()
                + "\r\n"
                + other.certificatePem());

    assertThat(net("SYNTHLAB_CA_FILE", file.toString()).caFile().orElseThrow().certificates())
        .containsExactly(VALID.certificate(), other.certificate());
  }

  @Test
  void refusesAFileWithoutACertificate() throws IOException {
    assertThat(problem("").allowed()).contains("has no certificate");
    assertThat(problem(VALID.privateKeyPkcs8Pem()).allowed()).contains("has no certificate");
    assertThat(problem(VALID.certificatePem().substring(0, 200)).allowed())
        .contains("has no certificate");
    assertThat(
            problem(
                    VALID.certificatePem()
                        + "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
                .allowed())
        .contains("certificate number 2 cannot be read");
    assertThat(problem(EXPIRED.certificatePem()).allowed())
        .contains("CN=Old expired on 2020-02-29");
    assertThat(problemOf(directory).allowed()).contains("it is not a regular file");
    assertThat(problemOf(directory.resolve("none.pem")).allowed()).contains("no such file");
  }

  @Test
  void ignoresAnExpiredCertificateWithAWarning() throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("mixed.pem"), EXPIRED.certificatePem() + VALID.certificatePem());

    Settings settings = Settings.from(Environment.of(Map.of("SYNTHLAB_CA_FILE", file.toString())));

    assertThat(settings.network().caFile().orElseThrow().certificates())
        .containsExactly(VALID.certificate());
    assertThat(settings.warnings())
        .singleElement()
        .satisfies(w -> assertThat(w).contains(file.toString(), "CN=Old expired on 2020-02-29"));
  }
}
