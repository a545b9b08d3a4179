package dev.synthlab.store;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.zaxxer.hikari.HikariConfig;
import dev.synthlab.call.Timer;
import dev.synthlab.config.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class PoolTest {

  @Test
  void validatesAndRenewsConnectionsAndDetectsLeaks() {
    Settings.Database how = Lab.settings("DATABASE_URL", "postgres://127.0.0.1:1/lab").database();

    try (Pool pool = new Pool(new Postgres(how.server().orElseThrow(), how), how, Timer.system())) {
      HikariConfig config = pool.configured();

      assertThat(config.getMaximumPoolSize()).isEqualTo(10);
      assertThat(config.getConnectionTimeout()).isEqualTo(ms(Duration.ofSeconds(5)));
      assertThat(config.getValidationTimeout()).isEqualTo(ms(Duration.ofSeconds(5)));
      assertThat(config.getMaxLifetime()).isEqualTo(ms(Duration.ofMinutes(30)));
      assertThat(config.getLeakDetectionThreshold()).isEqualTo(ms(Duration.ofMinutes(1)));
    }
  }

  @Test
  void logsStatementsWithoutTheirValues(@TempDir Path directory) {
    Logger logger = (Logger) LoggerFactory.getLogger("dev.synthlab.store");
    ListAppender<ILoggingEvent> said = new ListAppender<>();
    said.start();
    logger.addAppender(said);
    Level before = logger.getLevel();
    logger.setLevel(Level.INFO);
    try (DatabaseManager database =
        Lab.over("SYNTHLAB_DB_PATH", directory.resolve("lab.db").toString(), "SQL_ECHO", "on")) {
      Lab.makeTable(database);
      database.useHandle(
          handle -> handle.execute("INSERT INTO word VALUES (?, ?)", 1, "a bound canary"));
      database.useHandle(
          handle -> handle.execute("INSERT INTO word VALUES (2, 'it''s a written canary')"));
    } finally {
      logger.setLevel(before);
      logger.detachAppender(said);
    }

    List<String> lines = said.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    assertThat(lines)
        .anyMatch(line -> line.endsWith("INSERT INTO word VALUES (?, ?)"))
        .anyMatch(line -> line.endsWith("INSERT INTO word VALUES (2, '?')"))
        .noneMatch(line -> line.contains("canary"));
  }

  private static long ms(Duration time) {
    return time.toMillis();
  }
}
