package dev.synthlab.spans;

import dev.synthlab.logging.Redactor;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Words that may stand on a metric: free of secrets, short, and not more of them than one can keep
 * a series for. Servers and users choose some of them, so that there could be any number. Safe for
 * use by many threads.
 */
final class CardinalityLimiter {
  /** What stands for all that come too late; the conventions have this word for it. */
  static final String OTHER = "_OTHER";

  private static final int MAX_CHARACTERS = 120;

  private final int max;
  private final Map<String, String> known = new ConcurrentHashMap<>();

  CardinalityLimiter(int max) {
    this.max = max;
  }

  String of(String word) {
    String there = known.get(word);
    if (there != null) {
      return there;
    }
    if (known.size() >= max || word.length() > MAX_CHARACTERS) {
      return OTHER;
    }
    String clean = Redactor.printableLine(Redactor.redact(word));
    known.put(word, clean);
    return clean;
  }
}
