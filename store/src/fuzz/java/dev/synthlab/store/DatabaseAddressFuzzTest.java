package dev.synthlab.store;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.synthlab.call.Timer;
import dev.synthlab.config.Environment;
import dev.synthlab.config.Settings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Any path names that file and nothing else. */
class DatabaseAddressFuzzTest {
  private static final long MAX_NANOS = 1_000_000_000;

  // Processor time: the machine may be busy.
  private static final ThreadMXBean CLOCK = ManagementFactory.getThreadMXBean();
  private static final Settings SETTINGS = Settings.from(Environment.of(Map.of()));

  @FuzzTest(maxDuration = "40m", maxExecutions = 1_000_000)
  void readsAnyPathAsThatFile(FuzzedDataProvider data) {
    String text = data.consumeRemainingAsString();
    within(
        () -> {
          Path file;
          try {
            file = Path.of(text);
          } catch (InvalidPathException e) {
            return;
          }
          String address = Sqlite.address(file);
          require(address.startsWith("file:/"), address);
          require(address.chars().allMatch(c -> c > ' ' && c < 0x7f), address);
          require(address.indexOf('?') < 0 && address.indexOf('#') < 0, address);
          String meant = decoded(address.substring("file:".length()));
          require(meant.equals(file.toAbsolutePath().toString()), address);
        });
  }

  // Each opens a real database, of which there are some 150 a second.
  @FuzzTest(maxDuration = "40m", maxExecutions = 20_000)
  void opensAnyNameAsThatFile(FuzzedDataProvider data) throws IOException {
    String name = data.consumeRemainingAsString().replace("/", "");
    if (name.isEmpty() || name.equals(".") || name.equals("..")) {
      return;
    }
    Path directory = Files.createTempDirectory("synthlab-fuzz");
    try {
      Path file;
      try {
        file = directory.resolve(name);
      } catch (InvalidPathException e) {
        return;
      }
      if (name.getBytes(StandardCharsets.UTF_8).length > 200) {
        return;
      }
      within(
          () -> {
            new Sqlite(file, SETTINGS.local().cache(), SETTINGS.database(), Timer.system())
                .prepare();
            try (Stream<Path> made = Files.list(directory)) {
              List<Path> all = made.toList();
              require(all.equals(List.of(file)), all.toString());
            }
          });
    } finally {
      try (Stream<Path> made = Files.list(directory)) {
        for (Path one : made.toList()) {
          Files.delete(one);
        }
      }
      Files.delete(directory);
    }
  }

  private interface Work {
    void run() throws IOException, SQLException;
  }

  private static void within(Work work) {
    long begin = CLOCK.getCurrentThreadCpuTime();
    try {
      work.run();
    } catch (IOException | SQLException e) {
      throw new IllegalStateException(e);
    }
    long took = CLOCK.getCurrentThreadCpuTime() - begin;
    require(took < MAX_NANOS, "the check took " + took + " ns");
  }

  /** As SQLite reads the path of an address. */
  private static String decoded(String path) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 0; i < path.length(); i++) {
      if (path.charAt(i) == '%') {
        bytes.write(Integer.parseInt(path.substring(i + 1, i + 3), 16));
        i += 2;
      } else {
        bytes.write(path.charAt(i));
      }
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private static void require(boolean holds, String reason) {
    if (!holds) {
      throw new IllegalStateException(reason);
    }
  }
}
