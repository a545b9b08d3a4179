package dev.synthlab.store;

import dev.synthlab.call.Attempt;
import dev.synthlab.call.CallReport;
import dev.synthlab.call.Fault;
import dev.synthlab.call.Spend;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One call as it stands in the ledger. It holds no text of a prompt, an answer or a server. */
record Entry(String id, CallReport report, Optional<String> trace) {
  /** Sums of money are whole numbers of these, so that they add up to the cent. */
  static final BigDecimal PICO = BigDecimal.TEN.pow(12);

  static final String CALL =
      "INSERT INTO ledger_call (id, started, day, model, provider, key_alias, error, status,"
          + " request_id, trace_id, attempts, total_ms, held_ms, input_tokens, output_tokens,"
          + " cached_tokens, reasoning_tokens, cost_pico_usd)"
          + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING";
  static final String ATTEMPT =
      "INSERT INTO ledger_attempt (call_id, number, started, model, error, status, took_ms,"
          + " pause_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING";
  private static final int LONGEST = 400;

  static Entry of(CallReport report, Optional<String> trace) {
    return new Entry(UUID.randomUUID().toString(), report, trace);
  }

  void addCall(PreparedStatement into) throws SQLException {
    Spend spend = report.spend();
    OptionalInt status =
        report.attempts().isEmpty() ? OptionalInt.empty() : report.attempts().getLast().status();
    into.setString(1, id);
    into.setLong(2, report.started().toEpochMilli());
    into.setString(3, report.started().atZone(ZoneOffset.UTC).toLocalDate().toString());
    into.setString(4, bounded(report.route().resource()));
    into.setString(5, bounded(report.route().base().toString()));
    into.setString(6, bounded(report.route().keyAlias()));
    into.setString(7, code(report.fault()));
    set(into, 8, status);
    into.setString(9, report.fault().flatMap(Fault::requestId).map(Entry::bounded).orElse(null));
    into.setString(10, trace.orElse(null));
    into.setInt(11, report.attempts().size());
    into.setLong(12, report.elapsed().toMillis());
    into.setLong(13, report.held().toMillis());
    into.setLong(14, spend.inputTokens());
    into.setLong(15, spend.outputTokens());
    into.setLong(16, spend.cachedTokens());
    into.setLong(17, spend.reasoningTokens());
    if (spend.costUsd().isPresent()) {
      into.setLong(18, pico(spend.costUsd().get()));
    } else {
      into.setNull(18, Types.BIGINT);
    }
    into.addBatch();
  }

  void addAttempts(PreparedStatement into) throws SQLException {
    for (Attempt attempt : report.attempts()) {
      into.setString(1, id);
      into.setInt(2, attempt.number());
      into.setLong(3, attempt.started().toEpochMilli());
      into.setString(4, bounded(attempt.route().resource()));
      into.setString(5, code(attempt.fault()));
      set(into, 6, attempt.status());
      into.setLong(7, attempt.took().toMillis());
      into.setLong(8, attempt.pauseAfter().toMillis());
      into.addBatch();
    }
  }

  private static long pico(BigDecimal usd) {
    return usd.multiply(PICO).setScale(0, RoundingMode.HALF_UP).longValue();
  }

  private static @Nullable String code(Optional<Fault> fault) {
    return fault.map(Fault::kind).map(Fault.Kind::code).orElse(null);
  }

  private static String bounded(String text) {
    return text.length() <= LONGEST ? text : text.substring(0, LONGEST);
  }

  private static void set(PreparedStatement into, int at, OptionalInt number) throws SQLException {
    if (number.isPresent()) {
      into.setInt(at, number.getAsInt());
    } else {
      into.setNull(at, Types.INTEGER);
    }
  }
}
