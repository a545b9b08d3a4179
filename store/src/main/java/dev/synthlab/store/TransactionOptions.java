package dev.synthlab.store;

import java.util.Objects;

/**
 * The options of a transaction.
 *
 * @param access whether it may write
 * @param isolation the isolation level; SQLite transactions are always serializable
 * @param onConnectionLoss what happens when the connection is lost
 */
public record TransactionOptions(
    Access access, Isolation isolation, OnConnectionLoss onConnectionLoss) {

  /** Whether a transaction may write. */
  public enum Access {
    /** It may write. */
    READ_WRITE,
    /** It is read-only; a statement that writes is refused. */
    READ_ONLY
  }

  /** The isolation level of a transaction. */
  public enum Isolation {
    /** Each statement sees what was committed before it began. */
    READ_COMMITTED,
    /** All statements see the same snapshot. */
    REPEATABLE_READ,
    /** The transaction behaves as if no others ran; it is retried after a serialization failure. */
    SERIALIZABLE
  }

  /** What happens when the connection is lost; it is unknown then whether the commit succeeded. */
  public enum OnConnectionLoss {
    /** The transaction fails. */
    FAIL,
    /** The transaction is retried: only for idempotent work. */
    REPEAT
  }

  /** Read and write, read committed, fail when the connection is lost. */
  public static final TransactionOptions DEFAULT =
      new TransactionOptions(Access.READ_WRITE, Isolation.READ_COMMITTED, OnConnectionLoss.FAIL);

  /** Checks that no option is null. */
  public TransactionOptions {
    Objects.requireNonNull(access);
    Objects.requireNonNull(isolation);
    Objects.requireNonNull(onConnectionLoss);
  }

  /**
   * Copies these options with another access mode.
   *
   * @param other whether the transaction may write
   * @return the copy
   */
  public TransactionOptions with(Access other) {
    return new TransactionOptions(other, isolation, onConnectionLoss);
  }

  /**
   * Copies these options with another isolation level.
   *
   * @param other the isolation level
   * @return the copy
   */
  public TransactionOptions with(Isolation other) {
    return new TransactionOptions(access, other, onConnectionLoss);
  }

  /**
   * Copies these options with another behaviour when the connection is lost.
   *
   * @param other what happens then
   * @return the copy
   */
  public TransactionOptions with(OnConnectionLoss other) {
    return new TransactionOptions(access, isolation, other);
  }
}
