package dev.synthlab.store;

import dev.synthlab.json.Json;
import dev.synthlab.store.TransactionOptions.Access;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Queries on the ledger. They create no file, and no table but in an older ledger. Thread-safe. */
final class LedgerQueries {
  private static final String SUMS =
      "count(*), count(c.error), sum(c.attempts), sum(c.input_tokens), sum(c.output_tokens),"
          + " sum(c.cached_tokens), sum(c.reasoning_tokens), sum(c.cost_pico_usd / 1000000),"
          + " sum(CASE WHEN c.error IS NULL AND c.cost_pico_usd IS NULL THEN 1 ELSE 0 END),"
          + " sum(c.cached), sum(c.cost_pico_usd % 1000000)";
  private static final String RUNS =
      "SELECT r.id, r.began, r.ended, r.input, r.output, r.model, r.host, r.process, r.state,"
          + " r.total, r.answered, r.failed_by_code,"
          + " count(DISTINCT CASE WHEN c.error IS NULL THEN c.custom_id END), "
          + SUMS.replace("count(*)", "count(c.id)")
              .replace("c.error IS NULL AND", "c.id IS NOT NULL AND c.error IS NULL AND")
          + " FROM ledger_run r LEFT JOIN ledger_call c ON c.run_id = r.id"
          + " GROUP BY r.id, r.began, r.resumed, r.ended, r.input, r.output, r.model, r.host,"
          + " r.process, r.state, r.total, r.answered, r.failed_by_code ORDER BY r.resumed DESC, r.id";

  private final Dialect dialect;

  LedgerQueries(Dialect dialect) {
    this.dialect = dialect;
  }

  /** Reads a row of the result. */
  private interface RowMapper<T> {
    T map(ResultSet row) throws SQLException;
  }

  /** Sets the parameters of a query. */
  private interface StatementBinder {
    void bind(PreparedStatement query) throws SQLException;
  }

  List<UsageSummary> usage(UsageSummary.GroupBy by, Optional<Instant> since, Optional<String> run) {
    String sql =
        "SELECT "
            + by.column()
            + " AS name, "
            + SUMS
            + " FROM ledger_call c WHERE "
            + (run.isPresent() ? "c.run_id = ?" : "c.started >= ?")
            + " GROUP BY "
            + by.column()
            + " ORDER BY "
            + by.column();
    return all(
        sql,
        query -> {
          if (run.isPresent()) {
            query.setString(1, run.get());
          } else {
            query.setLong(1, since.orElse(Instant.EPOCH).toEpochMilli());
          }
        },
        row -> usage(row, row.getString(1), 1));
  }

  List<RecordedRun> runs() {
    String host = Ledger.host();
    return all(RUNS, query -> {}, row -> run(row, host));
  }

  List<RecordedCall> calls(Optional<String> run, int max) {
    String sql =
        "SELECT started, verb, model, model_answered, component, run_id, custom_id, error,"
            + " attempts, total_ms, input_tokens, output_tokens, cost_pico_usd, prompt, answer"
            + " FROM ledger_call"
            + (run.isPresent() ? " WHERE run_id = ?" : "")
            + " ORDER BY started DESC, id LIMIT "
            + max;
    return all(
        sql,
        query -> {
          if (run.isPresent()) {
            query.setString(1, run.get());
          }
        },
        LedgerQueries::call);
  }

  /** The length of the results file at the time when all of its calls were recorded. */
  Optional<Long> settled(String run) {
    return all(
            "SELECT settled_bytes FROM ledger_run WHERE id = ? AND settled_bytes IS NOT NULL",
            query -> query.setString(1, run),
            row -> row.getLong(1))
        .stream()
        .findFirst();
  }

  private <T> List<T> all(String sql, StatementBinder binder, RowMapper<T> mapper) {
    try {
      Optional<Connection> connection = new LedgerTables(dialect).openToRead();
      if (connection.isEmpty()) {
        return List.of();
      }
      try (Connection open = connection.get();
          PreparedStatement query = open.prepareStatement(sql)) {
        binder.bind(query);
        List<T> all = new ArrayList<>();
        try (ResultSet row = query.executeQuery()) {
          while (row.next()) {
            all.add(mapper.map(row));
          }
        }
        return all;
      }
    } catch (SQLException e) {
      throw new SqlExceptionTranslator(dialect).translate(e, Access.READ_ONLY);
    }
  }

  private static UsageSummary usage(ResultSet row, String name, int offset) throws SQLException {
    return new UsageSummary(
        new UsageSummary.Values(
            name,
            row.getLong(offset + 1),
            row.getLong(offset + 2),
            row.getLong(offset + 3),
            row.getLong(offset + 4),
            row.getLong(offset + 5),
            row.getLong(offset + 6),
            row.getLong(offset + 7),
            money(row, offset + 8, offset + 11),
            row.getLong(offset + 9),
            row.getLong(offset + 10)));
  }

  /** A sum in two parts, so that no sum of whole numbers overflows. */
  static Optional<BigDecimal> money(ResultSet row, int millions, int rest) throws SQLException {
    BigDecimal pico = row.getBigDecimal(millions);
    return money(pico == null ? null : pico.scaleByPowerOfTen(6).add(row.getBigDecimal(rest)));
  }

  private static Optional<BigDecimal> money(@Nullable BigDecimal pico) {
    return Optional.ofNullable(pico).map(sum -> sum.divide(CallWrite.PICO).stripTrailingZeros());
  }

  private static RecordedRun run(ResultSet row, String host) throws SQLException {
    long ended = row.getLong(3);
    boolean hasEnded = !row.wasNull();
    boolean killed =
        !hasEnded
            && host.equals(row.getString(7))
            && ProcessHandle.of(row.getLong(8)).filter(ProcessHandle::isAlive).isEmpty();
    return new RecordedRun(
        new RecordedRun.Values(
            row.getString(1),
            Instant.ofEpochMilli(row.getLong(2)),
            hasEnded ? Optional.of(Instant.ofEpochMilli(ended)) : Optional.empty(),
            row.getString(4),
            row.getString(5),
            row.getString(6),
            killed ? "killed" : row.getString(9),
            row.getLong(10),
            hasEnded ? row.getLong(11) : row.getLong(13),
            failures(row.getString(12)),
            usage(row, row.getString(1), 13)));
  }

  /** The failed rows by code; none before the first end of a run. */
  private static Map<String, Long> failures(@Nullable String json) {
    Map<String, Long> failures = new TreeMap<>();
    if (json != null) {
      Json.mapper()
          .readTree(json)
          .properties()
          .forEach(each -> failures.put(each.getKey(), each.getValue().asLong()));
    }
    return failures;
  }

  private static RecordedCall call(ResultSet row) throws SQLException {
    return new RecordedCall(
        new RecordedCall.Values(
            Instant.ofEpochMilli(row.getLong(1)),
            row.getString(2),
            row.getString(3),
            text(row, 4),
            row.getString(5),
            text(row, 6),
            text(row, 7),
            text(row, 8),
            row.getInt(9),
            Duration.ofMillis(row.getLong(10)),
            row.getLong(11),
            row.getLong(12),
            money(row.getBigDecimal(13)),
            text(row, 14),
            text(row, 15)));
  }

  private static Optional<String> text(ResultSet row, int at) throws SQLException {
    return Optional.ofNullable(row.getString(at));
  }
}
