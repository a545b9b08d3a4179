package dev.synthlab.cli;

import static dev.synthlab.test.Replies.chat;
import static dev.synthlab.test.Replies.delta;
import static dev.synthlab.test.Replies.events;
import static dev.synthlab.test.Replies.finish;
import static org.assertj.core.api.Assertions.assertThat;

import dev.synthlab.cli.Synth.Ended;
import dev.synthlab.test.ScriptedServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that a cloned repository may contain. */
class HostileDirectoryTest {
  private static final String KEY = "sk-hostile-canary-0123456789";

  @TempDir private Path directory = Path.of("");

  private final ScriptedServer meant = streaming("Paris");
  private final ScriptedServer evil = streaming("evil");

  private final ScriptedServer typed =
      ScriptedServer.start(
          (request, number) ->
              chat(
                  request.body().contains("age\"")
                      ? "{\"name\": \"Rex\", \"age\": 3}"
                      : "{\"name\": \"Rex\"}"));

  private static ScriptedServer streaming(String answer) {
    return ScriptedServer.start(
        (request, number) -> events(delta(answer), finish("stop"), "[DONE]"));
  }

  @AfterEach
  void close() {
    meant.close();
    evil.close();
    typed.close();
  }

  private Path env(String... lines) throws IOException {
    Path file = Files.writeString(directory.resolve(".env"), String.join("\n", lines) + "\n");
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }

  private Synth synth() {
    return new Synth(directory)
        .with("OPENAI_API_KEY", KEY)
        .with("OPENAI_BASE_URL", meant.base().toString())
        .with("PHOENIX_API_KEY", "canary-phoenix-0815");
  }

  @Test
  void redirectsNothingAndRunsNothing() throws IOException {
    String address = "http://127.0.0.1:" + evil.port();
    env(
        "OPENAI_BASE_URL=" + address + "/v1",
        "HTTP_PROXY=" + address,
        "HTTPS_PROXY=" + address,
        "all_proxy=" + address,
        "SYNTHLAB_CA_FILE=ca.pem",
        "PHOENIX_ENABLED=true",
        "PHOENIX_COLLECTOR_ENDPOINT=" + address,
        "OTEL_EXPORTER_OTLP_ENDPOINT=" + address,
        "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=" + address + "/v1/traces",
        "OTEL_METRICS_EXPORTER=otlp",
        "SYNTHLAB_PROVIDER=local",
        "SYNTHLAB_CACHE_DIR=c",
        "SYNTHLAB_LOCAL_MODEL=c/evil.gguf",
        "SYNTHLAB_LOCAL_MODEL_URL=" + address + "/evil.gguf",
        "XDG_CACHE_HOME=" + directory,
        "HOME=" + directory,
        "SYNTHLAB_DB_PATH=evil.db?enable_load_extension=true",
        "SYNTHLAB_DB_MIGRATIONS=filesystem:migrations",
        "DATABASE_URL=postgres://127.0.0.1:" + evil.port() + "/x",
        "SYNTHLAB_LEDGER_URL=postgres://127.0.0.1:" + evil.port() + "/x",
        "JAVA_TOOL_OPTIONS=-XshowSettings",
        "SYNTHLAB_JAVA_OPTS=-XshowSettings",
        "SYNTHLAB_DEFAULT_MODEL=a-model-of-the-file");

    Ended ended = synth().run("ask", "Capital of France?");

    assertThat(ended.exit()).as(ended.all()).isZero();
    assertThat(ended.out()).contains("Paris");
    assertThat(evil.seen()).isEmpty();
    assertThat(meant.seen())
        .singleElement()
        .satisfies(seen -> assertThat(seen.body()).contains("a-model-of-the-file"));
    List<String> warnings =
        ended.err().lines().filter(line -> line.contains("--env-file .env")).toList();
    assertThat(warnings)
        .singleElement()
        .asString()
        .contains(
            "HTTP_PROXY", "OTEL_EXPORTER_OTLP_ENDPOINT", "SYNTHLAB_CACHE_DIR", "DATABASE_URL");
    assertThat(ended.err()).doesNotContain("canary", "Property settings");
    assertThat(directory.resolve("c")).doesNotExist();
    assertThat(directory.resolve("evil.db")).doesNotExist();
  }

  @Test
  void showsIgnoredVariablesInSettingsAndDoctor() throws IOException {
    env("PHOENIX_COLLECTOR_ENDPOINT=http://127.0.0.1:" + evil.port());

    Ended shown = synth().run("config", "show");
    Ended doctor = synth().run("doctor");

    assertThat(shown.out())
        .containsPattern(
            "PHOENIX_COLLECTOR_ENDPOINT .*\\(default; .env line 1 ignored: a .env may not set this;"
                + " use --env-file .env\\)");
    assertThat(doctor.out()).contains("ignored: PHOENIX_COLLECTOR_ENDPOINT", "--env-file .env");
    assertThat(evil.seen()).isEmpty();
  }

  @Test
  void suggestsANamedFileIfTheFileHasKeyAndAddress() throws IOException {
    Path file = env("OPENAI_BASE_URL=" + meant.base(), "OPENAI_API_KEY=" + KEY);

    Ended merely = new Synth(directory).run("ask", "Capital of France?");
    Ended named =
        new Synth(directory).run("ask", "Capital of France?", "--env-file", file.toString());

    assertThat(merely.exit()).isEqualTo(ExitCodes.CONFIGURATION);
    assertThat(merely.err())
        .contains("OPENAI_API_KEY", ".env line 2", "OPENAI_BASE_URL (line 1)", "--env-file .env")
        .doesNotContain(KEY);
    assertThat(named.out()).contains("Paris");
    assertThat(meant.seen())
        .singleElement()
        .satisfies(seen -> assertThat(seen.header("authorization")).isEqualTo("Bearer " + KEY));
  }

  @Test
  void readsATextByItsFormEvenIfAFileHasItsName() throws IOException {
    List<String> texts = List.of("name, age int", "name", "Summarise {{review}}", "{\"type\": 1}");
    for (String each : texts) {
      Files.writeString(directory.resolve(each), "planted str {{planted}}");
    }
    Files.writeString(directory.resolve("in.csv"), "review,planted\ngood,evil\n");
    Synth synth = synth().with("OPENAI_BASE_URL", typed.base().toString());

    Ended members = synth.run("extract", "Rex is 3", "--schema", "name, age int");
    Ended word = synth.run("extract", "Rex is 3", "--schema", "name");
    Ended template =
        synth.run("run", "in.csv", "-o", "out.csv", "--template", "Summarise {{review}}");
    Ended json = synth.run("extract", "Rex is 3", "--schema", "{\"type\": 1}");

    assertThat(List.of(members, word, template)).allMatch(ended -> ended.exit() == 0);
    assertThat(members.err())
        .contains("--schema is used as text; to read the file of that name: --schema '@name, age");
    assertThat(json.err()).contains("--schema '@{\"type\": 1}'", "error: --schema: ");
    assertThat(typed.seen())
        .hasSize(3)
        .noneMatch(seen -> seen.body().contains("planted") || seen.body().contains("evil"))
        .anyMatch(seen -> seen.body().contains("Summarise good"));
  }

  @Test
  void readsAFileThatIsNamedByItsExtensionItsDirectoryOrAnAtSign() throws IOException {
    Files.createDirectory(directory.resolve("my"));
    for (String each : List.of("my dog.txt", "my/dog", "dog")) {
      Files.writeString(directory.resolve(each), "name, age int\n");
    }
    Synth synth = synth().with("OPENAI_BASE_URL", typed.base().toString());

    for (String each : List.of("my dog.txt", "my/dog", "./dog", "@dog", "@my dog.txt")) {
      Ended ended = synth.run("extract", "Rex is 3", "--schema", each);

      assertThat(ended.exit()).as(ended.all()).isZero();
      assertThat(ended.err()).doesNotContain("used as text");
    }
    assertThat(typed.seen()).hasSize(5).allMatch(seen -> seen.body().contains("age"));
  }

  @Test
  void readsNothingFromAFileThatOthersMayWrite() throws IOException {
    Path file = env("SYNTHLAB_DEFAULT_MODEL=theirs");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));

    Ended ended = synth().run("ask", "Capital of France?");

    assertThat(ended.exit()).isEqualTo(ExitCodes.CONFIGURATION);
    assertThat(ended.err()).contains("rw-rw-rw-", "chmod 600 .env");
    assertThat(meant.seen()).isEmpty();
  }
}
