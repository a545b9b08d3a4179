package dev.synthlab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthlab.Synthlab;
import dev.synthlab.cli.Synth.Ended;
import dev.synthlab.config.Environment;
import dev.synthlab.config.Settings;
import dev.synthlab.test.Replies;
import dev.synthlab.test.ScriptedServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the pages on the ledger, the cache and the database show. */
class StorePagesTest {
  private static final Path DOCS = Path.of("..", "docs").toAbsolutePath().normalize();

  @TempDir private Path directory = Path.of("");

  private static String block(String page, String language) throws IOException {
    return Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL)
        .matcher(Files.readString(DOCS.resolve(page)))
        .results()
        .map((MatchResult block) -> block.group(1))
        .findFirst()
        .orElseThrow();
  }

  private static List<String> shape(String text) {
    return text.lines()
        .map(
            line ->
                line.replaceFirst("^[0-9a-f]{8} ", "RUN ")
                    .replaceAll("[\\d.]+", "N")
                    .replaceAll(" +", " "))
        .toList();
  }

  private static String shown(Synth synth, String block) {
    StringBuilder all = new StringBuilder();
    for (String line : block.lines().filter(line -> line.startsWith("$ synthlab ")).toList()) {
      Ended ended = synth.run(line.substring("$ synthlab ".length()).split(" "));
      assertThat(ended.exit()).as(ended.all()).isZero();
      all.append(line).append('\n').append(ended.all());
    }
    return all.toString();
  }

  @Test
  void showTheActualOutputOfTheCommand() throws IOException {
    try (ScriptedServer server = ScriptedServer.inTurn(Replies.chat("hello"))) {
      Synth synth = new Synth(directory).with("OPENAI_BASE_URL", server.base().toString());
      synth.file("prompts.jsonl", "{\"prompt\":\"a\"}", "{\"prompt\":\"b\"}", "{\"prompt\":\"c\"}");
      synth.run("run", "prompts.jsonl", "-o", "results.jsonl", "--cache");
      synth.run("ask", "--cache", "--no-stream", "a");

      for (String page : List.of("ledger.md", "cache.md", "database.md")) {
        String block = block(page, "console");

        assertThat(shape(shown(synth, block))).as(page).isEqualTo(shape(block));
      }
    }
  }

  @Test
  void showJavaThatCompilesAndRuns() throws IOException {
    Path source = Path.of("src/test/java/dev/synthlab/cli/DatabaseSnippet.java");
    String file = directory.resolve("lab.db").toString();
    Settings settings = Settings.from(Environment.of(Map.of("SYNTHLAB_DB_PATH", file)));

    assertThat(Files.readString(source).replaceAll("\\s+", ""))
        .contains(block("database.md", "java").replaceAll("\\s+", ""));
    try (Synthlab layer = Synthlab.of(settings);
        var installed = Synthlab.install(layer)) {
      assertThat(installed).isNotNull();
      assertThat(DatabaseSnippet.run()).containsExactly(1);
    }
  }
}
