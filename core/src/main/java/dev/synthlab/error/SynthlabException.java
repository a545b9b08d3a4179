package dev.synthlab.error;

import org.jspecify.annotations.Nullable;

/**
 * The root of the unchecked exceptions of the library: a failed call, an answer that cannot be
 * used, an invalid configuration, a failure of the database, of a bulk run or of a service. The
 * families below it are sealed where their kinds are known. Messages contain no secrets.
 */
public abstract class SynthlabException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param message what was tried and what follows, without secrets
   */
  protected SynthlabException(String message) {
    super(message);
  }

  /**
   * Creates the exception with a cause.
   *
   * @param message what was tried and what follows, without secrets
   * @param cause the exception of the layer below, or null if there is none
   */
  protected SynthlabException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
