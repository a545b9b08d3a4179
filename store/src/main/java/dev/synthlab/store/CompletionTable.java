package dev.synthlab.store;

import dev.synthlab.config.Settings;
import dev.synthlab.llm.CompletionCache.CachedCompletion;
import java.math.BigDecimal;
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

/** The table of cached completions, with its time to live and its maximum size. Immutable. */
final class CompletionTable {
  /** The version of the ledger's tables that has this table. */
  static final int SINCE = 3;

  private static final String PUT =
      "INSERT INTO kept_answer (request, created, used, hits, bytes, cost_pico_usd, model, answer)"
          + " VALUES (?, ?, ?, 0, ?, ?, ?, ?) ON CONFLICT (request) DO UPDATE SET"
          + " created = excluded.created, used = excluded.used, bytes = excluded.bytes,"
          + " cost_pico_usd = excluded.cost_pico_usd, model = excluded.model,"
          + " answer = excluded.answer";
  private static final String USED =
      "UPDATE kept_answer SET used = ?, hits = hits + 1 WHERE request = ?";
  private static final int MAX_NAME = 400;
  private static final int MAX_BATCH = 500;

  private final long timeToLive;
  private final long maxBytes;

  CompletionTable(Settings.Cache rules) {
    this.timeToLive = rules.timeToLive().toMillis();
    this.maxBytes = rules.maxMegabytes() * 1_000_000L;
  }

  /** A change of the table. */
  sealed interface Change {
    /** A completion is cached. */
    record Put(String key, CachedCompletion completion, Instant at) implements Change {
      long bytes() {
        return completion.json().getBytes(StandardCharsets.UTF_8).length;
      }
    }

    /** A cached completion was used. */
    record Used(String key, Instant at) implements Change {}
  }

  /** Whether the completion fits into the cache and both databases can store its text. */
  boolean accepts(CachedCompletion completion) {
    return completion.json().length() <= maxBytes / 4
        && completion.json().indexOf('\0') < 0
        && StandardCharsets.UTF_8.newEncoder().canEncode(completion.json());
  }

  /** The completions that are cached for these keys and not expired. */
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

  /** Applies the changes; returns the maximum number of bytes that they added. */
  long change(Connection connection, List<Change> changes) throws SQLException {
    long added = 0;
    try (PreparedStatement put = connection.prepareStatement(PUT);
        PreparedStatement used = connection.prepareStatement(USED)) {
      for (Change change : changes) {
        switch (change) {
          case Change.Put newest -> {
            long bytes = newest.bytes();
            added += bytes;
            put(put, newest, bytes);
          }
          case Change.Used hit -> {
            used.setLong(1, hit.at().toEpochMilli());
            used.setString(2, hit.key());
            used.addBatch();
          }
        }
      }
      put.executeBatch();
      used.executeBatch();
    }
    return added;
  }

  private static void put(PreparedStatement into, Change.Put newest, long bytes)
      throws SQLException {
    CachedCompletion completion = newest.completion();
    into.setString(1, newest.key());
    into.setLong(2, newest.at().toEpochMilli());
    into.setLong(3, newest.at().toEpochMilli());
    into.setLong(4, bytes);
    if (completion.costUsd().isPresent()) {
      into.setLong(5, CallWrite.pico(completion.costUsd().get()));
    } else {
      into.setNull(5, Types.BIGINT);
    }
    String model = completion.model();
    into.setString(6, model.substring(0, Math.min(model.length(), MAX_NAME)));
    into.setString(7, completion.json());
    into.addBatch();
  }

  /** Whether the cache may exceed its maximum size after this many new bytes. */
  boolean mayBeFull(long added) {
    return added > maxBytes / 16;
  }

  /** Deletes expired completions, and the least recently used ones while the cache is too large. */
  long trim(Connection connection, Instant now) throws SQLException {
    long deleted = 0;
    try (PreparedStatement old =
        connection.prepareStatement("DELETE FROM kept_answer WHERE created <= ?")) {
      old.setLong(1, now.toEpochMilli() - timeToLive);
      deleted += old.executeUpdate();
    }
    long bytes = number(connection, "SELECT sum(bytes) FROM kept_answer");
    // More than necessary: otherwise the next completion would exceed the maximum again.
    long target = bytes > maxBytes ? maxBytes - maxBytes / 8 : bytes;
    while (bytes > target) {
      long before = bytes;
      List<String> last = new ArrayList<>();
      bytes = bytes - leastRecentlyUsed(connection, bytes - target, last);
      delete(connection, last);
      deleted += last.size();
      if (bytes == before) {
        return deleted;
      }
    }
    return deleted;
  }

  private static long leastRecentlyUsed(Connection connection, long excess, List<String> into)
      throws SQLException {
    long bytes = 0;
    try (Statement query = connection.createStatement();
        ResultSet row =
            query.executeQuery(
                "SELECT request, bytes FROM kept_answer ORDER BY used LIMIT " + MAX_BATCH)) {
      while (bytes < excess && row.next()) {
        into.add(row.getString(1));
        bytes += row.getLong(2);
      }
    }
    return bytes;
  }

  private static void delete(Connection connection, List<String> keys) throws SQLException {
    try (PreparedStatement delete =
        connection.prepareStatement("DELETE FROM kept_answer WHERE request = ?")) {
      for (String key : keys) {
        delete.setString(1, key);
        delete.addBatch();
      }
      delete.executeBatch();
    }
  }

  /** Deletes everything. */
  static long clear(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      return statement.executeUpdate("DELETE FROM kept_answer");
    }
  }

  CacheStats stats(Connection connection, Instant now, String database) throws SQLException {
    String sql =
        "SELECT count(*), sum(CASE WHEN created <= ? THEN 1 ELSE 0 END), sum(bytes), sum(hits),"
            + " sum(hits * (cost_pico_usd / 1000000)), min(created),"
            + " sum(hits * (cost_pico_usd % 1000000)) FROM kept_answer";
    try (PreparedStatement query = connection.prepareStatement(sql)) {
      query.setLong(1, now.toEpochMilli() - timeToLive);
      try (ResultSet row = query.executeQuery()) {
        row.next();
        Optional<BigDecimal> saved = LedgerQueries.money(row, 5, 7);
        long first = row.getLong(6);
        return new CacheStats(
            new CacheStats.Values(
                row.getLong(1),
                row.getLong(2),
                row.getLong(3),
                row.getLong(4),
                saved,
                row.wasNull() || first == 0
                    ? Optional.empty()
                    : Optional.of(Instant.ofEpochMilli(first)),
                database));
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
