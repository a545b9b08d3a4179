package dev.synthlab.cli;

import dev.synthlab.files.Subprocess;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** The terminal: whether a standard stream is connected to it, and its width. */
final class Terminal {
  static final int STDIN = 0;
  static final int STDOUT = 1;
  static final int STDERR = 2;

  private static final int DEFAULT_WIDTH = 80;

  private Terminal() {}

  /** Whether the stream is a terminal. The console of Java does not distinguish the streams. */
  static boolean is(int descriptor) {
    Path link = Path.of("/proc/self/fd/" + descriptor);
    if (Files.isSymbolicLink(link)) {
      try {
        String target = Files.readSymbolicLink(link).toString();
        return target.startsWith("/dev/pts/")
            || target.startsWith("/dev/tty")
            || target.equals("/dev/console");
      } catch (IOException e) {
        return false;
      }
    }
    return isByShell(descriptor);
  }

  private static boolean isByShell(int descriptor) {
    try {
      Process test = program("sh", "-c", "test -t " + descriptor).inheritIO().start();
      return test.waitFor() == 0;
    } catch (IOException e) {
      return false; // without a shell there is no terminal
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static ProcessBuilder program(String... command) {
    return Subprocess.of(Path.of("/"), Set.of(), List.of(command));
  }

  /** The number of columns of the terminal. */
  static int width() {
    try {
      Process stty =
          program("stty", "size")
              .redirectInput(new File("/dev/tty"))
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      String size = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      if (stty.waitFor(1, TimeUnit.SECONDS) && stty.exitValue() == 0) {
        int columns = Integer.parseInt(size.strip().substring(size.indexOf(' ') + 1));
        return columns > 20 ? columns : DEFAULT_WIDTH;
      }
    } catch (IOException | NumberFormatException e) {
      return DEFAULT_WIDTH; // there is no stty
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return DEFAULT_WIDTH;
  }
}
