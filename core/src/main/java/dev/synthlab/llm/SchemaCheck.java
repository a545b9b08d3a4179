package dev.synthlab.llm;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a JSON Schema says of a value. */
final class SchemaCheck {
  private static final int SHOWN = 80;

  private SchemaCheck() {}

  /** A value as a sentence shows it. */
  static String shown(@Nullable Object tree) {
    if (tree instanceof Map<?, ?>) {
      return "an object";
    }
    if (tree instanceof List<?>) {
      return "an array";
    }
    String text = String.valueOf(tree);
    String begun = text.length() > SHOWN ? text.substring(0, SHOWN) + "…" : text;
    return tree instanceof String ? "\"" + begun + "\"" : begun;
  }

  /** The exact number, if it is one. */
  static Optional<BigDecimal> decimal(@Nullable Object tree) {
    if (tree instanceof BigDecimal exact) {
      return Optional.of(exact);
    }
    if (tree instanceof BigInteger whole) {
      return Optional.of(new BigDecimal(whole));
    }
    if (tree instanceof Double || tree instanceof Float) {
      double real = ((Number) tree).doubleValue();
      return Double.isFinite(real)
          ? Optional.of(new BigDecimal(tree.toString()))
          : Optional.empty();
    }
    return tree instanceof Number whole
        ? Optional.of(BigDecimal.valueOf(whole.longValue()))
        : Optional.empty();
  }

  /** Whether a number has no fraction, as 3 and 3.0. */
  static boolean isWhole(BigDecimal number) {
    return number.scale() <= 0 || number.stripTrailingZeros().scale() <= 0;
  }
}
