package dev.synthlab.cli.generate;

import java.util.Collection;

/** The limits of Java class files that generated sources must not exceed. */
final class JavaLimits {
  /** The maximum length of a name or value of the file that becomes a string literal. */
  static final int TEXT = 1_000;

  /** The maximum number of constants of an enum; the code that makes them has 64 kB. */
  static final int CONSTANTS = 2_500;

  /** The maximum number of parameters; a {@code long} or {@code double} counts as two. */
  static final int PARAMETERS = 250;

  private JavaLimits() {}

  /** Whether all texts can be string literals. */
  static boolean allowsTexts(Collection<String> texts) {
    return texts.stream().allMatch(each -> each.length() <= TEXT);
  }
}
