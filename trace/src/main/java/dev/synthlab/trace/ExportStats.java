package dev.synthlab.trace;

import java.util.Locale;
import java.util.Optional;

/**
 * How many spans got where they should.
 *
 * @param place where they are sent
 * @param ended spans that ended and were to be shown
 * @param arrived those whose arrival was confirmed
 */
public record ExportStats(String place, long ended, long arrived) {
  /** Nothing was to be sent. */
  static final ExportStats NONE = new ExportStats("", 0, 0);

  /**
   * Spans whose arrival was not confirmed.
   *
   * @return exactly those that ended and did not arrive, so far
   */
  public long lost() {
    return ended - arrived;
  }

  /**
   * What was lost, in words.
   *
   * @return a sentence without its full stop; empty when nothing was lost
   */
  public Optional<String> complaint() {
    return lost() == 0
        ? Optional.empty()
        : Optional.of(
            String.format(Locale.ROOT, "%,d of %,d spans did not reach %s", lost(), ended, place));
  }
}
