package dev.synthlab.json;

import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The JSON form of a part of a Java type. Immutable once made; safe for many threads. */
sealed interface SchemaNode {

  /** True or false. */
  record BooleanNode() implements SchemaNode {}

  /** A number of one of Java's types. */
  record NumberNode(Class<?> type, boolean whole, Limits limits) implements SchemaNode {}

  /** Any text. */
  record TextNode(Limits limits) implements SchemaNode {}

  /**
   * A value that is spelled as text, for example a date.
   *
   * @param type of the value
   * @param what it is, in words
   * @param keywords of its schema beside the type
   * @param reads fails with a {@link RuntimeException} on what is none
   * @param writes the reverse
   */
  record FormattedTextNode(
      Class<?> type,
      String what,
      Map<String, Object> keywords,
      Function<String, Object> reads,
      Function<Object, String> writes)
      implements SchemaNode {}

  /** A constant of an enum, by its name in JSON. */
  record EnumNode(Class<?> type, Map<String, Object> constants, Optional<String> description)
      implements SchemaNode {}

  /** Elements in order. */
  record ArrayNode(Container container, SchemaNode item, Limits limits) implements SchemaNode {}

  /** What holds the elements in Java. */
  sealed interface Container {
    /** A {@link List}. */
    record Listed() implements Container {}

    /** A set that keeps the order. */
    record Unique() implements Container {}

    /** An array. */
    record Array(Class<?> component) implements Container {}
  }

  /** A map: strict schemas have no free keys, so it is written as entries. */
  record MapNode(SchemaNode key, SchemaNode value, Limits limits) implements SchemaNode {}

  /** What may be missing. */
  record OptionalNode(SchemaNode inner, Absence absence) implements SchemaNode {}

  /** The kinds of Optional. */
  enum Absence {
    ANY,
    INT,
    LONG,
    DOUBLE;

    Object empty() {
      return switch (this) {
        case ANY -> Optional.empty();
        case INT -> OptionalInt.empty();
        case LONG -> OptionalLong.empty();
        case DOUBLE -> OptionalDouble.empty();
      };
    }

    Object of(Object value) {
      return switch (this) {
        case ANY -> Optional.of(value);
        case INT -> OptionalInt.of((Integer) value);
        case LONG -> OptionalLong.of((Long) value);
        case DOUBLE -> OptionalDouble.of((Double) value);
      };
    }

    Optional<Object> content(Object optional) {
      if (optional instanceof OptionalInt some) {
        return some.isPresent() ? Optional.of(some.getAsInt()) : Optional.empty();
      }
      if (optional instanceof OptionalLong some) {
        return some.isPresent() ? Optional.of(some.getAsLong()) : Optional.empty();
      }
      if (optional instanceof OptionalDouble some) {
        return some.isPresent() ? Optional.of(some.getAsDouble()) : Optional.empty();
      }
      return ((Optional<?>) optional).map(value -> value);
    }
  }

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
