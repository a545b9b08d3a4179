package dev.synthlab.batch;

/**
 * The number of rows that may fail before the run ends as {@link Summary.End#SOME_FAILED}.
 *
 * @param share as a fraction of all rows, 0 to 1
 * @param rows as a count
 */
public record FailureTolerance(double share, long rows) {
  /** No row may fail. */
  public static final FailureTolerance NONE = new FailureTolerance(0, 0);

  /** Checks the numbers. */
  public FailureTolerance {
    if (!(share >= 0 && share <= 1) || rows < 0) {
      throw new IllegalArgumentException(
          "a tolerance is a fraction from 0.0 to 1.0 or a count of rows, was "
              + (rows == 0 ? Double.toString(share) : Long.toString(rows)));
    }
  }

  /**
   * Parses a tolerance: with a decimal point it is a fraction ({@code 0.05}), else a count of rows.
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
          "a tolerance is a fraction from 0.0 to 1.0 or a count of rows, was " + text, e);
    }
  }

  boolean allows(long failed, long total) {
    return failed <= rows || failed <= share * total;
  }
}
