package dev.synthlab.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.synthlab.logging.Redactor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EnvironmentTest {
  private static final String KEY = "canary-key-of-the-environment";

  @TempDir private Path directory;

  @Test
  void prefersOptionToEnvironmentToFileToDefault() throws IOException {
    write("SYNTHLAB_TIMEOUT=10\n\nOPENAI_ORG_ID=file\nSYNTHLAB_DEFAULT_MODEL=file\n");
    Environment environment =
        Environment.of(
                Map.of("SYNTHLAB_LLM_TIMEOUT", "20", "SYNTHLAB_DEFAULT_MODEL", "env"), directory)
            .with(Variable.SYNTHLAB_DEFAULT_MODEL, "option", "--model");

    Settings settings = Settings.from(environment);

    assertThat(settings.llm().timeout()).isEqualTo(Duration.ofSeconds(20));
    assertThat(settings.llm().model()).isEqualTo("option");
    assertThat(environment.origin(Variable.SYNTHLAB_DEFAULT_MODEL))
        .isEqualTo(new Origin.Option("--model"));
    assertThat(environment.origin(Variable.SYNTHLAB_TIMEOUT))
        .isEqualTo(new Origin.Env("SYNTHLAB_LLM_TIMEOUT"));
    assertThat(environment.origin(Variable.OPENAI_ORG_ID))
        .isEqualTo(new Origin.DotEnv(directory.resolve(".env"), 3))
        .extracting(Origin::describe)
        .isEqualTo(".env line 3");
    assertThat(environment.origin(Variable.LOG_LEVEL)).isEqualTo(new Origin.Default());
    assertThat(environment.origin(Variable.OPENAI_API_KEY)).isEqualTo(new Origin.Unset());
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "OPENAI_ORG_ID=plain | plain",
        "  export OPENAI_ORG_ID = spaced  | spaced",
        "OPENAI_ORG_ID=a#b # comment | a#b",
        "OPENAI_ORG_ID=\"a # b\" # comment | `a # b`",
        "OPENAI_ORG_ID='a \\n b' | `a \\n b`",
        "OPENAI_ORG_ID=\"say \\\"hi\\\" \\\\ \\$X\" | `say \"hi\" \\ $X`",
        "OPENAI_ORG_ID=a=b== | a=b==",
        "OPENAI_ORG_ID=it's | it's",
        "\ufeffOPENAI_ORG_ID=bom | bom",
      },
      delimiter = '|')
  void readsEveryCommonFormOfALine(String line, String value) throws IOException {
    write(line + "\r\n# comment\n\n");

    Environment environment = Environment.of(Map.of(), directory);

    assertThat(environment.problems()).isEmpty();
    assertThat(environment.convention("OPENAI_ORG_ID")).isEqualTo(Optional.of(value));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "OPENAI_ORG_ID=\"canary not closed",
        "OPENAI_ORG_ID='canary' after it",
        "OPENAI_ORG_ID: canary",
        "export OPENAI_API_KEY",
        "SYNTHLAB_HEADERZ: canary"
      })
  void reportsTheNumberOfAnInvalidLineAndNotItsText(String line) throws IOException {
    write("A=1\n\n" + line + "\nSYNTHLAB_TIMEOUT=abc\n");

    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> Settings.from(Environment.of(Map.of(), directory)))
        .satisfies(e -> assertThat(e.problems()).hasSize(2))
        .withMessageContainingAll(".env (line 3)", "SYNTHLAB_TIMEOUT", ".env line 4")
        .withMessageNotContaining("canary");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "canary-line-without-equals",
        "9CANARY-NAME=x",
        "=canary",
        "export BARE",
        "BAR: 3",
        "FOREIGN='canary' after it",
        "- item"
      })
  void ignoresWithOneWarningWhatOtherProgramsReadInTheFile(String line) throws IOException {
    write("SYNTHLAB_DEFAULT_MODEL=before\n" + line + "\n" + line + "\nSYNTHLAB_TIMEOUT=7s\n");

    Settings settings = Settings.from(Environment.of(Map.of(), directory));

    assertThat(settings.llm().model()).isEqualTo("before");
    assertThat(settings.llm().timeout()).isEqualTo(Duration.ofSeconds(7));
    assertThat(settings.warnings())
        .singleElement()
        .asString()
        .contains(".env line 2 and 1 more are not of the form NAME=value")
        .doesNotContain("canary");
  }

  @ParameterizedTest
  @ValueSource(strings = {"'", "\""})
  void skipsValuesOfOtherProgramsOverSeveralLines(String quote) throws IOException {
    write(
        "SYNTHLAB_DEFAULT_MODEL=before\nPEM="
            + quote
            + "-----BEGIN KEY-----\nSYNTHLAB_DEFAULT_MODEL=inside\n-----END KEY-----"
            + quote
            + "\nSYNTHLAB_TIMEOUT=7s\n");

    Settings settings = Settings.from(Environment.of(Map.of(), directory));

    assertThat(settings.llm().model()).isEqualTo("before");
    assertThat(settings.llm().timeout()).isEqualTo(Duration.ofSeconds(7));
    assertThat(settings.warnings()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "OPENAI_ORG_ID=\"%s\"",
        "OPENAI_ORG_ID='%s'",
        "OPENAI_ORG_ID=%s",
        "OPENAI_ORG_ID=a%sb",
        "export %s=b",
        "export%sA=b",
        "SYNTHLAB_%s=b",
        "%s"
      })
  @Timeout(20)
  void readsEveryFileOfTheMaximumSizeInLinearTime(String line) throws IOException {
    for (String filling : List.of("x", " ", "\\", "\\\\x", "\"", "A=\n", "A=b\nA=c\n", " #", "'")) {
      String text = line.formatted(filling.repeat(1_000_000 / filling.length()));
      write(text);

      Environment environment = Environment.of(Map.of(), directory);

      try {
        assertThat(Settings.from(environment).warnings()).hasSizeLessThan(50);
      } catch (ConfigException e) {
        assertThat(e.problems()).hasSizeLessThan(50);
      }
    }
  }

  @Test
  @Timeout(60)
  void limitsTheWarningsAboutAFileWithManyNames() throws IOException {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 15_000; i++) {
      text.append("SYNTHLAB_Q").append(i).append("=1\nSYNTHLAB_CACHE_DIS").append(i).append("=1\n");
      text.append("OTEL_Q").append(i).append("=1\n");
    }
    write(text.toString());

    List<String> warnings = Settings.from(Environment.of(Map.of(), directory)).warnings();

    assertThat(warnings).hasSizeLessThan(50).allMatch(warning -> warning.length() < 5_000);
  }

  @Test
  void refusesAFileThatCannotBeRead() throws IOException {
    Path env = Files.createDirectory(directory.resolve(".env"));

    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> Settings.from(Environment.of(Map.of(), directory)))
        .withMessageContainingAll(env.toString(), "a directory");
  }

  @Test
  void refusesAFileThatIsNotUtf8() throws IOException {
    Files.write(directory.resolve(".env"), "A=é".getBytes(StandardCharsets.ISO_8859_1));

    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> Settings.from(Environment.of(Map.of(), directory)))
        .withMessageContaining("must be UTF-8 text");
  }

  @Test
  void refusesANamedFileThatIsMissingButNotAMissingDotEnv() {
    Environment without = Environment.of(Map.of(), directory);
    Environment with = without.withEnvFile(directory.resolve("prod.env"));

    assertThat(Settings.from(without).warnings()).isEmpty();
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> Settings.from(with))
        .withMessageContainingAll("prod.env", "does not exist");
  }

  @Test
  void readsANamedFileInsteadOfDotEnv() throws IOException {
    write("SYNTHLAB_TIMEOUT=abc\n");
    Path other = Files.writeString(directory.resolve("prod.env"), "OPENAI_ORG_ID=prod\n");

    Environment environment = Environment.of(Map.of(), directory).withEnvFile(other);

    assertThat(Settings.from(environment).llm().organization()).contains("prod");
    assertThat(environment.origin(Variable.OPENAI_ORG_ID).describe()).isEqualTo(other + " line 1");
  }

  @Test
  void warnsWhenOthersMayReadTheFile() throws IOException {
    Path env = write("OPENAI_ORG_ID=x\n");
    Files.setPosixFilePermissions(env, PosixFilePermissions.fromString("rw-r-----"));

    assertThat(Settings.from(Environment.of(Map.of(), directory)).warnings())
        .singleElement()
        .asString()
        .contains(env.toString(), "rw-r-----", "chmod 600");
  }

  @Test
  void warnsWhenTheFileSetsANameTwice() throws IOException {
    write("OPENAI_ORG_ID=one\nOPENAI_ORG_ID=two\n");

    Settings settings = Settings.from(Environment.of(Map.of(), directory));

    assertThat(settings.llm().organization()).contains("two");
    assertThat(settings.warnings()).singleElement().asString().contains("line 1", "line 2");
  }

  @Test
  void refusesTwoNamesOfOneVariableWithDifferentValuesInTheFile() throws IOException {
    write("LOG_LEVEL=info\nSYNTHLAB_LOG_LEVEL=warn\n");

    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> Settings.from(Environment.of(Map.of(), directory)))
        .withMessageContaining("LOG_LEVEL and SYNTHLAB_LOG_LEVEL");
  }

  @Test
  void readsTheFileOfItsDirectoryAndNotOfDirectoriesAbove() throws IOException {
    write("OPENAI_ORG_ID=above\n");
    Path below = Files.createDirectory(directory.resolve("below"));

    Environment environment = Environment.of(Map.of(), below);

    assertThat(environment.convention("OPENAI_ORG_ID")).isEmpty();
    assertThat(environment.problems()).isEmpty();
  }

  @Test
  void ignoresAnAddressInAnUnnamedFileAndSuggestsARemedy() throws IOException {
    write("OPENAI_BASE_URL=http://elsewhere.example/v1\nSYNTHLAB_CACHE_DIR=c\n");

    Environment environment = Environment.of(Map.of("OPENAI_API_KEY", KEY), directory);
    Settings settings = Settings.from(environment);

    assertThat(settings.llm().baseUrl().getHost()).isEqualTo("api.openai.com");
    assertThat(settings.llm().key()).contains(Secret.of(KEY));
    assertThat(settings.warnings())
        .singleElement()
        .asString()
        .contains("OPENAI_BASE_URL, SYNTHLAB_CACHE_DIR", "ignored", "--env-file .env");
    assertThat(Settings.rows(environment).get(Variable.OPENAI_BASE_URL.ordinal()).origin())
        .isEqualTo("default; .env line 1 ignored: a .env may not set this; use --env-file .env");
  }

  @Test
  void readsEveryVariableFromANamedFile() throws IOException {
    Path env = write("OPENAI_BASE_URL=http://meant.example/v1\nSYNTHLAB_CACHE_DIR=c\n");

    Settings settings =
        Settings.from(Environment.of(Map.of("OPENAI_API_KEY", KEY), directory).withEnvFile(env));

    assertThat(settings.llm().baseUrl().getHost()).isEqualTo("meant.example");
    assertThat(settings.llm().key()).contains(Secret.of(KEY));
    assertThat(settings.local().cache()).isEqualTo(Path.of("c"));
    assertThat(settings.warnings()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"OPENAI_BASE_URL=http://meant.example/v1", "SYNTHLAB_PROVIDER=local"})
  void sendsAKeyOnlyToTheAddressInItsFile(String lead) throws IOException {
    write(lead + "\nOPENAI_API_KEY=" + KEY + "\n");

    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> Settings.from(Environment.of(Map.of(), directory)))
        .withMessageContainingAll(
            "OPENAI_API_KEY",
            ".env line 2",
            lead.substring(0, lead.indexOf('=')),
            "line 1",
            "use --env-file .env",
            "in the environment")
        .withMessageNotContaining(KEY);
  }

  @Test
  void sendsAKeyUnderAnotherNameOnlyToTheAddressInItsFile() throws IOException {
    write("OPENAI_BASE_URL=http://meant.example/v1\nWORK=" + KEY + "\n");
    Environment environment = Environment.of(Map.of(), directory).withKeyFrom("WORK");

    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> Settings.from(environment))
        .withMessageContainingAll("WORK", "OPENAI_BASE_URL", "--env-file .env")
        .withMessageNotContaining(KEY);
  }

  @Test
  void sendsAKeyOfTheFileToTheAddressOfTheEnvironmentOrAnOption() throws IOException {
    write("OPENAI_BASE_URL=http://theirs.example/v1\nOPENAI_API_KEY=" + KEY + "\n");
    Environment byVariable =
        Environment.of(Map.of("OPENAI_BASE_URL", "http://meant.example"), directory);
    Environment byOption =
        Environment.of(Map.of(), directory)
            .with(Variable.OPENAI_BASE_URL, "http://meant.example", "--base-url");

    assertThat(Settings.from(byVariable).llm().key()).contains(Secret.of(KEY));
    assertThat(Settings.from(byOption).llm().key()).contains(Secret.of(KEY));
    assertThat(Settings.from(byOption).warnings()).isEmpty();
  }

  @Test
  void doesNotWarnAboutAnIgnoredLineThatRepeatsTheDefault() throws IOException {
    write(
        "OPENAI_BASE_URL=https://api.openai.com/v1/\nSYNTHLAB_PROVIDER=openai\nOPENAI_API_KEY="
            + KEY
            + "\n");

    Settings settings = Settings.from(Environment.of(Map.of(), directory));

    assertThat(settings.llm().key()).contains(Secret.of(KEY));
    assertThat(settings.warnings()).isEmpty();
  }

  @Test
  void letsAnUnnamedFileDisableTheRecordingOfTexts() throws IOException {
    write("PHOENIX_ENABLED=false\nOPENINFERENCE_HIDE_INPUTS=true\n");
    Environment environment =
        Environment.of(Map.of("PHOENIX_COLLECTOR_ENDPOINT", "http://p:6006"), directory);

    assertThat(Settings.from(environment).trace().on()).isFalse();
    assertThat(Settings.from(environment).warnings()).isEmpty();
    assertThat(environment.convention("OPENINFERENCE_HIDE_INPUTS")).contains("true");
  }

  @Test
  void failsForCallersThatNeedAnIgnoredVariable() throws IOException {
    Path env = write("DATABASE_URL=postgres://ada:canary-password@db/lab\n");
    Environment environment = Environment.of(Map.of(), directory);

    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> environment.requireNotIgnored(Variable.DATABASE_URL))
        .withMessageContainingAll("DATABASE_URL", ".env line 1", "--env-file .env")
        .withMessageNotContaining("canary");
    environment.withEnvFile(env).requireNotIgnored(Variable.DATABASE_URL);
    environment.requireNotIgnored(Variable.SYNTHLAB_DB_PATH);
  }

  @Test
  void warnsAboutAMisspelledNameInTheFile() throws IOException {
    Path file = write("OPENAI_APIKEY=misspelled-canary-1\n");

    Settings settings = Settings.from(Environment.of(Map.of(), directory));

    assertThat(settings.warnings()).singleElement().asString().contains("OPENAI_API_KEY?");
    assertThat(Secret.known()).doesNotContain("misspelled-canary-1");
    assertThat(Settings.from(Environment.of(Map.of(), directory).withEnvFile(file)).warnings())
        .isNotEmpty();
    assertThat(Secret.known()).contains("misspelled-canary-1");
  }

  @Test
  void redactsNoWordsBecauseOfAnUnnamedFile() throws IOException {
    write("SYNTHLAB_HEADRS=first_name\nSYNTHLAB_HEADER=custom_id_1\n");

    Settings settings = Settings.from(Environment.of(Map.of(), directory));

    assertThat(settings.warnings()).hasSize(2);
    assertThat(Redactor.redactKnown("first_name custom_id_1")).isEqualTo("first_name custom_id_1");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void refusesAFileOfTheKernelBeforeReadingIt() throws IOException {
    Files.createSymbolicLink(directory.resolve(".env"), Path.of("/proc/version"));

    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> Settings.from(Environment.of(Map.of(), directory)))
        .withMessageContaining("is a view of the kernel");
  }

  @Test
  void readsTheKeyFromANamedVariable() {
    Environment environment =
        Environment.of(Map.of("OPENAI_API_KEY", "another-key-0001", "WORK_KEY", KEY))
            .withKeyFrom("WORK_KEY");

    Settings settings = Settings.from(environment);

    assertThat(settings.llm().key()).contains(Secret.of(KEY));
    assertThat(settings.llm().keyName()).isEqualTo("WORK_KEY");
    assertThat(environment.origin(Variable.OPENAI_API_KEY)).isEqualTo(new Origin.Env("WORK_KEY"));
    assertThat(Secret.known()).contains("another-key-0001");
  }

  @Test
  void reportsThatTheNamedKeyIsMissing() {
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> Settings.from(Environment.of(Map.of()).withKeyFrom("WORK_KEY")))
        .withMessageContainingAll("WORK_KEY", "--api-key-env");
  }

  @Test
  void doesNotShowAKeyThatIsGivenInsteadOfAName() {
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> Settings.from(Environment.of(Map.of()).withKeyFrom("sk-oops-canary-77")))
        .withMessageContaining("--api-key-env")
        .withMessageNotContaining("canary");
  }

  @Test
  void readsNoSecretFromTheCommandLine() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Environment.of(Map.of()).with(Variable.OPENAI_API_KEY, KEY, "--api-key"));
  }

  @Test
  void reportsTheOptionOfAnInvalidValue() {
    Environment environment =
        Environment.of(Map.of()).with(Variable.SYNTHLAB_TIMEOUT, "abc", "--timeout");

    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> Settings.from(environment))
        .withMessageStartingWith("SYNTHLAB_TIMEOUT \"abc\" (option --timeout): must be");
  }

  @ParameterizedTest
  @CsvSource({
    "'', '', xterm, true, true",
    "'', '', xterm, false, false",
    "'', '', dumb, true, false",
    "1, '', xterm, true, false",
    "1, 1, xterm, true, false",
    "'', 1, dumb, false, true",
    "'', 0, xterm, true, true",
  })
  void followsTheConventionsForColours(
      String noColor, String force, String term, boolean terminal, boolean colour) {
    Environment environment =
        Environment.of(Map.of("NO_COLOR", noColor, "CLICOLOR_FORCE", force, "TERM", term));

    assertThat(environment.wantsColour(terminal)).isEqualTo(colour);
  }

  @Test
  void overwritesLinesOnlyOnTerminalsThatAreNotDumb() {
    assertThat(Environment.of(Map.of("TERM", "xterm", "NO_COLOR", "1")).canDraw(true)).isTrue();
    assertThat(Environment.of(Map.of("TERM", "dumb")).canDraw(true)).isFalse();
    assertThat(Environment.of(Map.of("TERM", "xterm")).canDraw(false)).isFalse();
  }

  @Test
  void createsTheDirectoriesOfFiles() throws IOException {
    Map<String, String> variables =
        Map.of(
            "OUTPUT_DIR", directory.resolve("a/b").toString(),
            "DB_PATH", directory.resolve("c/d/lab.db").toString());

    Settings.from(Environment.of(variables)).ensureDirectories();

    assertThat(directory.resolve("a/b")).isDirectory();
    assertThat(directory.resolve("c/d")).isDirectory();
  }

  @Test
  void reportsADirectoryThatCannotBeCreated() throws IOException {
    Path file = Files.createFile(directory.resolve("file"));
    Settings settings =
        Settings.from(Environment.of(Map.of("OUTPUT_DIR", file.resolve("x").toString())));

    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(settings::ensureDirectories)
        .withMessageContainingAll("SYNTHLAB_OUTPUT_DIR", file.toString());
  }

  private Path write(String text) throws IOException {
    Path env = Files.writeString(directory.resolve(".env"), text);
    return Files.setPosixFilePermissions(env, PosixFilePermissions.fromString("rw-------"));
  }
}
