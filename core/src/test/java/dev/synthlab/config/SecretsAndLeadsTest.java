package dev.synthlab.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthlab.config.ApiVariables.KeyNeed;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every secret there is, and everything that could lead it somewhere, in an unnamed .env. */
class SecretsAndLeadsTest {
  private static final String PEM =
      new HeldCertificate.Builder()
          .commonName("Mallory")
          .certificateAuthority(0)
          .build()
          .certificatePem();

  private static final ApiVariables WEATHER =
      new ApiVariables(
          "weather",
          Optional.of(URI.create("https://weather.example")),
          Duration.ofSeconds(30),
          KeyNeed.OPTIONAL);

  private static final Map<String, String> TOGETHER = new HashMap<>();

  @TempDir private Path directory = Path.of("");

  /** A secret in one variable, and what becomes of it where its server redirects. */
  private record Held(String name, String value, String redirect) {
    @Override
    public String toString() {
      return name;
    }
  }

  /** What decides where a secret goes, or whom it goes through, or who takes it. */
  private enum Lead {
    MODELS("address of models", "http://evil.example/v1", "OPENAI_BASE_URL"),
    EMBEDDED("address of models", "local", "SYNTHLAB_PROVIDER"),
    SERVICES("address of a service", "http://evil.example", "WEATHER_BASE_URL"),
    TRACES(
        "address of traces",
        "http://evil.example:4317",
        "PHOENIX_COLLECTOR_ENDPOINT",
        "OTEL_EXPORTER_OTLP_ENDPOINT",
        "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
        "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT",
        "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT",
        "OTEL_EXPORTER_ZIPKIN_ENDPOINT",
        "OTEL_EXPERIMENTAL_CONFIG_FILE",
        "OTEL_CONFIG_FILE"),
    PORT("address of traces", "4444", "PHOENIX_GRPC_PORT"),
    EXPORTER(
        "address of traces",
        "otlp",
        "OTEL_TRACES_EXPORTER",
        "OTEL_METRICS_EXPORTER",
        "OTEL_LOGS_EXPORTER",
        "OTEL_EXPORTER_OTLP_PROTOCOL",
        "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"),
    ON("address of traces", "true", "PHOENIX_ENABLED"),
    DATABASES(
        "address of a database",
        "postgres://evil.example/x",
        "DATABASE_URL",
        "SYNTHLAB_LEDGER_URL"),
    FILES("address of a database", "evil.db", "SYNTHLAB_DB_PATH", "DB_PATH"),
    PROXY(
        "proxy",
        "http://evil.example:3128",
        "HTTP_PROXY",
        "http_proxy",
        "HTTPS_PROXY",
        "https_proxy",
        "ALL_PROXY",
        "all_proxy"),
    PAST("proxy", "*", "NO_PROXY", "no_proxy"),
    AUTHORITY(
        "authority",
        "CA",
        "SYNTHLAB_CA_FILE",
        "POSTGRES_SSL_ROOT_CERT",
        "OTEL_EXPORTER_OTLP_CERTIFICATE",
        "OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE",
        "OTEL_EXPORTER_OTLP_METRICS_CERTIFICATE",
        "OTEL_EXPORTER_OTLP_LOGS_CERTIFICATE",
        "OTEL_EXPORTER_OTLP_CLIENT_KEY",
        "OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE"),
    UNENCRYPTED("authority", "disable", "POSTGRES_SSL_MODE"),
    HEADERS("more headers", "X-Forward-To: http://evil.example", "SYNTHLAB_HEADERS"),
    PAIRS(
        "more headers",
        "x-forward-to=evil",
        "PHOENIX_CLIENT_HEADERS",
        "OTEL_EXPORTER_OTLP_HEADERS",
        "OTEL_EXPORTER_OTLP_TRACES_HEADERS",
        "OTEL_EXPORTER_OTLP_METRICS_HEADERS",
        "OTEL_EXPORTER_OTLP_LOGS_HEADERS"),
    CODE(
        "files and code",
        "evil",
        "SYNTHLAB_CACHE_DIR",
        "SYNTHLAB_LOCAL_MODEL",
        "SYNTHLAB_DB_MIGRATIONS",
        "SYNTHLAB_MODELS_FILE",
        "SYNTHLAB_OUTPUT_DIR",
        "OUTPUT_DIR",
        "HOME"),
    CACHE("files and code", "/evil", "XDG_CACHE_HOME"),
    WEIGHTS("files and code", "http://evil.example/x.gguf", "SYNTHLAB_LOCAL_MODEL_URL"),
    KEPT("files and code", "on", "SYNTHLAB_CACHE", "SYNTHLAB_LEDGER_TEXTS");

    private final String group;
    private final String value;
    private final List<String> names;

    Lead(String group, String value, String... names) {
      this.group = group;
      this.value = value;
      this.names = Arrays.asList(names);
    }
  }

  private static final List<Held> SECRETS =
      List.of(
          new Held("OPENAI_API_KEY", "sk-canary-0123456789", "not followed"),
          new Held("OPENAI_BASE_URL", "https://ada:canary-pw@meant.example/v1", "not followed"),
          new Held("SYNTHLAB_HEADERS", "X-Key: canary-header", "not followed"),
          new Held("WEATHER_API_KEY", "canary-weather-0123", "left out elsewhere"),
          new Held("PHOENIX_API_KEY", "canary-phoenix-0123", "not followed"),
          new Held("PHOENIX_CLIENT_HEADERS", "api_key=canary-pair", "not followed"),
          new Held("OTEL_EXPORTER_OTLP_HEADERS", "api-key=canary-otlp", "not followed"),
          new Held("OTEL_EXPORTER_OTLP_TRACES_HEADERS", "api-key=canary-t", "not followed"),
          new Held("OTEL_EXPORTER_OTLP_METRICS_HEADERS", "api-key=canary-m", "not followed"),
          new Held("OTEL_EXPORTER_OTLP_LOGS_HEADERS", "api-key=canary-l", "not followed"),
          new Held("DATABASE_URL", "postgres://ada:canary-db@meant.example/lab", "there is none"),
          new Held(
              "SYNTHLAB_LEDGER_URL", "postgres://ada:canary-l@meant.example/l", "there is none"),
          new Held("HTTP_PROXY", "http://ada:canary-p@meant.example:3128", "there is none"),
          new Held("HTTPS_PROXY", "http://ada:canary-s@meant.example:3128", "there is none"),
          new Held("ALL_PROXY", "http://ada:canary-a@meant.example:3128", "there is none"));

  private static Stream<Arguments> pairs() {
    return SECRETS.stream()
        .flatMap(
            secret ->
                Stream.of(Lead.values())
                    .flatMap(
                        lead ->
                            lead.names.stream()
                                .map(name -> Arguments.of(secret, name, lead.value))));
  }

  /** All that decides what goes where. */
  private record Read(Settings settings, Optional<ApiSettings> weather, List<String> warnings) {
    private static final Map<Map<String, String>, Read> KNOWN = new HashMap<>();

    /** Of these variables alone, read once. */
    static Read of(Map<String, String> variables) {
      return KNOWN.computeIfAbsent(variables, each -> of(Environment.of(each)));
    }

    static Read of(Environment environment) {
      Settings s = Settings.from(environment);
      Settings bare =
          new Settings(
              s.llm(),
              s.limits(),
              s.local(),
              s.network(),
              s.paths(),
              s.database(),
              s.ledger(),
              s.cache(),
              s.logs(),
              s.trace(),
              Environment.of(Map.of()),
              List.of());
      return new Read(bare, weather(environment), s.warnings());
    }

    private static Optional<ApiSettings> weather(Environment environment) {
      try {
        return Optional.of(ApiSettings.from(environment, WEATHER));
      } catch (ConfigException e) {
        assertThat(e).hasMessageContaining("--env-file .env");
        return Optional.empty();
      }
    }
  }

  private Environment withFile(Map<String, String> variables, Map<String, String> lines)
      throws IOException {
    String text =
        lines.entrySet().stream()
            .map(line -> line.getKey() + "='" + line.getValue() + "'\n")
            .collect(Collectors.joining());
    Path file = Files.writeString(directory.resolve(".env"), text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    return Environment.of(variables, directory);
  }

  private String real(String value) throws IOException {
    return value.equals("CA")
        ? Files.writeString(directory.resolve("ca.pem"), PEM).toString()
        : value;
  }

  @ParameterizedTest
  @MethodSource("pairs")
  void redirectsNoSecretOfTheEnvironment(Held secret, String lead, String value)
      throws IOException {
    Map<String, String> variables = Map.of(secret.name(), secret.value());
    Read before = Read.of(variables);

    Read with = Read.of(withFile(variables, Map.of(lead, real(value))));

    assertThat(with.settings()).isEqualTo(before.settings());
    assertThat(with.weather())
        .isEqualTo(lead.startsWith("WEATHER") ? Optional.empty() : before.weather());
    boolean says = !lead.startsWith("WEATHER") && !lead.equals(secret.name());
    if (says && !sameVariable(lead, secret.name())) {
      assertThat(with.warnings()).singleElement().asString().contains(lead, "--env-file .env");
    } else {
      assertThat(with.warnings()).isEmpty();
    }
  }

  private static boolean sameVariable(String one, String other) {
    return Stream.of(Variable.values())
        .anyMatch(variable -> variable.names().containsAll(List.of(one, other)));
  }

  @ParameterizedTest
  @MethodSource("pairs")
  void sendsASecretOnlyToTheDestinationInItsFile(Held secret, String lead, String value)
      throws IOException {
    String word = together(secret, lead, value);

    boolean own =
        secret.name().equals("OPENAI_API_KEY")
            && List.of("OPENAI_BASE_URL", "SYNTHLAB_PROVIDER").contains(lead);
    boolean service = secret.name().startsWith("WEATHER") && lead.startsWith("WEATHER");
    assertThat(word).isEqualTo(own || service ? "refused" : "ignored");
  }

  /** What becomes of both when they stand in one file; found out once. */
  private String together(Held secret, String lead, String value) throws IOException {
    String pair = secret + " " + lead;
    String known = TOGETHER.get(pair);
    if (known == null) {
      known = seenTogether(secret, lead, value);
      TOGETHER.put(pair, known);
    }
    return known;
  }

  private String seenTogether(Held secret, String lead, String value) throws IOException {
    Map<String, String> lines = new LinkedHashMap<>();
    lines.put(lead, real(value));
    lines.put(secret.name(), secret.value());
    Environment both = withFile(Map.of(), lines);
    boolean heard = EnvFilePolicy.maySet(secret.name(), secret.value());
    Read alone = Read.of(heard ? Map.of(secret.name(), secret.value()) : Map.of());
    Read now;
    try {
      now = Read.of(both);
    } catch (ConfigException e) {
      assertThat(e).hasMessageContainingAll(secret.name(), lead, "--env-file .env");
      assertThat(e.getMessage()).doesNotContain("canary");
      return "refused";
    }
    assertThat(now.settings()).isEqualTo(alone.settings());
    if (now.weather().isEmpty() && secret.name().startsWith("WEATHER")) {
      return "refused";
    }
    return "ignored";
  }

  @Test
  void appliesEveryVariableOfANamedFile() throws IOException {
    for (Lead lead : Lead.values()) {
      for (String name : lead.names) {
        withFile(Map.of(), Map.of(name, real(lead.value)));
        Environment named = Environment.of(Map.of()).withEnvFile(directory.resolve(".env"));

        assertThat(Read.of(named)).as(name).isNotEqualTo(Read.of(Map.of()));
      }
    }
  }

  @Test
  void coversEveryVariableThatIsNotHarmless() {
    List<String> known =
        Stream.concat(
                SECRETS.stream().map(Held::name),
                Stream.of(Lead.values()).flatMap(lead -> lead.names.stream()))
            .toList();

    for (Variable variable : Variable.values()) {
      if (!variable.effect().harmless() && variable != Variable.OPENAI_API_VERSION) {
        assertThat(known).as("secret or lead: %s", variable).containsAll(variable.names());
      }
    }
  }

  @Test
  void matchesTheTableInTheDocumentation() throws IOException {
    List<String> groups = Stream.of(Lead.values()).map(lead -> lead.group).distinct().toList();
    StringBuilder table =
        new StringBuilder(
            "| secret | it alone | %s | redirect |\n".formatted(String.join(" | ", groups)));
    table.append("|---|---|").append("---|".repeat(groups.size() + 1)).append('\n');
    for (Held secret : SECRETS) {
      List<String> cells = new ArrayList<>();
      cells.add("`" + secret.name().replace("WEATHER", "{SERVICE}") + "`");
      cells.add(EnvFilePolicy.maySet(secret.name(), secret.value()) ? "read" : "ignored");
      for (String group : groups) {
        TreeSet<String> words = new TreeSet<>();
        for (Lead lead : Lead.values()) {
          for (String name : lead.group.equals(group) ? lead.names : List.<String>of()) {
            words.add(together(secret, name, lead.value));
          }
        }
        cells.add(words.contains("refused") ? "refused" : "ignored");
      }
      cells.add(secret.redirect());
      table.append("| ").append(String.join(" | ", cells)).append(" |\n");
    }

    assertThat(Files.readString(Path.of("../docs/security.md")))
        .contains("<!-- secrets -->\n" + table + "<!-- /secrets -->");
  }
}
