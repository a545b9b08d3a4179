package dev.synthlab.store;

import dev.synthlab.logging.Logging;
import java.sql.SQLException;
import java.time.temporal.ChronoUnit;
import java.util.regex.Pattern;
import org.jdbi.v3.core.statement.SqlLogger;
import org.jdbi.v3.core.statement.StatementContext;
import org.slf4j.Logger;

/** Logs each statement, with placeholders instead of values and string literals. */
final class StatementLogger implements SqlLogger {
  private static final Logger log = Logging.component("store");
  private static final Pattern TEXT =
      Pattern.compile("'(?:[^']|'')*+'|(\\$\\w*\\$).*?\\1", Pattern.DOTALL);

  @Override
  public void logAfterExecution(StatementContext context) {
    log.info("{} ms: {}", context.getElapsedTime(ChronoUnit.MILLIS), sql(context));
  }

  @Override
  public void logException(StatementContext context, SQLException e) {
    log.info("failed ({}): {}", e.getSQLState(), sql(context));
  }

  private static String sql(StatementContext context) {
    return TEXT.matcher(String.valueOf(context.getRawSql()))
        .replaceAll("'?'")
        .replaceAll("\\s+", " ")
        .strip();
  }
}
