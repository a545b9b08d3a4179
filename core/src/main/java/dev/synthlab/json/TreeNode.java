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
import org.jspecify.annotations.Nullable;

/** A JSON value as the schema library sees it: a part of a schema, or of a value to be checked. */
abstract sealed class TreeNode implements JsonNode {
  private final @Nullable Object value;
  private final SimpleType type;

  private TreeNode(@Nullable Object value, SimpleType type) {
    this.value = value;
    this.type = type;
  }

  private static SimpleType typeOf(@Nullable Object value) {
    return SimpleType.fromName(JsonValues.typeOf(value));
  }

  @Nullable Object value() {
    return value;
  }

  /** A part. */
  abstract TreeNode child(Object key, @Nullable Object part);

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

  /** The whole number, or the nearest that a count can be compared with. */
  @Override
  public BigInteger asInteger() {
    BigDecimal max = BigDecimal.valueOf(Integer.MAX_VALUE);
    return asNumber().min(max).max(max.negate()).toBigInteger();
  }

  @Override
  public List<JsonNode> asArray() {
    List<?> list = value instanceof List<?> all ? all : List.of();
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
    if (value instanceof Map<?, ?> map) {
      map.forEach((name, part) -> all.put(String.valueOf(name), child(String.valueOf(name), part)));
    }
    return all;
  }

  /**
   * A part of a schema, without what only explains and with a keyword in place of {@code false}.
   */
  static final class OfSchema extends TreeNode {
    /** A keyword that refuses every value; its value is the sentence. */
    static final String NEVER = "$\u0000never";

    private final String pointer;
    private final Role role;
    private final boolean ofKeyword;

    /** What the library may see in a part. */
    private enum Role {
      SCHEMA,
      NAMED_SCHEMAS,
      DATA
    }

    private OfSchema(@Nullable Object value, String pointer, Role role, boolean ofKeyword) {
      // The library looks for schemas in every object and array, also in those of enum and const.
      super(value, role == Role.DATA && value instanceof List<?> ? SimpleType.NULL : typeOf(value));
      this.pointer = pointer;
      this.role = role;
      this.ofKeyword = ofKeyword;
    }

    static OfSchema root(Map<String, ?> schema) {
      return new OfSchema(schema, "", Role.SCHEMA, false);
    }

    @Override
    OfSchema child(Object key, @Nullable Object part) {
      String word = String.valueOf(key);
      String at = pointer + "/" + SchemaKeyword.escaped(word);
      if (role == Role.SCHEMA && (key.equals("enum") || key.equals("const"))) {
        boolean several = key.equals("enum") && part instanceof List<?>;
        return new OfSchema(several ? part : Collections.singletonList(part), at, Role.DATA, true);
      }
      SchemaKeyword keyword =
          role == Role.SCHEMA && key instanceof String ? SchemaKeyword.APPLICATORS.get(word) : null;
      boolean named = (keyword != null && keyword.named()) || key.equals("dependentRequired");
      Role inner = named ? Role.NAMED_SCHEMAS : Role.SCHEMA;
      boolean flag =
          role == Role.SCHEMA
              && (SchemaKeyword.ASSERTIONS.contains(word)
                  || SchemaKeyword.IDENTIFIERS.contains(word));
      return new OfSchema(
          part instanceof Boolean all && !flag ? schemaOf(all, word) : part,
          at,
          inner,
          role == Role.SCHEMA);
    }

    private Map<String, Object> schemaOf(boolean all, String keyword) {
      if (all) {
        return Map.of();
      }
      boolean additional = role == Role.SCHEMA && keyword.equals("additionalProperties");
      if (additional && value() instanceof Map<?, ?> schema) {
        return Map.of(
            NEVER,
            schema.get("properties") instanceof Map<?, ?> known
                ? " is not allowed; allowed are " + known.keySet()
                : " is not allowed");
      }
      boolean unevaluated = role == Role.SCHEMA && keyword.equals("unevaluatedProperties");
      return Map.of(NEVER, unevaluated ? " is not allowed" : " must not be there");
    }

    /** Whether it is the value of a keyword, not a schema with a name. */
    boolean isOfKeyword() {
      return ofKeyword;
    }

    /** The library would note what only explains for every value. */
    @Override
    public Map<String, JsonNode> asObject() {
      Map<String, JsonNode> all = super.asObject();
      if (role == Role.SCHEMA) {
        all.entrySet().removeIf(each -> isIdle(each.getKey(), each.getValue()));
      }
      return all;
    }

    private static boolean isIdle(String word, JsonNode node) {
      return SchemaKeyword.ANNOTATIONS.contains(word)
          || (node.isString() && !word.startsWith("$") && !SchemaKeyword.ASSERTIONS.contains(word));
    }

    @Override
    public String getJsonPointer() {
      return pointer;
    }
  }

  /** A part of the value that is checked. It is made each time the part is looked at. */
  static final class OfValue extends TreeNode {
    private static final int MAX_STEP = 200;
    private static final int MAX_STEPS = 20;

    private final SchemaEvaluation evaluation;
    private final @Nullable OfValue parent;
    private final Object key;
    private @Nullable String id;

    private OfValue(
        @Nullable Object value, SchemaEvaluation evaluation, @Nullable OfValue parent, Object key) {
      super(value, typeOf(value));
      this.evaluation = evaluation;
      this.parent = parent;
      this.key = key;
    }

    static OfValue root(@Nullable Object value, SchemaEvaluation evaluation) {
      return new OfValue(value, evaluation, null, "$");
    }

    @Override
    OfValue child(Object name, @Nullable Object part) {
      return new OfValue(part, evaluation, this, name);
    }

    SchemaEvaluation evaluation() {
      return evaluation;
    }

    Optional<OfValue> parent() {
      return Optional.ofNullable(parent);
    }

    /** Its name or its index in its parent. */
    Object key() {
      return key;
    }

    /** Its name as a text, in the same place. */
    OfValue name() {
      return new OfValue(key, evaluation, parent, key);
    }

    /** Its path, as {@code $.a[0]}; the middle of a very long path is left out. */
    String path() {
      List<String> steps = new ArrayList<>();
      for (OfValue at = this; at.parent != null; at = at.parent) {
        String step = at.key instanceof Integer i ? "[" + i + "]" : "." + at.key;
        steps.add(step.length() > MAX_STEP ? step.substring(0, MAX_STEP) + "…" : step);
      }
      Collections.reverse(steps);
      int size = steps.size();
      if (size > 2 * MAX_STEPS) {
        steps.subList(MAX_STEPS, size - MAX_STEPS).clear();
        steps.add(MAX_STEPS, "…");
      }
      return "$" + String.join("", steps);
    }

    /** An identifier of constant length; the library only compares it. */
    @Override
    public String getJsonPointer() {
      String known = id;
      if (known == null) {
        known = evaluation.nextId();
        id = known;
      }
      return known;
    }
  }
}
