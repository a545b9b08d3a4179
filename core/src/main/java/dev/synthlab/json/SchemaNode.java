package dev.synthlab.json;

import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The JSON form of a part of a Java type. Immutable once made; safe for many threads. */
sealed interface SchemaNode {

  /** True or false. */
  record BooleanNode() implements SchemaNode {}

  /**
   * A number of one of Java's types.
   *
   * @param type its name
   * @param reads fails with an {@link ArithmeticException} on what is out of the range of the type
   */
  record NumberNode(String type, boolean whole, Function<BigDecimal, Object> reads, Limits limits)
      implements SchemaNode {}

  /** Any text. */
  record TextNode(Limits limits) implements SchemaNode {}

  /**
   * A value that is written as text, for example a date.
   *
   * @param what it is, in words
   * @param keywords of its schema beside the type
   * @param reads fails with a {@link RuntimeException} on what is none
   * @param writes the reverse
   */
  record FormattedTextNode(
      String what,
      Map<String, Object> keywords,
      Function<String, Object> reads,
      Function<Object, String> writes)
      implements SchemaNode {}

  /** A constant of an enum, by its name in JSON. */
  record EnumNode(Map<String, Object> constants, Optional<String> description)
      implements SchemaNode {}

  /**
   * Elements in order.
   *
   * @param type a list, a set or an array
   */
  record ArrayNode(Class<?> type, SchemaNode item, Limits limits) implements SchemaNode {}

  /** A map: strict schemas have no free keys, so it is written as entries. */
  record MapNode(SchemaNode key, SchemaNode value, Limits limits) implements SchemaNode {}

  /**
   * What may be missing.
   *
   * @param empty the value in Java of what is missing
   * @param wraps puts what is there into an optional
   * @param unwraps the reverse
   */
  record OptionalNode(
      SchemaNode inner,
      Object empty,
      Function<Object, Object> wraps,
      Function<Object, Object> unwraps)
      implements SchemaNode {}

  /** A record. */
  record ObjectNode(
      Class<?> type, Constructor<?> canonical, List<Field> fields, Optional<String> description)
      implements SchemaNode {}

  /** A component of a record, by its name in JSON. */
  record Field(String name, SchemaNode node, Optional<String> description, Method accessor) {}

  /** One of several records, told apart by {@link JsonBinding#DISCRIMINATOR}. */
  record UnionNode(Class<?> type, Map<String, RefNode> byName, Optional<String> description)
      implements SchemaNode {}

  /** A type that may be used in more than one place, or within itself. */
  final class RefNode implements SchemaNode {
    final String name;
    private @Nullable SchemaNode target;
    private int uses;
    private boolean recursive;

    RefNode(String name) {
      this.name = name;
    }

    /** Another place that has it. */
    RefNode used() {
      uses++;
      recursive |= target == null;
      return this;
    }

    void is(SchemaNode node) {
      target = node;
    }

    SchemaNode target() {
      SchemaNode known = target;
      if (known == null) {
        throw new IllegalStateException(name + " is still being made");
      }
      return known;
    }

    /** Whether its schema stands apart: written out in each place it might never end. */
    boolean standsApart() {
      return recursive || uses > 1;
    }
  }

  /** What {@link Constraints} says. */
  record Limits(
      Optional<BigDecimal> min,
      Optional<BigDecimal> max,
      Optional<BoundedPattern> pattern,
      int minItems,
      int maxItems) {
    static final Limits NONE =
        new Limits(Optional.empty(), Optional.empty(), Optional.empty(), 0, Integer.MAX_VALUE);

    static Limits of(@Nullable Constraints bounds) {
      return bounds == null
          ? NONE
          : new Limits(
              finite(bounds.min()),
              finite(bounds.max()),
              bounds.pattern().isEmpty()
                  ? Optional.empty()
                  : Optional.of(BoundedPattern.of(bounds.pattern())),
              bounds.minItems(),
              bounds.maxItems());
    }

    private static Optional<BigDecimal> finite(double bound) {
      return Double.isFinite(bound)
          ? Optional.of(BigDecimal.valueOf(bound).stripTrailingZeros())
          : Optional.empty();
    }
  }
}
