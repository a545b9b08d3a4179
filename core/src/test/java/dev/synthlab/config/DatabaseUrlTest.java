package dev.synthlab.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DatabaseUrlTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "postgres://ada:p%2Bw%3Aord-canary@h:1/lab",
        "postgresql://ada:p+w%3Aord-canary@h:1/lab",
        "jdbc:postgresql://h:1/lab?user=ada&password=p%2Bw:ord-canary",
        "JDBC:POSTGRESQL://ada:p%2Bw%3Aord-canary@h:1/lab",
      })
  void separatesTheCredentialsFromEveryForm(String value) {
    DatabaseUrl url = DatabaseUrl.parse(value);

    assertThat(url)
        .isEqualTo(
            new DatabaseUrl(
                "h:1",
                "lab",
                Optional.of("ada"),
                Optional.of(Secret.of("p+w:ord-canary")),
                Map.of()));
    assertThat(url).hasToString("postgresql://h:1/lab");
  }

  @Test
  void preservesSeveralHostsAndParameters() {
    DatabaseUrl url = DatabaseUrl.parse("postgresql://a:1,[::1]:2/lab?sslmode=require");

    assertThat(url.hosts()).isEqualTo("a:1,[::1]:2");
    assertThat(url.parameter("sslmode")).contains("require");
  }

  @ParameterizedTest
  @CsvSource({
    "mysql://h/lab,postgres://user",
    "jdbc:sqlite:lab.db,SYNTHLAB_DB_PATH",
    "postgres://h,no database",
    "postgres://h:0/lab,port",
    "postgres://h:x/lab,valid host",
    "postgres://h/lab?sslmode=maybe,sslmode",
    "postgres://u:%zz@h/lab,two hexadecimal digits",
    "postgres://h/lab?socketFactory=evil.Factory,socketFactory names a class",
    "postgres://h/lab?sslfactory=evil.Factory,sslfactory names a class",
    "postgres://h/lab?sslhostnameverifier=evil.Verifier,sslhostnameverifier names a class",
    "postgres://h/lab?sslpasswordcallback=evil.Callback,sslpasswordcallback names a class",
    "postgres://h/lab?authenticationPluginClassName=e.P,authenticationPluginClassName names a class",
    "postgres://h/lab?xmlFactoryFactory=evil.Factory,xmlFactoryFactory names a class",
    "postgres://h/lab?loggerFile=/tmp/x,loggerFile names a class or a file to write",
    "postgres://h/lab?sslmode=require&%73ocketfactory=evil.Factory,names a class",
  })
  void refusesAnInvalidAddress(String value, String reason) {
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> Settings.from(Environment.of(Map.of("DATABASE_URL", value))))
        .withMessageContaining("DATABASE_URL")
        .withMessageContaining(reason);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "postgres://ada:hidden-pass-word@h:x/lab",
        "jdbc:postgresql://h:x/lab?password=hidden-pass-word",
        "jdbc:postgresql:ada:hidden-pass-word@h/lab",
      })
  void doesNotShowThePasswordOfAnInvalidAddress(String value) {
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> Settings.from(Environment.of(Map.of("DATABASE_URL", value))))
        .satisfies(e -> assertThat(e).message().doesNotContain("hidden-pass-word"));
    assertThat(Settings.rows(Environment.of(Map.of("DATABASE_URL", value))).toString())
        .doesNotContain("hidden-pass-word");
  }

  @Test
  void refusesTwoDifferentModesOfTls() {
    Map<String, String> variables =
        Map.of(
            "DATABASE_URL", "postgres://h/lab?sslmode=require", "POSTGRES_SSL_MODE", "verify-full");

    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> Settings.from(Environment.of(variables)))
        .withMessageContaining("POSTGRES_SSL_MODE")
        .withMessageContaining("require");
  }
}
