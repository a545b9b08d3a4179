package dev.synthlab.store;

import dev.synthlab.call.Attempt;
import dev.synthlab.call.CallMetadata;
import dev.synthlab.call.CallReport;
import dev.synthlab.call.Fault;
import dev.synthlab.call.Spend;
import dev.synthlab.logging.Redactor;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One call to insert into the ledger, with its attempts.
 *
 * @param id the primary key; for a call of a bulk run always the same, so that it is inserted once
 * @param within the id of the request that may have answered several rows, this one among them
 * @param report the report of the call; it has texts only if the ledger stores texts
 */
record CallWrite(String id, Optional<String> within, CallReport report) implements LedgerWrite {
  /** Amounts of money are stored as whole picodollars, so that sums are exact. */
  static final BigDecimal PICO = BigDecimal.TEN.pow(12);

  private static final BigDecimal MAX_PICO = PICO.scaleByPowerOfTen(5);

  static final String CALL =
      "INSERT INTO ledger_call (id, started, day, model, provider, key_alias, error, status,"
          + " request_id, trace_id, attempts, total_ms, held_ms, input_tokens, output_tokens,"
          + " cached_tokens, reasoning_tokens, cost_pico_usd, verb, operation, component, tags,"
          + " run_id, custom_id, repair, cached, model_answered, prices, paused_ms, first_text_ms,"
          + " prompt, answer) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
          + " ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING";
  static final String ATTEMPT =
      "INSERT INTO ledger_attempt (call_id, number, started, model, error, status, took_ms,"
          + " pause_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING";
  private static final int MAX_TEXT = 400;
  private static final int MAX_TAGS = 4_000;

  static CallWrite of(CallReport report) {
    CallMetadata.Attribution attribution = report.metadata().scope();
    String id =
        attribution.run().isPresent()
            ? runCallId(report, attribution.row().orElse(""))
            : uuid(report.started(), UUID.randomUUID());
    return new CallWrite(id, Optional.empty(), report);
  }

  /** A call that is read from the results of a bulk run. */
  static CallWrite replayed(CallReport report) {
    return new CallWrite(of(report).id(), Optional.of(runCallId(report, "")), report);
  }

  private static String runCallId(CallReport report, String row) {
    String name =
        report.metadata().scope().run().orElse("")
            + "\n"
            + row
            + "\n"
            + report.started().toString();
    return uuid(report.started(), UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)));
  }

  /** A UUID of version 7: it begins with the time, so that new rows go to the end of the index. */
  private static String uuid(Instant started, UUID other) {
    long time = (started.toEpochMilli() << 16) | 0x7000 | (other.getMostSignificantBits() & 0xfff);
    return new UUID(time, other.getLeastSignificantBits()).toString();
  }

  /** Whether one request may have answered several rows. */
  boolean isBatched() {
    return report.metadata().purpose().verb().equals("embeddings");
  }

  void addCall(PreparedStatement into) throws SQLException {
    addOutcome(into);
    addSpend(into);
    addMetadata(into);
    into.addBatch();
  }

  private void addOutcome(PreparedStatement into) throws SQLException {
    OptionalInt status =
        report.attempts().isEmpty() ? OptionalInt.empty() : report.attempts().getLast().status();
    into.setString(1, id);
    into.setLong(2, report.started().toEpochMilli());
    into.setString(3, report.started().atZone(ZoneOffset.UTC).toLocalDate().toString());
    into.setString(4, bounded(report.route().resource()));
    into.setString(5, bounded(report.route().base().toString()));
    into.setString(6, bounded(report.route().keyName()));
    into.setString(7, code(report.fault()));
    set(into, 8, status);
    into.setString(
        9,
        text(
            report
                .metadata()
                .answer()
                .requestId()
                .or(() -> report.fault().flatMap(Fault::requestId))));
    into.setString(10, text(report.metadata().scope().trace()));
    into.setInt(11, report.attempts().size());
    into.setLong(12, report.elapsed().toMillis());
    into.setLong(13, report.queued().toMillis());
  }

  private void addSpend(PreparedStatement into) throws SQLException {
    Spend spend = report.spend();
    into.setLong(14, spend.inputTokens());
    into.setLong(15, spend.outputTokens());
    into.setLong(16, spend.cachedTokens());
    into.setLong(17, spend.reasoningTokens());
    set(into, 18, spend.costUsd().map(CallWrite::pico));
  }

  private void addMetadata(PreparedStatement into) throws SQLException {
    CallMetadata metadata = report.metadata();
    into.setString(19, bounded(metadata.purpose().verb()));
    into.setString(20, text(metadata.purpose().operation()));
    into.setString(21, bounded(metadata.scope().component()));
    String tags = String.join(",", metadata.scope().tags());
    into.setString(22, tags.isEmpty() ? null : bounded(tags, MAX_TAGS));
    into.setString(23, text(metadata.scope().run()));
    into.setString(24, text(metadata.scope().row()));
    into.setInt(25, metadata.scope().repair() ? 1 : 0);
    into.setInt(26, metadata.answer().cached() ? 1 : 0);
    into.setString(27, text(metadata.answer().model()));
    into.setString(28, text(metadata.answer().prices()));
    into.setLong(29, report.attempts().stream().mapToLong(one -> one.backoff().toMillis()).sum());
    set(into, 30, metadata.answer().firstText().map(Duration::toMillis));
    into.setString(31, storable(metadata.answer().texts().map(CallMetadata.Content::prompt)));
    into.setString(32, storable(metadata.answer().texts().map(CallMetadata.Content::answer)));
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
      into.setLong(8, attempt.backoff().toMillis());
      into.addBatch();
    }
  }

  /** The price in the unit of the tables; one above 100,000 dollars is stored as 100,000. */
  static long pico(BigDecimal usd) {
    return usd.multiply(PICO).setScale(0, RoundingMode.HALF_UP).min(MAX_PICO).longValueExact();
  }

  private static @Nullable String code(Optional<Fault> fault) {
    return fault.map(Fault::resultCode).orElse(null);
  }

  private static @Nullable String text(Optional<String> text) {
    return text.map(CallWrite::bounded).orElse(null);
  }

  /** PostgreSQL cannot store NUL characters. */
  private static @Nullable String storable(Optional<String> text) {
    return text.map(value -> value.replace('\0', '\uFFFD')).orElse(null);
  }

  static String bounded(String text) {
    return bounded(text, MAX_TEXT);
  }

  static String bounded(String text, int max) {
    return Redactor.redactKnownBeginning(text, max).replace('\0', '\uFFFD');
  }

  private static void set(PreparedStatement into, int at, OptionalInt number) throws SQLException {
    if (number.isPresent()) {
      into.setInt(at, number.getAsInt());
    } else {
      into.setNull(at, Types.INTEGER);
    }
  }

  static void set(PreparedStatement into, int at, Optional<Long> number) throws SQLException {
    if (number.isPresent()) {
      into.setLong(at, number.get());
    } else {
      into.setNull(at, Types.BIGINT);
    }
  }
}
