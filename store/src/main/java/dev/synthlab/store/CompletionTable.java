package dev.synthlab.store;

import dev.synthlab.config.Settings;
import dev.synthlab.llm.CompletionCache.CachedCompletion;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The table of kept answers: how long they are good, and how much there may be. Immutable. */
final class CompletionTable {
  /** The version of the ledger's tables that brought it. */
  static final int SINCE = 3;

  private static final String KEEP =
      "INSERT INTO kept_answer (request, created, used, hits, bytes, cost_pico_usd, model, answer)"
          + " VALUES (?, ?, ?, 0, ?, ?, ?, ?) ON CONFLICT (request) DO UPDATE SET"
          + " created = excluded.created, used = excluded.used, bytes = excluded.bytes,"
          + " cost_pico_usd = excluded.cost_pico_usd, model = excluded.model,"
          + " answer = excluded.answer";
  private static final String USED =
      "UPDATE kept_answer SET used = ?, hits = hits + 1 WHERE request = ?";
  private static final int MAX_NAME = 400;
  private static final int MAX_AT_ONCE = 500;

  private final long timeToLive;
  private final long maxBytes;

  CompletionTable(Settings.Cache rules) {
    this.timeToLive = rules.timeToLive().toMillis();
    this.maxBytes = rules.maxMegabytes() * 1_000_000L;
  }

  /** What happens to an answer. */
  sealed interface Change {
    /** It is kept. */
    record Keep(String key, CachedCompletion answer, Instant at) implements Change {
      long bytes() {
        return answer.json().getBytes(StandardCharsets.UTF_8).length;
      }
    }

    /** It was given in place of a request. */
    record Used(String key, Instant at) implements Change {}
  }

  /** Whether there is room for it at all, and both databases can hold its text. */
  boolean takes(CachedCompletion answer) {
    return answer.json().length() <= maxBytes / 4
        && answer.json().indexOf('\0') < 0
        && StandardCharsets.UTF_8.newEncoder().canEncode(answer.json());
  }

  /** Those of the answers that are there, and not too old. */
  Map<String, CachedCompletion> find(Connection connection, List<String> keys, Instant now)
      throws SQLException {
    String sql =
        "SELECT request, model, answer, cost_pico_usd FROM kept_answer WHERE created > ?"
            + " AND request IN ("
            + String.join(", ", Collections.nCopies(keys.size(), "?"))
            + ")";
    Map<String, CachedCompletion> found = new HashMap<>();
    try (PreparedStatement query = connection.prepareStatement(sql)) {
      query.setLong(1, now.toEpochMilli() - timeToLive);
      for (int i = 0; i < keys.size(); i++) {
        query.setString(i + 2, keys.get(i));
      }
      try (ResultSet row = query.executeQuery()) {
        while (row.next()) {
          found.put(
              row.getString(1),
              new CachedCompletion(row.getString(2), row.getString(3), usd(row, 4)));
        }
      }
    }
    return found;
  }

  /** Does what is to be done; says how many bytes were added at most. */
  long change(Connection connection, List<Change> changes) throws SQLException {
    long added = 0;
    try (PreparedStatement keep = connection.prepareStatement(KEEP);
        PreparedStatement used = connection.prepareStatement(USED)) {
      for (Change change : changes) {
        switch (change) {
          case Change.Keep kept -> {
            long bytes = kept.bytes();
            added += bytes;
            keep(keep, kept, bytes);
          }
          case Change.Used again -> {
            used.setLong(1, again.at().toEpochMilli());
            used.setString(2, again.key());
            used.addBatch();
          }
        }
      }
      keep.executeBatch();
      used.executeBatch();
    }
    return added;
  }

  private static void keep(PreparedStatement into, Change.Keep kept, long bytes)
      throws SQLException {
    CachedCompletion answer = kept.answer();
    into.setString(1, kept.key());
    into.setLong(2, kept.at().toEpochMilli());
    into.setLong(3, kept.at().toEpochMilli());
    into.setLong(4, bytes);
    if (answer.costUsd().isPresent()) {
      BigDecimal pico = answer.costUsd().get().multiply(CallWrite.PICO);
      into.setLong(5, pico.setScale(0, RoundingMode.HALF_UP).longValue());
    } else {
      into.setNull(5, Types.BIGINT);
    }
    String model = answer.model();
    into.setString(6, model.substring(0, Math.min(model.length(), MAX_NAME)));
    into.setString(7, answer.json());
    into.addBatch();
  }

  /** Whether so many bytes more may have passed the bound. */
  boolean mayBeFull(long added) {
    return added > maxBytes / 16;
  }

  /** Drops what is too old, and what was not asked for longest as long as there is too much. */
  long trim(Connection connection, Instant now) throws SQLException {
    long dropped = 0;
    try (PreparedStatement old =
        connection.prepareStatement("DELETE FROM kept_answer WHERE created <= ?")) {
      old.setLong(1, now.toEpochMilli() - timeToLive);
      dropped += old.executeUpdate();
    }
    long bytes = number(connection, "SELECT sum(bytes) FROM kept_answer");
    // A little more than needed: else the next answer would be too much again.
    long wanted = bytes > maxBytes ? maxBytes - maxBytes / 8 : bytes;
    while (bytes > wanted) {
      long before = bytes;
      List<String> last = new ArrayList<>();
      bytes = bytes - minUsed(connection, bytes - wanted, last);
      drop(connection, last);
      dropped += last.size();
      if (bytes == before) {
        return dropped;
      }
    }
    return dropped;
  }

  private static long minUsed(Connection connection, long tooMuch, List<String> into)
      throws SQLException {
    long bytes = 0;
    try (Statement query = connection.createStatement();
        ResultSet row =
            query.executeQuery(
                "SELECT request, bytes FROM kept_answer ORDER BY used LIMIT " + MAX_AT_ONCE)) {
      while (bytes < tooMuch && row.next()) {
        into.add(row.getString(1));
        bytes += row.getLong(2);
      }
    }
    return bytes;
  }

  private static void drop(Connection connection, List<String> keys) throws SQLException {
    try (PreparedStatement drop =
        connection.prepareStatement("DELETE FROM kept_answer WHERE request = ?")) {
      for (String key : keys) {
        drop.setString(1, key);
        drop.addBatch();
      }
      drop.executeBatch();
    }
  }

  /** Drops everything. */
  static long clear(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      return statement.executeUpdate("DELETE FROM kept_answer");
    }
  }

  CacheStats stats(Connection connection, Instant now, String place) throws SQLException {
    String sql =
        "SELECT count(*), sum(CASE WHEN created <= ? THEN 1 ELSE 0 END), sum(bytes), sum(hits),"
            + " sum(hits * cost_pico_usd), min(created) FROM kept_answer";
    try (PreparedStatement query = connection.prepareStatement(sql)) {
      query.setLong(1, now.toEpochMilli() - timeToLive);
      try (ResultSet row = query.executeQuery()) {
        row.next();
        Optional<BigDecimal> saved = usd(row, 5);
        long first = row.getLong(6);
        return new CacheStats(
            row.getLong(1),
            row.getLong(2),
            row.getLong(3),
            row.getLong(4),
            saved,
            row.wasNull() || first == 0
                ? Optional.empty()
                : Optional.of(Instant.ofEpochMilli(first)),
            place);
      }
    }
  }

  private static long number(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      return row.next() ? row.getLong(1) : 0;
    }
  }

  private static Optional<BigDecimal> usd(ResultSet row, int at) throws SQLException {
    return Optional.ofNullable(row.getBigDecimal(at))
        .map(pico -> pico.divide(CallWrite.PICO).stripTrailingZeros());
  }
}
