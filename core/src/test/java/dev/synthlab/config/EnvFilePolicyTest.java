package dev.synthlab.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EnvFilePolicyTest {
  @Test
  void allowsTheseVariablesAndNoOthers() {
    assertThat(Stream.of(Variable.values()).filter(each -> each.effect().harmless()))
        .containsExactly(
            Variable.OPENAI_API_KEY,
            Variable.OPENAI_ORG_ID,
            Variable.OPENAI_PROJECT_ID,
            Variable.SYNTHLAB_DEFAULT_MODEL,
            Variable.SYNTHLAB_EMBEDDING_MODEL,
            Variable.SYNTHLAB_IMAGE_MODEL,
            Variable.SYNTHLAB_TIMEOUT,
            Variable.SYNTHLAB_LLM_MAX_ATTEMPTS,
            Variable.SYNTHLAB_BACKOFF_MIN,
            Variable.SYNTHLAB_BACKOFF_MAX,
            Variable.SYNTHLAB_CALL_DEADLINE,
            Variable.SYNTHLAB_CONCURRENCY,
            Variable.SYNTHLAB_RPM,
            Variable.SYNTHLAB_TPM,
            Variable.SYNTHLAB_THROTTLE,
            Variable.SYNTHLAB_BREAKER,
            Variable.SYNTHLAB_FALLBACK_MODELS,
            Variable.SYNTHLAB_DB_POOL_SIZE,
            Variable.SYNTHLAB_DB_CONNECT_TIMEOUT,
            Variable.SYNTHLAB_DB_STATEMENT_TIMEOUT,
            Variable.SYNTHLAB_LEDGER,
            Variable.SYNTHLAB_CACHE_TTL,
            Variable.SYNTHLAB_CACHE_MAX_MB,
            Variable.SYNTHLAB_BUDGET_USD,
            Variable.SQL_ECHO,
            Variable.SYNTHLAB_LOCAL_SLOTS,
            Variable.SYNTHLAB_LOCAL_MAX_TOKENS,
            Variable.PHOENIX_PROJECT,
            Variable.SYNTHLAB_TRACE_SAMPLE,
            Variable.SYNTHLAB_TRACE_SHUTDOWN,
            Variable.LOG_LEVEL,
            Variable.SYNTHLAB_LOG_FORMAT);
  }

  @Test
  void assignsAnEffectToEveryVariable() {
    assertThat(Variable.values()).noneMatch(each -> each.effect() == VariableEffect.FOREIGN);
  }

  @ParameterizedTest
  @CsvSource({
    "HOME, x, false",
    "XDG_CACHE_HOME, /x, false",
    "OTEL_EXPORTER_OTLP_ENDPOINT, http://x, false",
    "OTEL_ANYTHING_API_KEY, x, false",
    "OPENINFERENCE_HIDE_INPUTS, true, true",
    "OPENINFERENCE_HIDE_BASE_URL, http://x, false",
    "OPENINFERENCE_BASE64_IMAGE_MAX_LENGTH, 1, true",
    "WEATHER_API_KEY, x, true",
    "WEATHER_TIMEOUT, 1s, true",
    "WEATHER_BASE_URL, http://x, false",
    "JAVA_TOOL_OPTIONS, -javaagent:x.jar, false",
    "SYNTHLAB_JAVA_OPTS, -javaagent:x.jar, false",
    "PATH, x, false",
    "PGPASSWORD, x, false",
    "SYNTHLAB_CACHE, on, false",
    "SYNTHLAB_CACHE, ' off ', true",
    "PHOENIX_ENABLED, true, false",
    "PHOENIX_ENABLED, false, true",
    "POSTGRES_SSL_MODE, off, false",
  })
  void decidesWhetherAFileMaySetOtherVariables(String name, String value, boolean maySet) {
    assertThat(EnvFilePolicy.maySet(name, value)).isEqualTo(maySet);
  }

  @Test
  void isDescribedInTheDocumentation() throws IOException {
    String page = Files.readString(Path.of("../docs/security.md"));

    assertThat(page)
        .contains(
            "<!-- allowed -->\n" + VariableTables.ofUnnamedEnvFile(true) + "<!-- /allowed -->")
        .contains(
            "<!-- ignored -->\n" + VariableTables.ofUnnamedEnvFile(false) + "<!-- /ignored -->");
  }
}
