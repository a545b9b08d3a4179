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
 * The single writer of a SQLite file, with group commit. Tasks that wait for the writer join the
 * transaction of the task before them, each in its own savepoint; one commit makes all of them
 * durable, and no task is acknowledged before that. Thread-safe.
 */
final class GroupCommitWriter {
  private static final Logger log = Logging.component("store");
  private static final int MAX_TASKS = 256;
  private static final Duration MAX_AGE = Duration.ofMillis(20);
  private static final String SAVEPOINT = "task";

  private final Pool pool;
  private final Dialect dialect;
  private final Timer timer;
  private final Retry locks;
  private final ReentrantLock lock = new ReentrantLock();
  private final ArrayDeque<Ticket> queue = new ArrayDeque<>();
  private boolean busy;

  /** Used only by the thread that has the turn. */
  private @Nullable Group open;

  GroupCommitWriter(Pool pool, Dialect dialect, Timer timer) {
    this.pool = pool;
    this.dialect = dialect;
    this.timer = timer;
    this.locks = BusyRetryStatements.backoff(timer);
  }

  /**
   * Work in a transaction.
   *
   * @param <R> the type of the result
   */
  interface Task<R> {
    R on(Handle handle) throws Exception;
  }

  /** A thread that waits in the queue. */
  private static final class Ticket {
    private final Condition turn;
    private final boolean alone;
    private boolean granted;

    Ticket(Condition turn, boolean alone) {
      this.turn = turn;
      this.alone = alone;
    }
  }

  /** The transaction was rolled back for a reason outside of this task. */
  private static final class RolledBack extends Exception {
    private static final long serialVersionUID = 1L;
  }

  /** One transaction with several tasks on one connection. For the thread that has the turn. */
  private final class Group {
    private final Pool.BorrowedConnection borrowed;
    private final CompletableFuture<Optional<Exception>> end = new CompletableFuture<>();
    private int tasks;
    private long firstEnded;
    private boolean broken;

    Group(Pool.BorrowedConnection borrowed) {
      this.borrowed = borrowed;
    }

    boolean acceptsMore() {
      return !broken && tasks < MAX_TASKS && timer.nanos() - firstEnded < MAX_AGE.toNanos();
    }

    <R> R run(Task<R> task) throws Exception {
      tasks++;
      execute("SAVEPOINT " + SAVEPOINT);
      boolean good = false;
      try {
        R result = task.on(borrowed.handle());
        execute("RELEASE " + SAVEPOINT);
        good = true;
        return result;
      } finally {
        if (!good) {
          rollbackTask();
        }
        if (tasks == 1) {
          firstEnded = timer.nanos(); // the first task waits from here
        }
      }
    }

    private void rollbackTask() {
      try {
        execute("ROLLBACK TO " + SAVEPOINT);
        execute("RELEASE " + SAVEPOINT);
      } catch (
          TransactionException
              e) { // SQLite has rolled back everything, for example because of a full disk
        broken = true;
      }
    }

    private void execute(String sql) {
      try (Statement statement = connection().createStatement()) {
        statement.execute(sql);
      } catch (SQLException e) {
        throw new TransactionException("a statement of the transaction failed", e);
      }
    }

    private Connection connection() {
      return borrowed.handle().getConnection();
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
        fault = fault.or(() -> Optional.of(commitFailure(e)));
      } finally {
        release(fault);
      }
    }

    private Exception commitFailure(SQLException e) {
      try {
        dialect.rollback(connection());
      } catch (SQLException further) { // the connection is broken: the pool closes it
        e.addSuppressed(further);
      }
      // A deferred constraint: one of the tasks violates it, and it is unknown which.
      boolean unknown = tasks > 1 && dialect.classify(e, Access.READ_WRITE) == FailureKind.REFUSED;
      return unknown ? new RolledBack() : e;
    }

    private void release(Optional<Exception> fault) {
      try {
        borrowed.close();
      } catch (RuntimeException e) { // the result is known already
        log.debug("a connection could not be returned to the pool: {}", e.toString());
      } finally {
        end.complete(fault);
      }
    }

    /** Returns when the group is durable. A commit cannot be cancelled. */
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

  /** Runs a task in a transaction that other tasks may share. */
  <R> R run(Task<R> task) throws Exception {
    try {
      return run(task, false);
    } catch (RolledBack e) {
      return run(task, true);
    }
  }

  /** Runs work while no other task runs. */
  <R> R exclusively(Callable<R> work) throws Exception {
    enter(true);
    try {
      return work.call();
    } finally {
      leave();
    }
  }

  private <R> R run(Task<R> task, boolean alone) throws Exception {
    enter(alone);
    Group group = join();
    R result;
    try {
      result = group.run(task);
    } finally {
      if (alone || !handsOver(group)) {
        open = null;
        try {
          group.finish();
        } finally {
          leave();
        }
      }
    }
    group.await();
    return result;
  }

  private Group join() throws InterruptedException {
    Group existing = open;
    if (existing != null) {
      return existing;
    }
    boolean good = false;
    try {
      Group made = newGroup();
      open = made;
      good = true;
      return made;
    } finally {
      if (!good) {
        leave();
      }
    }
  }

  private Group newGroup() throws InterruptedException {
    Pool.BorrowedConnection borrowed = pool.borrowForWriter();
    boolean good = false;
    try {
      begin(borrowed.handle(), TransactionOptions.DEFAULT);
      good = true;
      return new Group(borrowed);
    } finally {
      if (!good) {
        borrowed.close();
      }
    }
  }

  /** Begins a transaction; waits while another process has locked the file. */
  void begin(Handle handle, TransactionOptions options) throws InterruptedException {
    try {
      locks.run(
          Deadline.in(timer, BusyRetryStatements.MAX_WAIT),
          () -> {
            dialect.begin(handle.getConnection(), options);
            return options;
          },
          BusyRetryStatements::isBusy);
    } catch (SQLException e) {
      throw new TransactionException("the transaction could not be begun", e);
    }
  }

  private void enter(boolean alone) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      if (!busy) {
        busy = true;
        return;
      }
      Ticket ticket = new Ticket(lock.newCondition(), alone);
      queue.add(ticket);
      await(ticket);
      if (!ticket.granted) {
        queue.remove(ticket);
        throw busy();
      }
    } finally {
      lock.unlock();
    }
  }

  private void await(Ticket ticket) throws InterruptedException {
    long left = BusyRetryStatements.MAX_WAIT.toNanos();
    try {
      while (!ticket.granted && left > 0) {
        left = ticket.turn.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      if (!ticket.granted) {
        queue.remove(ticket);
        throw e;
      }
      // The turn was granted: the tasks behind this one depend on it.
      Thread.currentThread().interrupt();
    }
  }

  private StoreException busy() {
    return new StoreException.StoreBusy(
        dialect.name()
            + " stayed locked for "
            + BusyRetryStatements.MAX_WAIT.toSeconds()
            + " s by a transaction of this process, and "
            + queue.size()
            + " more transactions wait: make transactions shorter");
  }

  /** Whether the next task in the queue joins the transaction. */
  private boolean handsOver(Group group) {
    lock.lock();
    try {
      Ticket next = queue.peek();
      boolean more = next != null && !next.alone && group.acceptsMore();
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
    Ticket next = queue.poll();
    if (next == null) {
      busy = false;
    } else {
      next.granted = true;
      next.turn.signal();
    }
  }
}
