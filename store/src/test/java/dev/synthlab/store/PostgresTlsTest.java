package dev.synthlab.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.synthlab.store.StoreException.StoreUnavailable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A server that proves by a certificate that it is {@code localhost}, which it is not as a number.
 */
class PostgresTlsTest {
  private static final HeldCertificate AUTHORITY = authority("Lab Authority");
  private static final HeldCertificate OWN =
      new HeldCertificate.Builder()
          .commonName("localhost")
          .addSubjectAlternativeName("localhost")
          .rsa2048()
          .signedBy(AUTHORITY)
          .build();

  private static PostgresServer server;
  @TempDir Path directory;

  @BeforeAll
  static void start() {
    server = PostgresServer.secure(OWN.certificatePem(), OWN.privateKeyPkcs8Pem());
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void verifiesAServerByAuthorityAndHostName() throws IOException {
    try (DatabaseManager database = database("localhost", "verify-full", AUTHORITY)) {
      assertThat(overTls(database)).isTrue();
    }
  }

  @Test
  void encryptsWithoutVerificationUnlessConfigured() throws IOException {
    try (DatabaseManager preferred = database("127.0.0.1", "prefer");
        DatabaseManager required = database("127.0.0.1", "require");
        DatabaseManager disabled = database("127.0.0.1", "disable");
        DatabaseManager known = database("127.0.0.1", "verify-ca", AUTHORITY)) {
      assertThat(overTls(preferred)).isTrue();
      assertThat(overTls(required)).isTrue();
      assertThat(overTls(known)).isTrue();
      assertThat(overTls(disabled)).isFalse();
    }
  }

  @Test
  void refusesAServerWithAnotherHostName() throws IOException {
    try (DatabaseManager database = database("127.0.0.1", "verify-full", AUTHORITY)) {
      assertThatExceptionOfType(StoreUnavailable.class)
          .isThrownBy(() -> overTls(database))
          .withMessageContaining("127.0.0.1")
          .withMessageContaining("POSTGRES_SSL_MODE is verify-full")
          .satisfies(e -> assertThat(e).message().doesNotContain(server.password()));
    }
  }

  @Test
  void refusesAServerCertificateOfAnotherAuthority() throws IOException {
    try (DatabaseManager database = database("localhost", "verify-full", authority("Stranger"))) {
      assertThatExceptionOfType(StoreUnavailable.class)
          .isThrownBy(() -> overTls(database))
          .withMessageContaining("POSTGRES_SSL_ROOT_CERT");
    }
  }

  @Test
  void reportsAMissingRootCertificateFile() {
    try (DatabaseManager database =
        Lab.over(
            "DATABASE_URL",
            address("localhost"),
            "POSTGRES_SSL_MODE",
            "verify-full",
            "POSTGRES_SSL_ROOT_CERT",
            directory.resolve("none.pem").toString())) {
      assertThatExceptionOfType(StoreUnavailable.class)
          .isThrownBy(() -> overTls(database))
          .withMessageContaining("none.pem");
    }
  }

  private static HeldCertificate authority(String name) {
    return new HeldCertificate.Builder().commonName(name).certificateAuthority(0).rsa2048().build();
  }

  private DatabaseManager database(String host, String mode, HeldCertificate... authorities)
      throws IOException {
    List<String> variables =
        new ArrayList<>(List.of("DATABASE_URL", address(host), "POSTGRES_SSL_MODE", mode));
    for (HeldCertificate authority : authorities) {
      Path file = Files.createTempFile(directory, "authority", ".pem");
      Files.writeString(file, authority.certificatePem());
      variables.addAll(List.of("POSTGRES_SSL_ROOT_CERT", file.toString()));
    }
    return Lab.over(variables.toArray(String[]::new));
  }

  private static String address(String host) {
    return server.address("postgres").replace("127.0.0.1", host);
  }

  private static boolean overTls(DatabaseManager database) {
    return database.withHandle(
        handle ->
            handle
                .createQuery("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
                .mapTo(Boolean.class)
                .one());
  }
}
