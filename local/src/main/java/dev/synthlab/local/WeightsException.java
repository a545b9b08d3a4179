package dev.synthlab.local;

import java.io.IOException;

/**
 * The weights of the embedded model could not be obtained; the message names every source that was
 * tried.
 */
public final class WeightsException extends IOException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates an exception.
   *
   * @param message the sources that were tried and why each failed
   */
  public WeightsException(String message) {
    super(message);
  }
}
