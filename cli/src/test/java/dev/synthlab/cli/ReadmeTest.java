package dev.synthlab.cli;

import static dev.synthlab.test.Replies.chat;
import static dev.synthlab.test.Replies.delta;
import static dev.synthlab.test.Replies.events;
import static dev.synthlab.test.Replies.finish;
import static dev.synthlab.test.Replies.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.synthlab.Synthlab;
import dev.synthlab.cli.Synth.Ended;
import dev.synthlab.config.Environment;
import dev.synthlab.config.Settings;
import dev.synthlab.config.VariableTables;
import dev.synthlab.test.ScriptedServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadmeTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  @TempDir private Path directory = Path.of("");

  private final ScriptedServer server =
      ScriptedServer.start(
          (request, number) -> {
            if (request.path().endsWith("/models")) {
              return json(200, "{\"data\":[{\"id\":\"gpt-4o-mini\"}]}");
            }
            if (request.path().endsWith("/embeddings")) {
              return json(200, "{\"data\":[{\"index\":0,\"embedding\":[0.5,1]}],\"usage\":{}}");
            }
            return request.body().contains("\"stream\":true")
                ? events(delta("Paris"), finish("stop"), "[DONE]")
                : chat(answer(request.body()));
          });

  private static String answer(String body) {
    if (!body.contains("json_schema")) {
      return "{\"fruits\": []}";
    }
    if (body.contains("Ann is 31")) {
      return "{\"items\": [{\"name\": \"Ann\", \"age\": 31}, {\"name\": \"Bob\", \"age\": 45}]}";
    }
    return body.contains("stars")
        ? "{\"mood\": \"good\", \"stars\": 5}"
        : "{\"name\": \"Rex\", \"age\": 3}";
  }

  @AfterEach
  void close() {
    server.close();
  }

  private static String readme() throws IOException {
    return Files.readString(ROOT.resolve("README.md"));
  }

  /** The blocks of one language, in order. */
  private static List<String> blocks(String language) throws IOException {
    return Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL)
        .matcher(readme())
        .results()
        .map((MatchResult block) -> block.group(1))
        .toList();
  }

  private static List<String[]> commands(String block) {
    return block
        .lines()
        .filter(line -> line.startsWith("$ ./synthlab "))
        .map(line -> line.replaceFirst(" +#.*", "").substring("$ ./synthlab ".length()))
        .map(
            line ->
                Pattern.compile("'([^']*)'|(\\S+)")
                    .matcher(line)
                    .results()
                    .map(word -> word.group(1) == null ? word.group(2) : word.group(1))
                    .toArray(String[]::new))
        .toList();
  }

  private static String shape(String line) {
    return line.replaceFirst(" \\(\\d+ cut off by the token limit\\)", "") // the model's whim
        .replaceAll("\\d+m\\d+s|\\d+\\.\\d+s|\\d+s", "TIME")
        .replaceAll("\\d+", "N");
  }

  @Test
  void showsTheActualOutputOfTheFirstCommand() throws IOException {
    String block = blocks("console").getFirst();
    Synth synth = new Synth(directory);
    Files.createDirectory(directory.resolve("examples"));
    Files.copy(
        ROOT.resolve("examples/interviews.jsonl"), directory.resolve("examples/interviews.jsonl"));

    Ended ended = synth.run(commands(block).getFirst());

    assertThat(ended.exit()).isZero();
    List<String> promised = block.lines().skip(1).map(ReadmeTest::shape).toList();
    assertThat(ended.err().lines().map(ReadmeTest::shape).toList()).containsAll(promised);
    assertThat(synth.lines("results.jsonl")).hasSize(12);
  }

  @Test
  void showsCommandsThatWork() throws IOException {
    Synth synth =
        new Synth(directory)
            .with("OPENAI_BASE_URL", server.base().toString())
            .with("OPENAI_API_KEY", "sk-test-0123456789abcdef");
    synth.file("prompts.jsonl", "{\"prompt\": \"hi\"}");
    synth.file("people.csv", "name,review", "Ada,\"Good, very good\"");
    synth.file("texts.jsonl", "{\"text\": \"hi\"}");
    List<String[]> commands = new ArrayList<>(commands(blocks("console").get(1)));
    commands.addAll(commands(blocks("console").get(2)));
    commands.addAll(commands(blocks("console").get(3)));

    assertThat(commands).hasSize(12);
    for (String[] command : commands) {
      Ended ended = synth.run(command);

      assertThat(ended.exit()).as(Arrays.toString(command) + ended.all()).isZero();
    }
  }

  /** Into a project that is there; a whole new one is built by the checks around the build. */
  @Test
  void showsWorkingCommandsForNewClientAndCheck() throws IOException {
    Synth synth = new Synth(directory);
    Files.createDirectories(directory.resolve("examples"));
    Files.copy(ROOT.resolve("examples/weather.yaml"), directory.resolve("examples/weather.yaml"));
    Files.createDirectory(directory.resolve("weather-client"));
    Files.copy(ROOT.resolve("local/pom.xml"), directory.resolve("weather-client/pom.xml"));
    Path source = synth.file("Nothing.java", "package com.acme.infrastructure; class Nothing {}");
    String classes = directory.resolve("target/classes").toString();
    assertThat(
            ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, "-d", classes, source.toString()))
        .isZero();
    List<String[]> commands = commands(blocks("console").get(4));

    assertThat(commands).hasSize(2);
    for (String[] command : commands) {
      Ended ended = synth.run(command);

      assertThat(ended.exit()).as(Arrays.toString(command) + ended.all()).isZero();
    }
  }

  @Test
  void showsInputThatIsAccepted() throws IOException {
    Synth synth = new Synth(directory).with("OPENAI_BASE_URL", server.base().toString());
    synth.file("in.jsonl", blocks("json").getFirst().split("\n"));

    assertThat(synth.run("run", "in.jsonl", "-o", "out.jsonl").exit()).isZero();
    assertThat(synth.lines("out.jsonl")).hasSize(3);
  }

  @Test
  void showsJavaThatCompilesAndRuns() throws IOException {
    String source =
        Files.readString(ROOT.resolve("cli/src/test/java/dev/synthlab/cli/ReadmeSnippet.java"));
    String shown = blocks("java").getFirst();
    assertThat(source.replaceAll("\\s+", ""))
        .contains(shown.replaceAll("//.*", "").replaceAll("\\s+", ""));
    Settings settings =
        Settings.from(Environment.of(Map.of("OPENAI_BASE_URL", server.base().toString())));

    try (Synthlab layer = Synthlab.of(settings);
        var installed = Synthlab.install(layer)) {
      assertThat(installed).isNotNull();
      ReadmeSnippet.run();
    }

    assertThat(server.seen()).hasSize(8);
  }

  @Test
  void showsTheCurrentVersion() throws IOException {
    String pom = Files.readString(ROOT.resolve("pom.xml"));

    assertThat(blocks("xml").getFirst())
        .contains(
            Pattern.compile("<version>.*</version>")
                .matcher(pom)
                .results()
                .findFirst()
                .orElseThrow()
                .group());
  }

  @Test
  void listsTheCommonSettingsAndLinksToAllOfThem() throws IOException {
    String page = Files.readString(ROOT.resolve("docs/settings.md"));

    assertThat(page).contains("<!-- settings -->\n" + VariableTables.all() + "<!-- /settings -->");
    assertThat(readme())
        .contains("<!-- settings -->\n" + VariableTables.common() + "<!-- /settings -->")
        .contains("(docs/settings.md)");
  }
}
