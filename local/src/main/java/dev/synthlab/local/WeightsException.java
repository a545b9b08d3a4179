package dev.synthlab.local;

import java.io.IOException;

/**
 * The weights of the embedded model could not be had; the message names every way that was tried.
 */
public final class WeightsException extends IOException {
  private static final long serialVersionUID = 1L;

  /**
   * Makes one.
   *
   * @param message what was tried and why each way failed
   */
  public WeightsException(String message) {
    super(message);
  }
}
