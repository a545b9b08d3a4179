package dev.synthlab.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthlab.config.Environment;
import dev.synthlab.config.Settings;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A program without the driver of its database. */
@Timeout(60)
class DriversTest {
  @TempDir Path directory;

  @Test
  void namesTheMissingDriverOfSqlite() throws Exception {
    assertThat(openedWithout("sqlite-jdbc", "SYNTHLAB_DB_PATH", directory + "/a.db"))
        .contains("StoreUnavailable", "SQLite", "add the dependency org.xerial:sqlite-jdbc");
  }

  @Test
  void namesTheMissingDriverOfPostgresql() throws Exception {
    assertThat(openedWithout("postgresql-42", "DATABASE_URL", "postgresql://127.0.0.1:1/db"))
        .contains("StoreUnavailable", "PostgreSQL", "add the dependency org.postgresql:postgresql");
  }

  @Test
  void needsOnlyTheDriverOfItsDatabase() throws Exception {
    assertThat(openedWithout("postgresql-42", "SYNTHLAB_DB_PATH", directory + "/a.db"))
        .contains("opened")
        .doesNotContain("Exception", "Error");
  }

  private static String openedWithout(String driver, String variable, String value)
      throws Exception {
    String classPath =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(entry -> !Path.of(entry).getFileName().toString().startsWith(driver))
            .collect(Collectors.joining(File.pathSeparator));
    Process program =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                classPath,
                "--enable-native-access=ALL-UNNAMED",
                Program.class.getName(),
                variable,
                value)
            .redirectErrorStream(true)
            .start();
    String printed = new String(program.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(program.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return printed;
  }

  /** Opens the database that a variable names. */
  static final class Program {
    private Program() {}

    public static void main(String[] args) {
      Settings settings = Settings.from(Environment.of(Map.of(args[0], args[1])));
      try (DatabaseManager database = DatabaseManager.of(settings)) {
        database.useHandle(handle -> handle.execute("CREATE TABLE t (n INTEGER)"));
        System.out.println("opened");
      } catch (RuntimeException e) {
        System.out.println(e);
      }
    }
  }
}
