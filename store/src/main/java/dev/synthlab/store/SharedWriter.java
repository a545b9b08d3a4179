package dev.synthlab.store;

import dev.synthlab.call.Deadline;
import dev.synthlab.call.Retrying;
import dev.synthlab.call.Timer;
import dev.synthlab.logging.Logging;
import dev.synthlab.store.TransactionRules.Access;
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
final class SharedWriter {
  private static final Logger log = Logging.component("store");
  private static final int MOST_TOGETHER = 256;
  private static final Duration LONGEST_TOGETHER = Duration.ofMillis(20);
  private static final String PART = "member";

  private final Pool pool;
  private final Dialect dialect;
  private final Timer timer;
  private final Retrying locks;
  private final ReentrantLock lock = new ReentrantLock();
  private final ArrayDeque<Turn> line = new ArrayDeque<>();
  private boolean taken;

  /** Touched only by whoever has the turn. */
  private @Nullable Together open;

  SharedWriter(Pool pool, Dialect dialect, Timer timer) {
    this.pool = pool;
    this.dialect = dialect;
    this.timer = timer;
    this.locks = PatientStatements.waiting(timer);
  }

  /**
   * What is done in a transaction.
   *
   * @param <R> what it gives
   */
  interface Member<R> {
    R on(Handle handle) throws Exception;
  }

  /** A place in the line. */
  private static final class Turn {
    private final Condition come;
    private final boolean alone;
    private boolean has;

    Turn(Condition come, boolean alone) {
      this.come = come;
      this.alone = alone;
    }
  }

  /** The transaction was rolled back, not for what this member did. */
  private static final class NotKept extends Exception {
    private static final long serialVersionUID = 1L;
  }

  /** One transaction of several members, on one connection. For whoever has the turn. */
  private final class Together {
    private final Pool.Lent lent;
    private final CompletableFuture<Optional<Exception>> end = new CompletableFuture<>();
    private int members;
    private long since;
    private boolean broken;

    Together(Pool.Lent lent) {
      this.lent = lent;
    }

    boolean takesMore() {
      return !broken
          && members < MOST_TOGETHER
          && timer.nanos() - since < LONGEST_TOGETHER.toNanos();
    }

    <R> R member(Member<R> work) throws Exception {
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
          fault = Optional.of(new NotKept());
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
      boolean another = members > 1 && dialect.judge(e, Access.READ_WRITE) == Ill.REFUSED;
      return another ? new NotKept() : e;
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
    void await() throws NotKept {
      Optional<Exception> fault = end.join();
      if (fault.isPresent()) {
        if (fault.get() instanceof NotKept) {
          throw new NotKept();
        }
        throw new TransactionException("the transaction could not be committed", fault.get());
      }
    }
  }

  /** Does work in a transaction that others may share. */
  <R> R run(Member<R> work) throws Exception {
    try {
      return run(work, false);
    } catch (NotKept e) {
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

  private <R> R run(Member<R> work, boolean alone) throws Exception {
    enter(alone);
    Together together = joined();
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

  private Together joined() throws InterruptedException {
    Together known = open;
    if (known != null) {
      return known;
    }
    boolean good = false;
    try {
      Together begun = begun();
      open = begun;
      good = true;
      return begun;
    } finally {
      if (!good) {
        leave();
      }
    }
  }

  private Together begun() throws InterruptedException {
    Pool.Lent lent = pool.lendToWriter();
    boolean good = false;
    try {
      begin(lent.handle(), TransactionRules.USUAL);
      good = true;
      return new Together(lent);
    } finally {
      if (!good) {
        lent.close();
      }
    }
  }

  /** Begins a transaction, waiting for whoever has locked the file. */
  void begin(Handle handle, TransactionRules rules) throws InterruptedException {
    try {
      locks.run(
          Deadline.in(timer, PatientStatements.PATIENCE),
          () -> {
            dialect.begin(handle.getConnection(), rules);
            return rules;
          },
          PatientStatements::isBusy);
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
      Turn turn = new Turn(lock.newCondition(), alone);
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

  private void wait(Turn turn) throws InterruptedException {
    long left = PatientStatements.PATIENCE.toNanos();
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
            + PatientStatements.PATIENCE.toSeconds()
            + " s by a transaction of this process; "
            + line.size()
            + " more wait: make transactions shorter");
  }

  /** Whether the next in line goes on with the transaction. */
  private boolean passedOn(Together together) {
    lock.lock();
    try {
      Turn next = line.peek();
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
    Turn next = line.poll();
    if (next == null) {
      taken = false;
    } else {
      next.has = true;
      next.come.signal();
    }
  }
}
