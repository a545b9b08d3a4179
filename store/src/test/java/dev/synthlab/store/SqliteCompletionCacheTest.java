package dev.synthlab.store;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.synthlab.config.Settings;
import dev.synthlab.llm.CompletionCache.CachedCompletion;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SqliteCompletionCacheTest extends CompletionCacheContractTest {

  @Override
  Settings settings(String... more) {
    return of(directory.resolve("lab.db"), more);
  }

  private static Settings of(Path file, String... more) {
    return Lab.settings(
        Stream.concat(Stream.of("SYNTHLAB_DB_PATH", file.toString()), Stream.of(more))
            .toArray(String[]::new));
  }

  @Override
  Connection connect() throws SQLException {
    return DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("lab.db"));
  }

  @Test
  void findsNothingIfNothingCanBeStored() {
    try (DatabaseCompletionCache answers =
        DatabaseCompletionCache.of(of(Path.of("/proc/lab.db")))) {
      answers.keep("a", answer("a"));

      assertThat(answers.find("b")).isEmpty();
      assertThat(answers.find("b")).isEmpty();
    }
  }

  @Test
  void delaysNoCallForALockedFile() throws SQLException {
    try (DatabaseCompletionCache answers = DatabaseCompletionCache.of(settings())) {
      answers.keep("a", answer("a"));
    }
    try (Connection locking = connect();
        Statement statement = locking.createStatement();
        DatabaseCompletionCache answers = DatabaseCompletionCache.of(settings())) {
      statement.execute("BEGIN IMMEDIATE");
      long begin = System.nanoTime();

      answers.keep("b", answer("b"));
      assertThat(answers.find("a")).contains(answer("a"));
      assertThat(answers.find("b")).contains(answer("b"));

      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(2));
      statement.execute("ROLLBACK");
    }
    assertThat(DatabaseCompletionCache.stats(settings()).completions()).isEqualTo(2);
  }

  @Test
  void leavesNoTextInAClearedFile() throws IOException {
    try (DatabaseCompletionCache answers = DatabaseCompletionCache.of(settings())) {
      answers.keep("a", answer("a canary in the cache".repeat(500)));
    }

    DatabaseCompletionCache.clear(settings());

    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        assertThat(new String(Files.readAllBytes(file), ISO_8859_1))
            .doesNotContain("canary in the cache");
      }
    }
  }

  /** A process that keeps answers until it is killed. */
  static final class Keeper {
    private Keeper() {}

    public static void main(String[] args) {
      try (DatabaseCompletionCache answers = DatabaseCompletionCache.of(of(Path.of(args[0])))) {
        for (int i = 0; ; i++) {
          answers.keep("k" + i, text(i));
          answers.find("never kept " + i);
          System.out.println(i);
        }
      }
    }

    static CachedCompletion text(int i) {
      return new CachedCompletion("m", ("" + i).repeat(500), Optional.empty());
    }
  }

  @Test
  void hasEveryAnswerCompletelyOrNotAtAllAfterAKill() throws Exception {
    Process keeper =
        ChildProcess.of(Keeper.class, directory.resolve("lab.db").toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    BufferedReader said = keeper.inputReader();
    for (int i = 0; i < 300; i++) {
      said.readLine();
    }

    keeper.destroyForcibly().waitFor();

    long there = DatabaseCompletionCache.stats(settings()).completions();
    long whole = 0;
    try (DatabaseCompletionCache answers = DatabaseCompletionCache.of(settings())) {
      for (int i = 0; whole < there && i < 100_000; i++) {
        Optional<CachedCompletion> found = answers.find("k" + i);
        found.ifPresent(kept -> assertThat(kept.json()).hasSizeGreaterThanOrEqualTo(500));
        assertThat(found).isIn(Optional.empty(), Optional.of(Keeper.text(i)));
        whole += found.isPresent() ? 1 : 0;
      }
    }
    assertThat(whole).isEqualTo(there).isPositive();
  }
}
