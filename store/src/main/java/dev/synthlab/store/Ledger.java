package dev.synthlab.store;

import dev.synthlab.call.CallRecorder;
import dev.synthlab.call.CallReport;
import dev.synthlab.call.Deadline;
import dev.synthlab.call.Retry;
import dev.synthlab.call.RunRecorder;
import dev.synthlab.call.Timer;
import dev.synthlab.config.Settings;
import dev.synthlab.logging.Logging;
import dev.synthlab.store.TransactionOptions.Access;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.UnknownHostException;
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
public final class Ledger implements CallRecorder, RunRecorder {
  private static final Logger log = Logging.component("ledger");
  private static final int MAX_QUEUED = 10_000;
  private static final int MAX_AT_ONCE = 1_000;
  private static final Duration MAX_OFFER = Duration.ofMillis(20);
  private static final Duration MAX_OUTAGE = Duration.ofSeconds(30);
  private static final Duration MAX_END = Duration.ofSeconds(5);

  private final Dialect dialect;
  private final SqlExceptionTranslator failures;
  private final LedgerTables tables;
  private final Timer timer;
  private final Retry patience;

  private final BlockingQueue<LedgerWrite> queue = new ArrayBlockingQueue<>(MAX_QUEUED);
  private final boolean texts;

  private final AtomicLong lost = new AtomicLong();
  private final Thread writer;
  private volatile boolean closed;
  private volatile int inHand;
  private volatile boolean warned;
  private @Nullable Connection open;
  private boolean reached;

  private Ledger(Dialect dialect, Timer timer, boolean texts) {
    this.dialect = dialect;
    this.texts = texts;
    this.failures = new SqlExceptionTranslator(dialect);
    this.tables = new LedgerTables(dialect);
    this.timer = timer;
    this.patience =
        Retry.by(timer, Integer.MAX_VALUE, Duration.ofMillis(50), Duration.ofSeconds(1));
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
    return new Ledger(dialect(settings, timer), timer, settings.ledger().texts());
  }

  static Dialect dialect(Settings settings, Timer timer) {
    Settings.Database how = settings.database();
    return settings
        .ledger()
        .server()
        .<Dialect>map(url -> new Postgres(url, how))
        .orElseGet(() -> Sqlite.of(settings, timer));
  }

  @Override
  public boolean wantsTexts() {
    return texts;
  }

  @Override
  public void ended(CallReport report) {
    put(CallWrite.of(report), MAX_OFFER);
  }

  @Override
  public boolean knows(String run, long length) {
    try {
      return new LedgerQueries(dialect).settled(run).filter(bytes -> bytes == length).isPresent();
    } catch (StoreException e) {
      log.debug("it is not known what the ledger has of a run: {}", e.getMessage());
      return false;
    }
  }

  @Override
  public void begun(Start start) {
    put(new RunWrite.Begun(start, host(), ProcessHandle.current().pid()), MAX_OFFER);
  }

  /** Waits for the writer: there may be a million, and no server waits for them. */
  @Override
  public void replayed(CallReport report) {
    put(CallWrite.replayed(report), lost.get() == 0 ? MAX_OUTAGE : MAX_OFFER);
  }

  @Override
  public void ended(String run, End end) {
    put(new RunWrite.Ended(run, end, true), MAX_OFFER);
  }

  private void put(LedgerWrite note, Duration within) {
    try {
      if (closed || !queue.offer(note, within.toMillis(), TimeUnit.MILLISECONDS)) {
        lost.incrementAndGet();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      if (!queue.offer(note)) {
        lost.incrementAndGet();
      }
    }
  }

  static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "localhost";
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
        return pico == null ? BigDecimal.ZERO : pico.divide(CallWrite.PICO);
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
      Deadline end = Deadline.in(timer, MAX_END);
      if (queue.offer(new LedgerWrite.Last(), MAX_END.toMillis(), TimeUnit.MILLISECONDS)) {
        writer.join(Duration.ofMillis(Math.max(1, end.remaining().toMillis())));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (writer.isAlive()) {
      lost.addAndGet(queue.stream().filter(CallWrite.class::isInstance).count() + inHand);
    }
    if (lost.get() > 0 && !warned) {
      log.warn("{} calls could not be recorded in {}", lost.get(), dialect.name());
    } else if (lost.get() > 1) {
      log.info("{} calls could not be recorded in {}", lost.get(), dialect.name());
    }
  }

  private void write() {
    List<LedgerWrite> taken = new ArrayList<>();
    boolean more = true;
    while (more) {
      taken.clear();
      try {
        taken.add(queue.take());
      } catch (InterruptedException e) { // nobody may end this thread but close()
        continue;
      }
      queue.drainTo(taken, MAX_AT_ONCE - 1);
      more = taken.stream().noneMatch(LedgerWrite.Last.class::isInstance);
      keep(taken);
    }
    disconnect();
  }

  private void keep(List<LedgerWrite> batch) {
    inHand = count(batch);
    try {
      patience.run(
          Deadline.in(timer, MAX_OUTAGE),
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

  private static int count(List<LedgerWrite> batch) {
    return (int) batch.stream().filter(CallWrite.class::isInstance).count();
  }

  private void giveUp(List<LedgerWrite> batch, Exception reason) {
    disconnect();
    lost.addAndGet(count(batch));
    if (!warned) {
      warned = true;
      String words =
          reason instanceof SQLException sql
              ? String.valueOf(failures.of(sql, Access.READ_WRITE).getMessage())
              : String.valueOf(reason.getMessage());
      log.warn("calls go on, but are not recorded: {}", words);
    }
  }

  /** Who was never reached is not waited for: a short command would seem to hang. */
  private boolean mayPass(Exception e) {
    disconnect();
    Optional<FailureKind> ill = failures.judge(e, Access.READ_WRITE);
    return ill.isPresent()
        && switch (ill.get()) {
          case LOST, TIMEOUT -> reached;
          case CONFLICT, BUSY -> true;
          case UNAVAILABLE, DAMAGED, REFUSED -> false;
        };
  }

  private void insert(List<LedgerWrite> batch) throws SQLException {
    Connection connection = connected();
    dialect.begin(connection, TransactionOptions.DEFAULT);
    try (PreparedStatement calls = connection.prepareStatement(CallWrite.CALL);
        PreparedStatement attempts = connection.prepareStatement(CallWrite.ATTEMPT)) {
      for (LedgerWrite note : batch) {
        switch (note) {
          case CallWrite entry -> {
            if (!standsWithin(connection, entry)) {
              entry.addCall(calls);
              entry.addAttempts(attempts);
            }
          }
          case RunWrite.Ended ended ->
              (lost.get() == 0 ? ended : ended.unsettled()).write(connection);
          case RunWrite.Begun begun -> begun.write(connection);
          case LedgerWrite.Last last -> {}
        }
      }
      calls.executeBatch();
      attempts.executeBatch();
    }
    dialect.commit(connection);
  }

  /** Whether the request that brought this answer among others is known as a whole. */
  private static boolean standsWithin(Connection connection, CallWrite entry) throws SQLException {
    if (entry.within().isEmpty() || !entry.gathers()) {
      return false;
    }
    try (PreparedStatement query =
        connection.prepareStatement("SELECT 1 FROM ledger_call WHERE id = ?")) {
      query.setString(1, entry.within().get());
      try (ResultSet found = query.executeQuery()) {
        return found.next();
      }
    }
  }

  private Connection connected() throws SQLException {
    Connection known = open;
    if (known == null) {
      known = tables.open();
      open = known;
      reached = true;
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
  public static List<UsageSummary> usage(
      Settings settings, Instant since, UsageSummary.GroupBy by) {
    return queries(settings).usage(by, Optional.of(since), Optional.empty());
  }

  /**
   * What one bulk run used.
   *
   * @param settings where it is kept
   * @param run the name of the run
   * @param by what its calls are counted by
   * @return in the order of their names; empty when nothing of it was recorded
   * @throws StoreException what the database says
   */
  public static List<UsageSummary> usage(Settings settings, String run, UsageSummary.GroupBy by) {
    return queries(settings).usage(by, Optional.empty(), Optional.of(run));
  }

  /**
   * The bulk runs that were recorded.
   *
   * @param settings where they are kept
   * @return the one that went on last first; empty when there is none, and then nothing is made
   * @throws StoreException what the database says
   */
  public static List<RecordedRun> runs(Settings settings) {
    return queries(settings).runs();
  }

  /**
   * The calls of a bulk run, or of all work.
   *
   * @param settings where they are kept
   * @param run the name of the run, or empty for all
   * @param max how many at most
   * @return the youngest first; empty when there is none, and then nothing is made
   * @throws StoreException what the database says
   */
  public static List<RecordedCall> calls(Settings settings, Optional<String> run, int max) {
    return queries(settings).calls(run, max);
  }

  private static LedgerQueries queries(Settings settings) {
    return new LedgerQueries(dialect(settings, Timer.system()));
  }
}
