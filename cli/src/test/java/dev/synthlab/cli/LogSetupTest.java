package dev.synthlab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import dev.synthlab.config.Secret;
import dev.synthlab.config.Settings;
import dev.synthlab.logging.Logging;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import tools.jackson.databind.json.JsonMapper;

@Isolated("logging is one for the process")
class LogSetupTest {
  private static final String CANARY = "canary-of-the-log-setup";

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream err = new PrintStream(bytes, true, StandardCharsets.UTF_8);
  private final Logger ours = Logging.component("llm");
  private final Logger theirs = LoggerFactory.getLogger("org.example.ThirdParty");
  private final Secret secret = Secret.of(CANARY);

  @AfterEach
  void clear() {
    MDC.clear();
  }

  @AfterAll
  static void beQuiet() {
    LogSetup.configure(new Settings.Logs("OFF", "text"), false, System.err);
  }

  @Test
  void writesTimeLevelComponentAndMessage() {
    configure("INFO", "text", false);

    ours.info("ready in {} ms", 7);
    ours.warn("slow");

    assertThat(written().lines())
        .hasSize(2)
        .anyMatch(line -> line.matches("\\d\\d:\\d\\d:\\d\\d \\| INFO     \\| llm - ready in 7 ms"))
        .anyMatch(line -> line.matches("\\d\\d:\\d\\d:\\d\\d \\| WARN     \\| llm - slow"));
  }

  @Test
  void labelsThirdPartyLinesByLoggerOrContext() {
    configure("INFO", "text", false);

    theirs.info("one");
    MDC.put("component", "batch");
    theirs.info("two");

    assertThat(written()).contains(" | ThirdParty - one\n", " | batch - two\n");
  }

  @Test
  void writesEventsFromTheConfiguredLevel() {
    configure("WARN", "text", false);
    ours.info("unheard");
    theirs.info("unheard");

    configure("DEBUG", "text", false);
    ours.debug("heard");

    assertThat(written().lines()).singleElement().asString().endsWith("llm - heard");
  }

  @ParameterizedTest
  @CsvSource({"TRACE, true", "WARN, true", "ERROR, false", "OFF, false"})
  void logsOnlyWarningsOfTheCircuitBreakerLibrary(String level, boolean heard) {
    Logger library = LoggerFactory.getLogger("io.github.resilience4j.circuitbreaker.internal.X");
    configure(level, "text", false);

    library.debug("each failed attempt once more");
    library.warn("something odd");

    assertThat(written()).doesNotContain("once more");
    assertThat(written().contains("something odd")).isEqualTo(heard);
  }

  @Test
  void writesColoursOnlyIfAllowed() {
    configure("INFO", "text", true);
    ours.error("red");
    String coloured = written();
    bytes.reset();
    configure("INFO", "text", false);
    ours.error("plain");

    assertThat(coloured).contains("\u001b[1;31mERROR   \u001b[0m | \u001b[36mllm\u001b[0m - red\n");
    assertThat(written()).doesNotContain("\u001b");
  }

  @Test
  void redactsSecretsInThirdPartyMessagesAndExceptions() {
    for (String format : new String[] {"text", "json"}) {
      configure("INFO", format, false);
      MDC.put("header", CANARY);

      theirs
          .atWarn()
          .addKeyValue("key", secret.reveal())
          .setCause(new IOException("no " + CANARY, new IOException("cause " + CANARY)))
          .log("sent " + CANARY);
    }

    assertThat(written())
        .contains("ThirdParty - sent **** key=****\n", "java.io.IOException: no ****")
        .contains("Caused by: java.io.IOException: cause ****")
        .contains("\tat " + LogSetupTest.class.getName())
        .doesNotContain(CANARY);
  }

  @Test
  void escapesForgedLinesAndTerminalCodesOfThirdParties() {
    configure("INFO", "text", false);

    theirs.info("a\n12:00:00 | ERROR    | forged - b\u001b[2J");
    theirs.info("c", new IOException("d\n12:00:00 | ERROR    | forged - e"));

    assertThat(written().lines().filter(line -> line.startsWith("12:00:00 | ERROR"))).isEmpty();
    assertThat(written()).contains("a\\n12:00:00", "b\\x1b[2J", "java.io.IOException: d\\n12:");
  }

  @Test
  void showsTheClassOfAnExceptionWhoseTextWasRedacted() {
    configure("INFO", "text", false);

    ours.warn("failed", new IOException("no " + CANARY));

    assertThat(written()).contains("\njava.io.IOException: no ****\n\tat ");
  }

  @Test
  void writesOneJsonObjectPerLine() {
    configure("INFO", "json", true);
    MDC.put("run_id", "7f3a");

    ours.atInfo().addKeyValue("attempts", 3).log("line one\nline \u009b two \u00e4");
    ours.warn("failed", new IOException("why"));

    assertThat(written().lines()).hasSize(2);
    assertThat(written()).matches("[\\x20-\\x7e\\n]*");
    Map<?, ?> first = object(0);
    assertThat(first.get("level")).isEqualTo("INFO");
    assertThat(first.get("component")).isEqualTo("llm");
    assertThat(first.get("message")).isEqualTo("line one\\nline \\x9b two \u00e4");
    assertThat(first.get("attempts")).isEqualTo(3);
    assertThat(first.get("mdc")).isEqualTo(Map.of("run_id", "7f3a"));
    assertThat(first.get("exception")).isNull();
    assertThat(Instant.parse(String.valueOf(first.get("timestamp"))))
        .isBetween(Instant.now().minusSeconds(60), Instant.now().plusSeconds(1));
    assertThat(String.valueOf(object(1).get("exception"))).startsWith("java.io.IOException: why\n");
  }

  @Test
  void isFoundByLogbackAndWritesNothingBeforeConfiguration() {
    LoggerContext context = new LoggerContext();

    assertThat(ServiceLoader.load(Configurator.class))
        .singleElement()
        .isInstanceOf(LogbackStartup.class)
        .extracting(start -> start.configure(context))
        .isEqualTo(Configurator.ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY);

    assertThat(context.getLogger(Logger.ROOT_LOGGER_NAME).iteratorForAppenders()).isExhausted();
  }

  private void configure(String level, String format, boolean colour) {
    LogSetup.configure(new Settings.Logs(level, format), colour, err);
  }

  private String written() {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private Map<?, ?> object(int line) {
    return JsonMapper.shared().readValue(written().lines().toList().get(line), Map.class);
  }
}
