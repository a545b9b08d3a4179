package dev.synthlab.store;

import java.util.Objects;

/**
 * What holds for a transaction.
 *
 * @param access whether it writes
 * @param isolation what it sees of others; a SQLite file always gives the strictest
 * @param whenLost what follows when the connection breaks in it
 */
public record TransactionOptions(Access access, Isolation isolation, OnConnectionLoss whenLost) {

  /** Whether a transaction writes. */
  public enum Access {
    /** It may write. */
    READ_WRITE,
    /** It only reads; a statement that writes is refused. */
    READ_ONLY
  }

  /** What a transaction sees of others. */
  public enum Isolation {
    /** Each statement sees what was committed before it. */
    READ_COMMITTED,
    /** All statements see the same moment. */
    REPEATABLE_READ,
    /** As if there were no others; it is repeated when that cannot be kept. */
    SERIALIZABLE
  }

  /** What follows when the connection breaks, after which nobody knows whether it was committed. */
  public enum OnConnectionLoss {
    /** The transaction fails. */
    FAIL,
    /** It is run again: for work that does no harm when it is done twice. */
    REPEAT
  }

  /** Reads and writes, each statement seeing what was committed before it. */
  public static final TransactionOptions DEFAULT =
      new TransactionOptions(Access.READ_WRITE, Isolation.READ_COMMITTED, OnConnectionLoss.FAIL);

  /** Refuses what is missing. */
  public TransactionOptions {
    Objects.requireNonNull(access);
    Objects.requireNonNull(isolation);
    Objects.requireNonNull(whenLost);
  }

  /**
   * The same for another access.
   *
   * @param other whether it writes
   * @return new rules
   */
  public TransactionOptions with(Access other) {
    return new TransactionOptions(other, isolation, whenLost);
  }

  /**
   * The same with another isolation.
   *
   * @param other what it sees of others
   * @return new rules
   */
  public TransactionOptions with(Isolation other) {
    return new TransactionOptions(access, other, whenLost);
  }

  /**
   * The same with another end of a broken connection.
   *
   * @param other what follows
   * @return new rules
   */
  public TransactionOptions with(OnConnectionLoss other) {
    return new TransactionOptions(access, isolation, other);
  }
}
