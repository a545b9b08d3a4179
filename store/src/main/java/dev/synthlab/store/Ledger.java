package dev.synthlab.store;

import dev.synthlab.call.CallRecorder;
import dev.synthlab.call.CallReport;
import dev.synthlab.call.Deadline;
import dev.synthlab.call.Retrying;
import dev.synthlab.call.Timer;
import dev.synthlab.config.Settings;
import dev.synthlab.logging.Logging;
import dev.synthlab.spans.Tracing;
import dev.synthlab.store.TransactionRules.Access;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * The record of every call: what it used, what it cost, how it failed. Calls put their entries into
 * a bounded queue; one thread writes them, many at a time. What cannot be written is counted, and
 * no call fails for it. Safe for use by many threads.
 */
public final class Ledger implements CallRecorder {
  private static final Logger log = Logging.component("ledger");
  private static final int MOST_QUEUED = 10_000;
  private static final int MOST_AT_ONCE = 1_000;
  private static final Duration LONGEST_OFFER = Duration.ofMillis(20);
  private static final Duration LONGEST_OUTAGE = Duration.ofSeconds(30);
  private static final Duration LONGEST_END = Duration.ofSeconds(5);

  private final Dialect dialect;
  private final Failures failures;
  private final LedgerTables tables;
  private final Timer timer;
  private final Retrying patience;

  /** An empty one is the last. */
  private final BlockingQueue<Optional<Entry>> queue = new ArrayBlockingQueue<>(MOST_QUEUED);

  private final AtomicLong lost = new AtomicLong();
  private final Thread writer;
  private volatile boolean closed;
  private volatile int inHand;
  private boolean warned;
  private @Nullable Connection open;

  private Ledger(Dialect dialect, Timer timer) {
    this.dialect = dialect;
    this.failures = new Failures(dialect);
    this.tables = new LedgerTables(dialect);
    this.timer = timer;
    this.patience =
        Retrying.by(timer, Integer.MAX_VALUE, Duration.ofMillis(50), Duration.ofSeconds(1));
    this.writer = Thread.ofPlatform().name("synthlab-ledger").daemon().unstarted(this::write);
    writer.start();
  }

  /**
   * A ledger at the place the settings name.
   *
   * @param settings where it is kept
   * @return nothing is opened before the first call has ended
   */
  public static Ledger of(Settings settings) {
    Timer timer = Timer.system();
    return new Ledger(dialect(settings, timer), timer);
  }

  static Dialect dialect(Settings settings, Timer timer) {
    Settings.Database how = settings.database();
    return settings
        .ledger()
        .server()
        .<Dialect>map(url -> new Postgres(url, how))
        .orElseGet(() -> new Sqlite(settings.paths().database(), how, timer));
  }

  @Override
  public void ended(CallReport report) {
    Optional<Entry> entry = Optional.of(Entry.of(report, Tracing.traceId()));
    try {
      if (closed || !queue.offer(entry, LONGEST_OFFER.toMillis(), TimeUnit.MILLISECONDS)) {
        lost.incrementAndGet();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      if (!queue.offer(entry)) {
        lost.incrementAndGet();
      }
    }
  }

  @Override
  public Optional<BigDecimal> costUsdSince(Instant begin) {
    try {
      Optional<Connection> there = tables.openToRead();
      return Optional.of(there.isPresent() ? cost(there.get(), begin) : BigDecimal.ZERO);
    } catch (SQLException e) {
      throw failures.of(e, Access.READ_ONLY);
    }
  }

  private static BigDecimal cost(Connection connection, Instant begin) throws SQLException {
    try (connection;
        PreparedStatement query =
            connection.prepareStatement(
                "SELECT sum(cost_pico_usd) FROM ledger_call WHERE started >= ?")) {
      query.setLong(1, begin.toEpochMilli());
      try (ResultSet row = query.executeQuery()) {
        BigDecimal pico = row.next() ? row.getBigDecimal(1) : null;
        return pico == null ? BigDecimal.ZERO : pico.divide(Entry.PICO);
      }
    }
  }

  /**
   * How many calls could not be recorded.
   *
   * @return goes on counting
   */
  public long lost() {
    return lost.get();
  }

  /** Writes what is queued, for five seconds at most, and says how much was lost. */
  @Override
  public void close() {
    closed = true;
    try {
      Deadline end = Deadline.in(timer, LONGEST_END);
      if (queue.offer(Optional.empty(), LONGEST_END.toMillis(), TimeUnit.MILLISECONDS)) {
        writer.join(Duration.ofMillis(Math.max(1, end.remaining().toMillis())));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (writer.isAlive()) {
      lost.addAndGet(queue.stream().filter(Optional::isPresent).count() + inHand);
    }
    if (lost.get() > 0) {
      log.warn("{} calls could not be recorded in {}", lost.get(), dialect.name());
    }
  }

  private void write() {
    List<Optional<Entry>> taken = new ArrayList<>();
    boolean more = true;
    while (more) {
      taken.clear();
      try {
        taken.add(queue.take());
      } catch (InterruptedException e) { // nobody may end this thread but close()
        continue;
      }
      queue.drainTo(taken, MOST_AT_ONCE - 1);
      more = taken.stream().allMatch(Optional::isPresent);
      keep(taken.stream().flatMap(Optional::stream).toList());
    }
    disconnect();
  }

  private void keep(List<Entry> batch) {
    inHand = batch.size();
    try {
      patience.run(
          Deadline.in(timer, LONGEST_OUTAGE),
          () -> {
            insert(batch);
            return batch;
          },
          this::mayPass);
    } catch (InterruptedException | SQLException | RuntimeException e) { // no call fails for it
      giveUp(batch, e);
    }
    inHand = 0;
  }

  private void giveUp(List<Entry> batch, Exception why) {
    disconnect();
    lost.addAndGet(batch.size());
    if (!warned) {
      warned = true;
      String words =
          why instanceof SQLException sql
              ? String.valueOf(failures.of(sql, Access.READ_WRITE).getMessage())
              : String.valueOf(why.getMessage());
      log.warn("calls go on, but are not recorded: {}", words);
    }
  }

  private boolean mayPass(Exception e) {
    disconnect();
    Optional<Ill> ill = failures.judge(e, Access.READ_WRITE);
    return ill.isPresent()
        && switch (ill.get()) {
          case LOST, TIMEOUT, CONFLICT, BUSY -> true;
          case UNAVAILABLE, DAMAGED, REFUSED -> false;
        };
  }

  private void insert(List<Entry> batch) throws SQLException {
    Connection connection = connected();
    dialect.begin(connection, TransactionRules.USUAL);
    try (PreparedStatement calls = connection.prepareStatement(Entry.CALL);
        PreparedStatement attempts = connection.prepareStatement(Entry.ATTEMPT)) {
      for (Entry entry : batch) {
        entry.addCall(calls);
        entry.addAttempts(attempts);
      }
      calls.executeBatch();
      attempts.executeBatch();
    }
    dialect.commit(connection);
  }

  private Connection connected() throws SQLException {
    Connection known = open;
    if (known == null) {
      known = tables.open();
      open = known;
    }
    return known;
  }

  private void disconnect() {
    Connection known = open;
    open = null;
    if (known != null) {
      try {
        known.close();
      } catch (SQLException e) {
        log.debug("the ledger's connection could not be closed: {}", e.toString());
      }
    }
  }

  /**
   * What was used according to the ledger at the place the settings name.
   *
   * @param settings where it is kept
   * @param since calls that began before are left out
   * @param by what they are counted by
   * @return in the order of their names; empty when nothing was recorded, and then nothing is made
   * @throws StoreException what the database says
   */
  public static List<Usage> usage(Settings settings, Instant since, Usage.By by) {
    Dialect dialect = dialect(settings, Timer.system());
    String sql =
        "SELECT "
            + by.column()
            + " AS name, count(*), count(error), sum(attempts), sum(input_tokens),"
            + " sum(output_tokens), sum(cached_tokens), sum(reasoning_tokens), sum(cost_pico_usd),"
            + " sum(CASE WHEN error IS NULL AND cost_pico_usd IS NULL THEN 1 ELSE 0 END)"
            + " FROM ledger_call WHERE started >= ? GROUP BY "
            + by.column()
            + " ORDER BY "
            + by.column();
    try {
      Optional<Connection> there = new LedgerTables(dialect).openToRead();
      return there.isPresent() ? usage(there.get(), sql, since) : List.of();
    } catch (SQLException e) {
      throw new Failures(dialect).of(e, Access.READ_ONLY);
    }
  }

  private static List<Usage> usage(Connection connection, String sql, Instant since)
      throws SQLException {
    try (connection;
        PreparedStatement query = connection.prepareStatement(sql)) {
      query.setLong(1, since.toEpochMilli());
      return read(query);
    }
  }

  private static List<Usage> read(PreparedStatement query) throws SQLException {
    List<Usage> all = new ArrayList<>();
    try (ResultSet row = query.executeQuery()) {
      while (row.next()) {
        Optional<BigDecimal> cost =
            Optional.ofNullable(row.getBigDecimal(9))
                .map(pico -> pico.divide(Entry.PICO).stripTrailingZeros());
        all.add(
            new Usage(
                row.getString(1),
                row.getLong(2),
                row.getLong(3),
                row.getLong(4),
                row.getLong(5),
                row.getLong(6),
                row.getLong(7),
                row.getLong(8),
                cost,
                row.getLong(10)));
      }
    }
    return all;
  }
}
