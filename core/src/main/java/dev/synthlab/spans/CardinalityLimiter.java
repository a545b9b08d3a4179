package dev.synthlab.spans;

import dev.synthlab.logging.Redactor;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A limiter of the cardinality of metric attributes whose values come from servers and users. It
 * redacts the values, and replaces long ones, and all beyond a maximum number, with {@value
 * #OTHER}. Safe for use by many threads.
 */
final class CardinalityLimiter {
  /** The value that the semantic conventions define for the rest. */
  static final String OTHER = "_OTHER";

  private static final int MAX_CHARACTERS = 120;

  private final int max;
  private final Map<String, String> known = new ConcurrentHashMap<>();

  CardinalityLimiter(int max) {
    this.max = max;
  }

  String limit(String value) {
    String existing = known.get(value);
    if (existing != null) {
      return existing;
    }
    if (known.size() >= max || value.length() > MAX_CHARACTERS) {
      return OTHER;
    }
    String clean = Redactor.printableLine(Redactor.redact(value));
    known.put(value, clean);
    return clean;
  }
}
