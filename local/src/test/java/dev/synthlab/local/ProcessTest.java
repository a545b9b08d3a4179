package dev.synthlab.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whole processes with the embedded model in them. */
@Timeout(60)
class ProcessTest {
  @TempDir Path directory;

  @Test
  void startsTwiceInParallelWithAnEmptyCacheAndASilentStdout() throws Exception {
    Process one = start("one", "ask");
    Process two = start("two", "ask");

    assertThat(end(one)).isZero();
    assertThat(end(two)).isZero();

    assertThat(directory.resolve("one.out")).isEmptyFile();
    assertThat(directory.resolve("two.out")).isEmptyFile();
    assertThat(Files.readString(directory.resolve("one.err"))).contains("answer: ");
    assertThat(Files.readString(directory.resolve("two.err"))).contains("answer: ");
    try (var files = Files.walk(directory.resolve("cache").resolve("native"))) {
      assertThat(files.filter(Files::isRegularFile)).hasSize(1);
    }
    assertThat(directory.resolve("tmp")).isEmptyDirectory();
  }

  @Test
  void exitsDuringAnAnswerWithItsOwnExitCode() throws Exception {
    Process process = start("leaver", "leave");

    assertThat(end(process)).isEqualTo(7);
    assertThat(directory.resolve("leaver.out")).isEmptyFile();
  }

  /** Several times at once: the native threads compute longer then, and are met while they do. */
  @Test
  void exitsDuringAnAnswerWithoutACrash() throws Exception {
    List<Process> processes = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      processes.add(start("leaver-" + i, "leave"));
    }

    for (Process process : processes) {
      assertThat(end(process)).isEqualTo(7);
    }

    try (var files = Files.list(directory)) {
      assertThat(files.filter(file -> file.getFileName().toString().startsWith("hs_err")))
          .isEmpty();
    }
    for (int i = 0; i < 6; i++) {
      assertThat(directory.resolve("leaver-" + i + ".out")).isEmptyFile();
    }
  }

  @Test
  void endsWithTheExitCodeOfTheLauncherWhenMainThrows() throws Exception {
    Process process = start("failing", "fail");

    assertThat(end(process)).isEqualTo(1);
    assertThat(Files.readString(directory.resolve("failing.err")))
        .contains("Exception in thread \"main\" java.lang.IllegalStateException: main fails");
  }

  private Process start(String name, String what) throws IOException, InterruptedException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-Djava.io.tmpdir=" + Files.createDirectories(directory.resolve("tmp")),
            "-cp",
            System.getProperty("java.class.path"),
            AskOnce.class.getName(),
            Local.weights().toString(),
            directory.resolve("cache").toString(),
            what)
        .directory(directory.toFile())
        .redirectOutput(directory.resolve(name + ".out").toFile())
        .redirectError(directory.resolve(name + ".err").toFile())
        .start();
  }

  private static int end(Process process) throws InterruptedException {
    try {
      assertThat(process.waitFor(40, TimeUnit.SECONDS)).isTrue();
      return process.exitValue();
    } finally {
      process.destroyForcibly();
    }
  }
}
