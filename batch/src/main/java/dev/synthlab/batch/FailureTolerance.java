package dev.synthlab.batch;

/**
 * How many rows may fail before the run counts as failed.
 *
 * @param share of all rows, 0 to 1
 * @param rows this many
 */
public record FailureTolerance(double share, long rows) {
  /** Not a single one. */
  public static final FailureTolerance NONE = new FailureTolerance(0, 0);

  /** Checks the numbers. */
  public FailureTolerance {
    if (!(share >= 0 && share <= 1) || rows < 0) {
      throw new IllegalArgumentException(
          "a tolerance is a share from 0.0 to 1.0 or a number of rows, was "
              + (rows == 0 ? Double.toString(share) : Long.toString(rows)));
    }
  }

  /**
   * Reads a tolerance: with a decimal point it is a share ({@code 0.05}), else a number of rows.
   *
   * @param text a number
   * @return the tolerance
   */
  public static FailureTolerance parse(String text) {
    try {
      return text.contains(".")
          ? new FailureTolerance(Double.parseDouble(text), 0)
          : new FailureTolerance(0, Long.parseLong(text));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "a tolerance is a share from 0.0 to 1.0 or a number of rows, was " + text, e);
    }
  }

  boolean allows(long failed, long total) {
    return failed <= rows || failed <= share * total;
  }
}
