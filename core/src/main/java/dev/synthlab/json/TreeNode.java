package dev.synthlab.json;

import dev.harrel.jsonschema.JsonNode;
import dev.harrel.jsonschema.SimpleType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A JSON value as the schema library sees it: a part of a schema, or of a value to be checked. */
abstract sealed class TreeNode implements JsonNode {
  private final @Nullable Object value;
  private final SimpleType type;

  private TreeNode(@Nullable Object value) {
    this.value = value;
    this.type =
        value == null || value instanceof Constants
            ? SimpleType.NULL
            : SimpleType.fromName(JsonValues.typeOf(value));
  }

  /**
   * Values that a schema holds as they are, in which the library must see no schemas.
   *
   * @param values of an enum, or the one of a const
   */
  record Constants(List<?> values) {}

  /** What it is. */
  @Nullable Object value() {
    return value;
  }

  @Override
  public SimpleType getNodeType() {
    return type;
  }

  @Override
  public boolean asBoolean() {
    return Boolean.TRUE.equals(value);
  }

  @Override
  public String asString() {
    return String.valueOf(value);
  }

  @Override
  public BigDecimal asNumber() {
    return JsonValues.decimal(value).orElseThrow();
  }

  /** The whole number, or the nearest that counts need to know. */
  @Override
  public BigInteger asInteger() {
    BigDecimal number = asNumber();
    BigDecimal max = BigDecimal.valueOf(Integer.MAX_VALUE);
    return number.min(max).max(max.negate()).toBigInteger();
  }

  /** Part of a schema. Its children are made once. */
  static final class OfSchema extends TreeNode {
    private final String pointer;
    private @Nullable Map<String, JsonNode> members;
    private @Nullable List<JsonNode> elements;

    OfSchema(@Nullable Object value, String pointer) {
      super(value);
      this.pointer = pointer;
    }

    @Override
    public String getJsonPointer() {
      return pointer;
    }

    @Override
    public List<JsonNode> asArray() {
      List<JsonNode> known = elements;
      if (known == null) {
        List<?> list = value() instanceof List<?> all ? all : List.of();
        known =
            IntStream.range(0, list.size())
                .<JsonNode>mapToObj(i -> new OfSchema(list.get(i), pointer + "/" + i))
                .toList();
        elements = known;
      }
      return known;
    }

    @Override
    public Map<String, JsonNode> asObject() {
      Map<String, JsonNode> known = members;
      if (known == null) {
        Map<String, JsonNode> all = new LinkedHashMap<>();
        if (value() instanceof Map<?, ?> map) {
          map.forEach(
              (name, part) ->
                  all.put(
                      String.valueOf(name),
                      new OfSchema(
                          part, pointer + "/" + JsonNode.encodeJsonPointer(String.valueOf(name)))));
        }
        known = Collections.unmodifiableMap(all);
        members = known;
      }
      return known;
    }
  }

  /** Part of the value that is checked. Its children are made each time they are looked at. */
  static final class OfValue extends TreeNode {
    private static final int MAX_STEP = 200;
    private static final int MAX_STEPS = 20;

    private final SchemaEvaluation evaluation;
    private final @Nullable OfValue parent;
    private final Object key;
    private @Nullable String id;

    /**
     * A part.
     *
     * @param key its name or its index
     */
    OfValue(
        @Nullable Object value, SchemaEvaluation evaluation, @Nullable OfValue parent, Object key) {
      super(value);
      this.evaluation = evaluation;
      this.parent = parent;
      this.key = key;
    }

    static OfValue root(@Nullable Object value, SchemaEvaluation evaluation) {
      return new OfValue(value, evaluation, null, "$");
    }

    OfValue child(Object name, @Nullable Object part) {
      return new OfValue(part, evaluation, this, name);
    }

    SchemaEvaluation evaluation() {
      return evaluation;
    }

    /** What it is a part of. */
    Optional<OfValue> parent() {
      return Optional.ofNullable(parent);
    }

    Object key() {
      return key;
    }

    /** Where it stands, as {@code $.a[0]}; the middle of a very long path is left out. */
    String path() {
      List<String> steps = new ArrayList<>();
      for (OfValue at = this; at.parent != null; at = at.parent) {
        String step = at.key instanceof Integer i ? "[" + i + "]" : "." + at.key;
        steps.add(step.length() > MAX_STEP ? step.substring(0, MAX_STEP) + "…" : step);
      }
      Collections.reverse(steps);
      int size = steps.size();
      return size <= 2 * MAX_STEPS
          ? "$" + String.join("", steps)
          : "$"
              + String.join("", steps.subList(0, MAX_STEPS))
              + "…"
              + String.join("", steps.subList(size - MAX_STEPS, size));
    }

    /** Unlike a real pointer of constant length: it only tells one part from another. */
    @Override
    public String getJsonPointer() {
      String known = id;
      if (known == null) {
        known = evaluation.nextId();
        id = known;
      }
      return known;
    }

    @Override
    public List<JsonNode> asArray() {
      List<?> list = value() instanceof List<?> all ? all : List.of();
      return new AbstractList<>() {
        @Override
        public JsonNode get(int index) {
          return child(index, list.get(index));
        }

        @Override
        public int size() {
          return list.size();
        }
      };
    }

    @Override
    public Map<String, JsonNode> asObject() {
      Map<String, JsonNode> all = new LinkedHashMap<>();
      if (value() instanceof Map<?, ?> map) {
        map.forEach(
            (name, part) -> all.put(String.valueOf(name), child(String.valueOf(name), part)));
      }
      return all;
    }
  }
}
