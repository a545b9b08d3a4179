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
 * The ledger: a database table with one row per call, with its tokens, its cost and its error.
 * Calls put their rows into a bounded queue; one thread writes them in batches. Rows that cannot be
 * written are counted, and no call fails because of them. Thread-safe.
 */
public final class Ledger implements CallRecorder, RunRecorder {
  private static final Logger log = Logging.component("ledger");
  private static final int MAX_QUEUED = 10_000;
  private static final int MAX_BATCH = 1_000;
  private static final Duration MAX_OFFER = Duration.ofMillis(20);
  private static final Duration MAX_OUTAGE = Duration.ofSeconds(30);
  private static final Duration MAX_CLOSE = Duration.ofSeconds(5);

  private final Dialect dialect;
  private final SqlExceptionTranslator translator;
  private final LedgerTables tables;
  private final Timer timer;
  private final Retry retry;

  private final BlockingQueue<LedgerWrite> queue = new ArrayBlockingQueue<>(MAX_QUEUED);
  private final boolean storesTexts;

  private final AtomicLong lost = new AtomicLong();
  private final Thread writer;
  private volatile boolean closed;
  private volatile int unconfirmed;
  private volatile boolean warned;
  private @Nullable Connection open;
  private boolean connectedOnce;

  private Ledger(Dialect dialect, Timer timer, boolean storesTexts) {
    this.dialect = dialect;
    this.storesTexts = storesTexts;
    this.translator = new SqlExceptionTranslator(dialect);
    this.tables = new LedgerTables(dialect);
    this.timer = timer;
    this.retry = Retry.by(timer, Integer.MAX_VALUE, Duration.ofMillis(50), Duration.ofSeconds(1));
    this.writer = Thread.ofPlatform().name("synthlab-ledger").daemon().unstarted(this::write);
    writer.start();
  }

  /**
   * Opens the ledger in the database that the settings name.
   *
   * @param settings the database of the ledger
   * @return a ledger that connects when the first call ends
   */
  public static Ledger of(Settings settings) {
    Timer timer = Timer.system();
    return new Ledger(dialect(settings, timer), timer, settings.ledger().texts());
  }

  static Dialect dialect(Settings settings, Timer timer) {
    return Dialect.of(settings.ledger().server(), settings, timer);
  }

  @Override
  public boolean wantsTexts() {
    return storesTexts;
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
      log.debug("the ledger cannot be read: {}", e.getMessage());
      return false;
    }
  }

  @Override
  public void begun(Start start) {
    put(new RunWrite.Begun(start, host(), ProcessHandle.current().pid()), MAX_OFFER);
  }

  /**
   * Waits while the queue is full: there may be a million calls, and nothing else waits for them.
   */
  @Override
  public void replayed(CallReport report) {
    put(CallWrite.replayed(report), lost.get() == 0 ? MAX_OUTAGE : MAX_OFFER);
  }

  @Override
  public void ended(String run, End end) {
    put(new RunWrite.Ended(run, end, true), MAX_OFFER);
  }

  private void put(LedgerWrite write, Duration within) {
    try {
      if (closed || !queue.offer(write, within.toMillis(), TimeUnit.MILLISECONDS)) {
        lost.incrementAndGet();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      if (!queue.offer(write)) {
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
      Optional<Connection> connection = tables.openToRead();
      return Optional.of(connection.isPresent() ? cost(connection.get(), begin) : BigDecimal.ZERO);
    } catch (SQLException e) {
      throw translator.translate(e, Access.READ_ONLY);
    }
  }

  private static BigDecimal cost(Connection connection, Instant begin) throws SQLException {
    try (connection;
        PreparedStatement query =
            connection.prepareStatement(
                "SELECT sum(cost_pico_usd / 1000000), sum(cost_pico_usd % 1000000) FROM ledger_call"
                    + " WHERE started >= ?")) {
      query.setLong(1, begin.toEpochMilli());
      try (ResultSet row = query.executeQuery()) {
        return row.next()
            ? LedgerQueries.money(row, 1, 2).orElse(BigDecimal.ZERO)
            : BigDecimal.ZERO;
      }
    }
  }

  /**
   * The number of calls that could not be recorded.
   *
   * @return the number so far
   */
  public long lost() {
    return lost.get();
  }

  /** Writes what is queued, for at most five seconds, and logs the number of lost calls. */
  @Override
  public void close() {
    closed = true;
    try {
      Deadline end = Deadline.in(timer, MAX_CLOSE);
      if (queue.offer(new LedgerWrite.Last(), MAX_CLOSE.toMillis(), TimeUnit.MILLISECONDS)) {
        writer.join(Duration.ofMillis(Math.max(1, end.remaining().toMillis())));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (writer.isAlive()) {
      lost.addAndGet(queue.stream().filter(CallWrite.class::isInstance).count() + unconfirmed);
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
      } catch (InterruptedException e) { // only close() ends this thread
        continue;
      }
      queue.drainTo(taken, MAX_BATCH - 1);
      more = taken.stream().noneMatch(LedgerWrite.Last.class::isInstance);
      write(taken);
    }
    disconnect();
  }

  private void write(List<LedgerWrite> batch) {
    unconfirmed = count(batch);
    try {
      retry.run(
          Deadline.in(timer, MAX_OUTAGE),
          () -> {
            insert(batch);
            return batch;
          },
          this::isTransient);
    } catch (InterruptedException
        | SQLException
        | RuntimeException e) { // a call never fails because of the ledger
      giveUp(batch, e);
    }
    unconfirmed = 0;
  }

  private static int count(List<LedgerWrite> batch) {
    return (int) batch.stream().filter(CallWrite.class::isInstance).count();
  }

  private void giveUp(List<LedgerWrite> batch, Exception reason) {
    disconnect();
    lost.addAndGet(count(batch));
    if (!warned) {
      warned = true;
      String message =
          reason instanceof SQLException sql
              ? String.valueOf(translator.translate(sql, Access.READ_WRITE).getMessage())
              : String.valueOf(reason.getMessage());
      log.warn("calls continue, but are not recorded: {}", message);
    }
  }

  /** A server that was never reached is not waited for: a short command would seem to hang. */
  private boolean isTransient(Exception e) {
    disconnect();
    Optional<FailureKind> kind = translator.classify(e, Access.READ_WRITE);
    return kind.isPresent()
        && switch (kind.get()) {
          case LOST, TIMEOUT -> connectedOnce;
          case CONFLICT, BUSY -> true;
          case UNAVAILABLE, DAMAGED, REFUSED -> false;
        };
  }

  private void insert(List<LedgerWrite> batch) throws SQLException {
    Connection connection = connected();
    dialect.begin(connection, TransactionOptions.DEFAULT);
    try (PreparedStatement calls = connection.prepareStatement(CallWrite.CALL);
        PreparedStatement attempts = connection.prepareStatement(CallWrite.ATTEMPT)) {
      for (LedgerWrite write : batch) {
        switch (write) {
          case CallWrite call -> {
            if (!isPartOfRecordedRequest(connection, call)) {
              call.addCall(calls);
              call.addAttempts(attempts);
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

  /** Whether the request that answered several rows is recorded already. */
  private static boolean isPartOfRecordedRequest(Connection connection, CallWrite call)
      throws SQLException {
    if (call.within().isEmpty() || !call.isBatched()) {
      return false;
    }
    try (PreparedStatement query =
        connection.prepareStatement("SELECT 1 FROM ledger_call WHERE id = ?")) {
      query.setString(1, call.within().get());
      try (ResultSet found = query.executeQuery()) {
        return found.next();
      }
    }
  }

  private Connection connected() throws SQLException {
    Connection current = open;
    if (current == null) {
      current = tables.open();
      open = current;
      connectedOnce = true;
    }
    return current;
  }

  private void disconnect() {
    Connection current = open;
    open = null;
    if (current != null) {
      try {
        current.close();
      } catch (SQLException e) {
        log.debug("the ledger's connection could not be closed: {}", e.toString());
      }
    }
  }

  /**
   * Sums up the recorded calls.
   *
   * @param settings the database of the ledger
   * @param since the earliest beginning of a call
   * @param by what calls are grouped by
   * @return the groups in the order of their names; empty when nothing was recorded; no file or
   *     table is created
   * @throws StoreException if the database cannot be read
   */
  public static List<UsageSummary> usage(
      Settings settings, Instant since, UsageSummary.GroupBy by) {
    return queries(settings).usage(by, Optional.of(since), Optional.empty());
  }

  /**
   * Sums up the recorded calls of a bulk run.
   *
   * @param settings the database of the ledger
   * @param run the id of the run
   * @param by what calls are grouped by
   * @return the groups in the order of their names; empty when nothing was recorded
   * @throws StoreException if the database cannot be read
   */
  public static List<UsageSummary> usage(Settings settings, String run, UsageSummary.GroupBy by) {
    return queries(settings).usage(by, Optional.empty(), Optional.of(run));
  }

  /**
   * Lists the recorded bulk runs.
   *
   * @param settings the database of the ledger
   * @return the runs, the last one that was started or resumed first; empty when nothing was
   *     recorded; no file or table is created
   * @throws StoreException if the database cannot be read
   */
  public static List<RecordedRun> runs(Settings settings) {
    return queries(settings).runs();
  }

  /**
   * Lists the recorded calls of a bulk run, or all recorded calls.
   *
   * @param settings the database of the ledger
   * @param run the id of the run; empty for all calls
   * @param max the maximum number of calls
   * @return the calls, the newest first; empty when nothing was recorded; no file or table is
   *     created
   * @throws StoreException if the database cannot be read
   */
  public static List<RecordedCall> calls(Settings settings, Optional<String> run, int max) {
    return queries(settings).calls(run, max);
  }

  private static LedgerQueries queries(Settings settings) {
    return new LedgerQueries(dialect(settings, Timer.system()));
  }
}
