package dev.synthlab.trace;

import java.util.Locale;
import java.util.Optional;

/** How many spans ended and how many of them reached the collector. Immutable. */
public final class ExportStats {
  private final Values values;

  ExportStats(Values values) {
    this.values = values;
  }

  /** The values by the names of the accessors. */
  record Values(String endpoint, long ended, long exported) {}

  /** No span was to be sent. */
  static final ExportStats NONE = new ExportStats(new Values("", 0, 0));

  /** {@return the endpoint that spans are sent to} */
  public String endpoint() {
    return values.endpoint();
  }

  /** {@return the number of spans that ended and were sampled} */
  public long ended() {
    return values.ended();
  }

  /** {@return the number of spans whose arrival the endpoint confirmed} */
  public long exported() {
    return values.exported();
  }

  /** {@return the number of spans that ended and are not confirmed, so far} */
  public long lost() {
    return ended() - exported();
  }

  /**
   * {@return a sentence, without its full stop, about the spans that were lost; empty when none
   * was}
   */
  public Optional<String> warning() {
    return lost() == 0
        ? Optional.empty()
        : Optional.of(
            String.format(
                Locale.ROOT, "%,d of %,d spans did not reach %s", lost(), ended(), endpoint()));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ExportStats that && values.equals(that.values);
  }

  @Override
  public int hashCode() {
    return values.hashCode();
  }

  @Override
  public String toString() {
    return "ExportStats" + values.toString().substring("Values".length());
  }
}
