package dev.synthlab.store;

import dev.synthlab.call.Deadline;
import dev.synthlab.call.Retry;
import dev.synthlab.call.Timer;
import dev.synthlab.logging.Logging;
import dev.synthlab.store.TransactionOptions.Access;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.transaction.TransactionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * The writer of a SQLite file, of which there can be one at a time. Who waits in line for it goes
 * on in the transaction of those before, as a part that can be undone alone; one commit then makes
 * the work of all of them durable, and nobody's work counts as done before that. Safe for use by
 * many threads.
 */
final class GroupCommitWriter {
  private static final Logger log = Logging.component("store");
  private static final int MAX_TASKS = 256;
  private static final Duration MAX_AGE = Duration.ofMillis(20);
  private static final String PART = "member";

  private final Pool pool;
  private final Dialect dialect;
  private final Timer timer;
  private final Retry locks;
  private final ReentrantLock lock = new ReentrantLock();
  private final ArrayDeque<Ticket> line = new ArrayDeque<>();
  private boolean taken;

  /** Touched only by whoever has the turn. */
  private @Nullable Group open;

  GroupCommitWriter(Pool pool, Dialect dialect, Timer timer) {
    this.pool = pool;
    this.dialect = dialect;
    this.timer = timer;
    this.locks = BusyRetryStatements.waiting(timer);
  }

  /**
   * What is done in a transaction.
   *
   * @param <R> what it gives
   */
  interface Task<R> {
    R on(Handle handle) throws Exception;
  }

  /** A place in the line. */
  private static final class Ticket {
    private final Condition come;
    private final boolean alone;
    private boolean has;

    Ticket(Condition come, boolean alone) {
      this.come = come;
      this.alone = alone;
    }
  }

  /** The transaction was rolled back, not for what this member did. */
  private static final class RolledBack extends Exception {
    private static final long serialVersionUID = 1L;
  }

  /** One transaction of several members, on one connection. For whoever has the turn. */
  private final class Group {
    private final Pool.BorrowedConnection lent;
    private final CompletableFuture<Optional<Exception>> end = new CompletableFuture<>();
    private int members;
    private long since;
    private boolean broken;

    Group(Pool.BorrowedConnection lent) {
      this.lent = lent;
    }

    boolean takesMore() {
      return !broken && members < MAX_TASKS && timer.nanos() - since < MAX_AGE.toNanos();
    }

    <R> R member(Task<R> work) throws Exception {
      members++;
      say("SAVEPOINT " + PART);
      boolean good = false;
      try {
        R result = work.on(lent.handle());
        say("RELEASE " + PART);
        good = true;
        return result;
      } finally {
        if (!good) {
          undo();
        }
        if (members == 1) {
          since = timer.nanos(); // that one waits from now on
        }
      }
    }

    private void undo() {
      try {
        say("ROLLBACK TO " + PART);
        say("RELEASE " + PART);
      } catch (TransactionException e) { // SQLite has rolled back everything: a full disk does that
        broken = true;
      }
    }

    private void say(String sql) {
      try (Statement statement = connection().createStatement()) {
        statement.execute(sql);
      } catch (SQLException e) {
        throw new TransactionException("the transaction could not go on", e);
      }
    }

    private Connection connection() {
      return lent.handle().getConnection();
    }

    void finish() {
      Optional<Exception> fault = Optional.empty();
      try {
        if (broken) {
          fault = Optional.of(new RolledBack());
          dialect.rollback(connection());
        } else {
          dialect.commit(connection());
        }
      } catch (SQLException e) {
        fault = fault.or(() -> Optional.of(notCommitted(e)));
      } finally {
        give(fault);
      }
    }

    private Exception notCommitted(SQLException e) {
      try {
        dialect.rollback(connection());
      } catch (SQLException further) { // the connection is of no use: the pool will see
        e.addSuppressed(further);
      }
      // A constraint that is looked at in the end: one member breaks it, and nobody knows which.
      boolean another = members > 1 && dialect.judge(e, Access.READ_WRITE) == FailureKind.REFUSED;
      return another ? new RolledBack() : e;
    }

    private void give(Optional<Exception> fault) {
      try {
        lent.close();
      } catch (RuntimeException e) { // it is thrown away, and what it did is known already
        log.debug("a connection could not be given back: {}", e.toString());
      } finally {
        end.complete(fault);
      }
    }

    /** Comes back when all of it is durable. A commit under way cannot be called off. */
    void await() throws RolledBack {
      Optional<Exception> fault = end.join();
      if (fault.isPresent()) {
        if (fault.get() instanceof RolledBack) {
          throw new RolledBack();
        }
        throw new TransactionException("the transaction could not be committed", fault.get());
      }
    }
  }

  /** Does work in a transaction that others may share. */
  <R> R run(Task<R> work) throws Exception {
    try {
      return run(work, false);
    } catch (RolledBack e) {
      return run(work, true);
    }
  }

  /** Does work while nobody else writes by this. */
  <R> R exclusively(Callable<R> work) throws Exception {
    enter(true);
    try {
      return work.call();
    } finally {
      leave();
    }
  }

  private <R> R run(Task<R> work, boolean alone) throws Exception {
    enter(alone);
    Group together = joined();
    R result;
    try {
      result = together.member(work);
    } finally {
      if (alone || !passedOn(together)) {
        open = null;
        try {
          together.finish();
        } finally {
          leave();
        }
      }
    }
    together.await();
    return result;
  }

  private Group joined() throws InterruptedException {
    Group known = open;
    if (known != null) {
      return known;
    }
    boolean good = false;
    try {
      Group begun = begun();
      open = begun;
      good = true;
      return begun;
    } finally {
      if (!good) {
        leave();
      }
    }
  }

  private Group begun() throws InterruptedException {
    Pool.BorrowedConnection lent = pool.lendToWriter();
    boolean good = false;
    try {
      begin(lent.handle(), TransactionOptions.DEFAULT);
      good = true;
      return new Group(lent);
    } finally {
      if (!good) {
        lent.close();
      }
    }
  }

  /** Begins a transaction, waiting for whoever has locked the file. */
  void begin(Handle handle, TransactionOptions rules) throws InterruptedException {
    try {
      locks.run(
          Deadline.in(timer, BusyRetryStatements.PATIENCE),
          () -> {
            dialect.begin(handle.getConnection(), rules);
            return rules;
          },
          BusyRetryStatements::isBusy);
    } catch (SQLException e) {
      throw new TransactionException("no transaction could be begun", e);
    }
  }

  private void enter(boolean alone) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      if (!taken) {
        taken = true;
        return;
      }
      Ticket turn = new Ticket(lock.newCondition(), alone);
      line.add(turn);
      wait(turn);
      if (!turn.has) {
        line.remove(turn);
        throw busy();
      }
    } finally {
      lock.unlock();
    }
  }

  private void wait(Ticket turn) throws InterruptedException {
    long left = BusyRetryStatements.PATIENCE.toNanos();
    try {
      while (!turn.has && left > 0) {
        left = turn.come.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      if (!turn.has) {
        line.remove(turn);
        throw e;
      }
      // Others count on whoever has the turn.
      Thread.currentThread().interrupt();
    }
  }

  private StoreException busy() {
    return new StoreException.StoreBusy(
        dialect.name()
            + " stayed locked for "
            + BusyRetryStatements.PATIENCE.toSeconds()
            + " s by a transaction of this process; "
            + line.size()
            + " more wait: make transactions shorter");
  }

  /** Whether the next in line goes on with the transaction. */
  private boolean passedOn(Group together) {
    lock.lock();
    try {
      Ticket next = line.peek();
      boolean more = next != null && !next.alone && together.takesMore();
      if (more) {
        handOver();
      }
      return more;
    } finally {
      lock.unlock();
    }
  }

  private void leave() {
    lock.lock();
    try {
      handOver();
    } finally {
      lock.unlock();
    }
  }

  private void handOver() {
    Ticket next = line.poll();
    if (next == null) {
      taken = false;
    } else {
      next.has = true;
      next.come.signal();
    }
  }
}
