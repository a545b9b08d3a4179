package dev.synthlab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthlab.cli.Synth.Ended;
import dev.synthlab.json.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The command {@code check}, over the classes of core, which have violations of its rules. */
class CheckTest {
  private static final String CLASSES =
      Path.of("../core/target/classes").toAbsolutePath().toString();

  @TempDir private Path directory;
  private Synth synth;

  @BeforeEach
  void prepare() {
    synth = new Synth(directory);
  }

  @Test
  void printsClassFileLineAndRemedy() {
    Ended ended = synth.run("check", CLASSES, "--config", "com.acme..");

    assertThat(ended.exit()).as(ended.all()).isEqualTo(3);
    assertThat(ended.out())
        .contains("dev.synthlab.call.SystemTimer.", "(SystemTimer.java:", "why: ", "do:  ")
        .contains("not checked: documented", "note: no infrastructure package was named");
    assertThat(ended.err()).isEmpty();
  }

  @Test
  void exitsWithZeroWhenAllViolationsAreKnown() throws Exception {
    Ended frozen = synth.run("check", CLASSES, "--baseline", "known.txt", "--freeze");
    Ended again = synth.run("check", CLASSES, "--baseline", "known.txt", "--json");

    assertThat(frozen.exit()).as(frozen.all()).isZero();
    assertThat(Files.readString(synth.path("known.txt"))).contains("outside-by-infrastructure\t");
    assertThat(again.exit()).as(again.all()).isZero();
    JsonNode json = Json.mapper().readTree(again.out());
    assertThat(json.path("violations").size()).isZero();
    assertThat(json.path("known").path(0).path("class").asString()).startsWith("dev.synthlab.");
    assertThat(json.path("known").path(0).path("do").asString()).isNotBlank();
  }

  @Test
  void rejectsPathsItCannotCheck() {
    assertThat(synth.run("check", "no-such.jar").exit()).isEqualTo(2);
    assertThat(synth.run("check", "no-such.jar").err()).contains("no-such.jar does not exist");
    assertThat(synth.run("check", directory.toString()).err()).contains("there is no class in");
    assertThat(synth.run("check").exit()).isEqualTo(2);
    assertThat(synth.run("check", CLASSES, "--freeze").err()).contains("--baseline FILE");
    assertThat(synth.run("check", CLASSES, "--baseline", "none.txt").exit()).isEqualTo(2);
    assertThat(synth.run("check", CLASSES, "--sources", "none").err()).contains("no directory");
  }
}
