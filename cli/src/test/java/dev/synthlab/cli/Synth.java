package dev.synthlab.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** The command as a process of its own, in a directory of its own. */
final class Synth {
  private final Path directory;
  private final Map<String, String> environment = new TreeMap<>();

  /** What a command left behind. */
  record Ended(int exit, String out, String err) {
    String all() {
      return out + err;
    }
  }

  /** A command under way. */
  record Running(Process process, Path out, Path err) {

    Ended end() {
      try {
        if (!process.waitFor(120, TimeUnit.SECONDS)) {
          process.destroyForcibly();
          throw new AssertionError("the command did not end: " + Files.readString(err));
        }
        return new Ended(process.exitValue(), Files.readString(out), Files.readString(err));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError(e);
      }
    }
  }

  Synth(Path directory) {
    this.directory = directory;
    environment.put("PATH", System.getenv("PATH"));
    environment.put("HOME", System.getProperty("user.home"));
  }

  Synth with(String variable, String value) {
    environment.put(variable, value);
    return this;
  }

  Path file(String name, String... lines) {
    try {
      return Files.writeString(directory.resolve(name), String.join("\n", lines) + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Path path(String name) {
    return directory.resolve(name);
  }

  List<String> lines(String name) {
    try {
      return Files.readAllLines(directory.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Ended run(String... arguments) {
    return start(arguments).end();
  }

  Running start(String... arguments) {
    return start(List.of(), arguments);
  }

  /** With words before the command, such as a shell that sets a limit. */
  Running start(List<String> before, String... arguments) {
    List<String> words = new ArrayList<>(before);
    words.addAll(QuickStart.one().java());
    words.addAll(Arrays.asList(arguments));
    try {
      Path out = Files.createTempFile(directory, "stdout", ".txt");
      Path err = Files.createTempFile(directory, "stderr", ".txt");
      ProcessBuilder builder =
          new ProcessBuilder(words)
              .directory(directory.toFile())
              .redirectInput(Path.of("/dev/null").toFile())
              .redirectOutput(out.toFile())
              .redirectError(err.toFile());
      builder.environment().clear();
      builder.environment().putAll(environment);
      return new Running(builder.start(), out, err);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
