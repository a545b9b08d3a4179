package dev.synthlab.json;

import dev.synthlab.Internal;
import dev.synthlab.logging.Redactor;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Functions on JSON values that are maps, lists, strings, numbers, booleans and nulls. */
@Internal
public final class JsonValues {
  private static final int SHOWN = 80;
  private static final int MAX_LISTED = 50;
  private static final int MAX_DIGITS = 1_000;
  private static final int CHARACTERS_A_STEP = 16;

  private JsonValues() {}

  /** The name of its type in JSON Schema. */
  static String typeOf(@Nullable Object value) {
    return switch (value) {
      case null -> "null";
      case Map<?, ?> object -> "object";
      case List<?> array -> "array";
      case String text -> "string";
      case Boolean flag -> "boolean";
      case Integer whole -> "integer";
      default -> decimal(value).filter(JsonValues::isWhole).isPresent() ? "integer" : "number";
    };
  }

  /**
   * A value as a sentence shows it.
   *
   * @param tree as maps, lists, strings, numbers, booleans and nulls
   * @return the beginning of a text, a number, or what kind of value it is
   */
  public static String shown(@Nullable Object tree) {
    if (tree instanceof Map<?, ?>) {
      return "an object";
    }
    if (tree instanceof List<?>) {
      return "an array";
    }
    String begun = begun(String.valueOf(tree));
    return tree instanceof String ? "\"" + begun + "\"" : begun;
  }

  /** Constants as a sentence lists them. */
  static String listed(List<?> constants) {
    String more = constants.size() > MAX_LISTED ? ", …" : "";
    return constants.stream()
        .limit(MAX_LISTED)
        .map(each -> each instanceof String text ? begun(text) : shown(each))
        .collect(Collectors.joining(", ", "[", more + "]"));
  }

  private static String begun(String text) {
    return Redactor.redactBeginning(text, SHOWN) + (text.length() > SHOWN ? "…" : "");
  }

  /** The exact number, if it is one. */
  static Optional<BigDecimal> decimal(@Nullable Object value) {
    return switch (value) {
      case BigDecimal exact -> Optional.of(exact);
      case BigInteger whole -> Optional.of(new BigDecimal(whole));
      case Double real ->
          Double.isFinite(real) ? Optional.of(new BigDecimal(real.toString())) : Optional.empty();
      case Float real ->
          Float.isFinite(real) ? Optional.of(new BigDecimal(real.toString())) : Optional.empty();
      case Number whole -> Optional.of(BigDecimal.valueOf(whole.longValue()));
      case null -> Optional.empty();
      default -> Optional.empty();
    };
  }

  /**
   * A copy whose objects and arrays can be changed.
   *
   * @param levels how deep objects and arrays may be nested
   * @throws IllegalArgumentException when they are nested deeper
   */
  static @Nullable Object copy(@Nullable Object value, int levels) {
    if (levels < 0) {
      throw new IllegalArgumentException("it is nested deeper than " + Json.MAX_DEPTH);
    }
    if (value instanceof Map<?, ?> object) {
      Map<String, @Nullable Object> all = new LinkedHashMap<>();
      object.forEach((name, part) -> all.put(String.valueOf(name), copy(part, levels - 1)));
      return all;
    }
    if (value instanceof List<?> array) {
      List<@Nullable Object> all = new ArrayList<>(array.size());
      array.forEach(part -> all.add(copy(part, levels - 1)));
      return all;
    }
    return value;
  }

  /** Whether a number has no fraction, as 3 and 3.0. */
  static boolean isWhole(BigDecimal number) {
    return number.scale() <= 0 || number.stripTrailingZeros().scale() <= 0;
  }

  /** A number without a fraction as Integer, Long or BigInteger; unchanged if it is too long. */
  static @Nullable Object whole(@Nullable Object value) {
    Optional<BigDecimal> number = decimal(value);
    if (number.isEmpty() || number.get().precision() - (long) number.get().scale() > MAX_DIGITS) {
      return value;
    }
    BigInteger whole = number.get().toBigInteger();
    if (whole.bitLength() >= Long.SIZE) {
      return whole;
    }
    return whole.bitLength() < Integer.SIZE ? (Object) whole.intValue() : whole.longValue();
  }

  /**
   * Whether a number is a multiple of another, without writing out what an exponent stands for.
   *
   * @param step more than 0
   */
  static boolean isMultiple(BigDecimal number, BigDecimal step) {
    BigDecimal a = number.stripTrailingZeros();
    BigDecimal b = step.stripTrailingZeros();
    long exponent = (long) b.scale() - a.scale();
    if (exponent >= Integer.MAX_VALUE || exponent <= -Integer.MAX_VALUE) {
      return a.signum() == 0;
    }
    BigInteger divisor = b.unscaledValue();
    if (exponent >= 0) {
      BigInteger power = BigInteger.TEN.modPow(BigInteger.valueOf(exponent), divisor);
      return a.unscaledValue().multiply(power).mod(divisor).signum() == 0;
    }
    if (-exponent > a.precision()) {
      return a.signum() == 0;
    }
    return a.unscaledValue().mod(divisor.multiply(BigInteger.TEN.pow((int) -exponent))).signum()
        == 0;
  }

  /**
   * An object that is equal for equal values: numbers by their value, members in any order.
   *
   * @param spend told the work that each part takes
   */
  static Object canonical(@Nullable Object value, LongConsumer spend) {
    if (value instanceof Map<?, ?> || value instanceof List<?>) {
      StringBuilder text = new StringBuilder();
      append(value, text, spend);
      return text.toString();
    }
    if (value instanceof Number) {
      spend.accept(1);
      return decimal(value).<Object>map(BigDecimal::stripTrailingZeros).orElse(value);
    }
    String text = value instanceof String string ? "\"" + string : String.valueOf(value);
    spend.accept(1 + text.length() / CHARACTERS_A_STEP);
    return text;
  }

  /** Text, not nested collections: its hash codes cannot be made to collide at great cost. */
  private static void append(@Nullable Object value, StringBuilder text, LongConsumer spend) {
    switch (value) {
      case Map<?, ?> object -> {
        Map<String, @Nullable Object> sorted = new TreeMap<>();
        object.forEach((name, member) -> sorted.put(String.valueOf(name), member));
        text.append('{');
        sorted.forEach(
            (name, member) -> {
              append(name, text, spend);
              append(member, text, spend);
            });
        text.append('}');
      }
      case List<?> array -> {
        text.append('[');
        array.forEach(element -> append(element, text, spend));
        text.append(']');
      }
      case null -> text.append("null");
      default -> {
        String part = canonical(value, spend).toString();
        text.append(part.length()).append(value instanceof Number ? '#' : ':').append(part);
      }
    }
  }
}
