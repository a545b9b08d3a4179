package dev.synthlab.llm;

import dev.synthlab.http.Json;
import dev.synthlab.logging.Redactor;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * Says what of a value is not as a JSON Schema has it: the keywords that shapes of answers are made
 * of; others are passed over. For one value and one thread.
 */
final class SchemaCheck {
  private static final int SHOWN = 80;
  private static final int MOST_VIOLATIONS = 20;
  private static final int MOST_STEPS = 2_000_000;

  private final Map<String, Object> root;
  private List<String> violations = new ArrayList<>();
  private int most = MOST_VIOLATIONS;
  private int depth;
  private int steps;

  private SchemaCheck(Map<String, Object> root) {
    this.root = root;
  }

  static List<String> violations(Map<String, Object> schema, @Nullable Object value) {
    SchemaCheck check = new SchemaCheck(schema);
    check.check(schema, value, "$");
    return List.copyOf(check.violations);
  }

  /** Whether enough was found, or so much was looked at that there must be an end. */
  private boolean enough() {
    return violations.size() >= most || steps > MOST_STEPS;
  }

  void note(String sentence) {
    if (violations.size() < most) {
      violations.add(sentence);
    }
  }

  private void check(@Nullable Object given, @Nullable Object value, String path) {
    steps++;
    if (Boolean.FALSE.equals(given)) {
      note(path + " must not be there");
    }
    if (!(given instanceof Map<?, ?> schema) || enough()) {
      return;
    }
    depth++;
    if (depth > 2 * Json.MAX_DEPTH) {
      note(path + " cannot be checked: the schema refers to itself without end");
    } else {
      if (schema.get("$ref") instanceof String reference) {
        check(resolved(reference), value, path);
      }
      keywords(schema, value, path);
    }
    depth--;
  }

  private @Nullable Object resolved(String reference) {
    if (!reference.startsWith("#")) {
      return true;
    }
    Object at = root;
    for (String step : reference.substring(1).split("/", -1)) {
      String name = step.replace("~1", "/").replace("~0", "~");
      if (!name.isEmpty()) {
        at = at instanceof Map<?, ?> map ? map.get(name) : null;
      }
    }
    return at == null ? true : at;
  }

  private void keywords(Map<?, ?> schema, @Nullable Object value, String path) {
    if (schema.get("type") != null && !isOneOf(schema.get("type"), value)) {
      note(path + " must be " + article(schema.get("type")) + ", was " + shown(value));
      return;
    }
    if (schema.get("enum") instanceof List<?> constants
        && constants.stream().noneMatch(constant -> same(constant, value))) {
      note(path + " must be one of " + constants + ", was " + shown(value));
    }
    if (schema.containsKey("const") && !same(schema.get("const"), value)) {
      note(path + " must be " + shown(schema.get("const")) + ", was " + shown(value));
    }
    if (value instanceof Map<?, ?> object) {
      object(schema, object, path);
    }
    if (value instanceof List<?> array) {
      array(schema, array, path);
    }
    if (value instanceof String text) {
      text(schema, text, path);
    }
    decimal(value).ifPresent(number -> number(schema, number, path));
    combined(schema, value, path);
  }

  private void object(Map<?, ?> schema, Map<?, ?> object, String path) {
    if (schema.get("required") instanceof List<?> names) {
      for (Object name : names) {
        if (!object.containsKey(name)) {
          note(path + "." + name + " is missing");
        }
      }
    }
    Map<?, ?> properties = schema.get("properties") instanceof Map<?, ?> known ? known : Map.of();
    Map<?, ?> patterns =
        schema.get("patternProperties") instanceof Map<?, ?> known ? known : Map.of();
    for (Map.Entry<?, ?> member : object.entrySet()) {
      String name = String.valueOf(member.getKey());
      String at = path + "." + name;
      boolean known = properties.containsKey(name);
      if (known) {
        check(properties.get(name), member.getValue(), at);
      }
      for (Map.Entry<?, ?> pattern : patterns.entrySet()) {
        if (matches(String.valueOf(pattern.getKey()), name)) {
          known = true;
          check(pattern.getValue(), member.getValue(), at);
        }
      }
      if (!known && Boolean.FALSE.equals(schema.get("additionalProperties"))) {
        note(at + " is not allowed; allowed are " + properties.keySet());
      } else if (!known) {
        check(schema.get("additionalProperties"), member.getValue(), at);
      }
    }
    atLeast(schema, "minProperties", object.size(), path + " must have %s members or more");
    atMost(schema, "maxProperties", object.size(), path + " must have %s members or fewer");
  }

  private void array(Map<?, ?> schema, List<?> array, String path) {
    for (int i = 0; i < array.size() && !enough(); i++) {
      check(schema.get("items"), array.get(i), path + "[" + i + "]");
    }
    atLeast(schema, "minItems", array.size(), path + " must have %s elements or more");
    atMost(schema, "maxItems", array.size(), path + " must have %s elements or fewer");
    if (Boolean.TRUE.equals(schema.get("uniqueItems"))
        && array.stream().distinct().count() < array.size()) {
      note(path + " must not have the same element twice");
    }
  }

  private void text(Map<?, ?> schema, String text, String path) {
    int length = text.codePointCount(0, text.length());
    atLeast(schema, "minLength", length, path + " must have %s characters or more");
    atMost(schema, "maxLength", length, path + " must have %s characters or fewer");
    if (schema.get("pattern") instanceof String pattern && !matches(pattern, text)) {
      note(path + " must match " + pattern + ", was " + shown(text));
    }
    if (schema.get("format") instanceof String format && !Simple.obeys(format, text)) {
      note(path + " must be a " + format + ", was " + shown(text));
    }
  }

  /** A pattern that Java does not know is one of those things that are passed over. */
  private static boolean matches(String pattern, String text) {
    try {
      return Pattern.compile(pattern).matcher(text).find();
    } catch (PatternSyntaxException e) {
      return true;
    }
  }

  private void number(Map<?, ?> schema, BigDecimal number, String path) {
    bound(schema, "minimum")
        .filter(b -> number.compareTo(b) < 0)
        .ifPresent(b -> note(path + " must be at least " + b + ", was " + shown(number)));
    bound(schema, "maximum")
        .filter(b -> number.compareTo(b) > 0)
        .ifPresent(b -> note(path + " must be at most " + b + ", was " + shown(number)));
    bound(schema, "exclusiveMinimum")
        .filter(b -> number.compareTo(b) <= 0)
        .ifPresent(b -> note(path + " must be more than " + b + ", was " + shown(number)));
    bound(schema, "exclusiveMaximum")
        .filter(b -> number.compareTo(b) >= 0)
        .ifPresent(b -> note(path + " must be less than " + b + ", was " + shown(number)));
    bound(schema, "multipleOf")
        .filter(b -> b.signum() > 0 && isSmall(number) && isSmall(b))
        .filter(b -> number.remainder(b).signum() != 0)
        .ifPresent(b -> note(path + " must be a multiple of " + b + ", was " + shown(number)));
  }

  private static boolean isSmall(BigDecimal number) {
    return Math.abs((long) number.scale()) < Json.MAX_DEPTH;
  }

  private static Optional<BigDecimal> bound(Map<?, ?> schema, String keyword) {
    return decimal(schema.get(keyword));
  }

  private void atLeast(Map<?, ?> schema, String keyword, int count, String rule) {
    bound(schema, keyword)
        .filter(bound -> BigDecimal.valueOf(count).compareTo(bound) < 0)
        .ifPresent(bound -> note(rule.formatted(bound) + ", has " + count));
  }

  private void atMost(Map<?, ?> schema, String keyword, int count, String rule) {
    bound(schema, keyword)
        .filter(bound -> BigDecimal.valueOf(count).compareTo(bound) > 0)
        .ifPresent(bound -> note(rule.formatted(bound) + ", has " + count));
  }

  private void combined(Map<?, ?> schema, @Nullable Object value, String path) {
    if (schema.get("allOf") instanceof List<?> all) {
      all.forEach(each -> check(each, value, path));
    }
    if (schema.get("anyOf") instanceof List<?> choices) {
      choice(choices, value, path);
    }
    if (schema.get("oneOf") instanceof List<?> choices) {
      int fits = choice(choices, value, path);
      if (fits > 1) {
        note(path + " must be of one form only, but " + fits + " fit");
      }
    }
    if (schema.containsKey("not") && found(schema.get("not"), value, path, 1).isEmpty()) {
      note(path + " is of a form that is not allowed");
    }
  }

  /** How many of the forms fit; when none does, the nearest is told of. */
  private int choice(List<?> choices, @Nullable Object value, String path) {
    int fits = 0;
    List<String> nearest = List.of();
    for (Object choice : choices) {
      // Where one is known to fit, it is enough to know whether the others do.
      List<String> wrong = found(choice, value, path, fits > 0 ? 1 : MOST_VIOLATIONS);
      if (wrong.isEmpty()) {
        fits++;
      } else if (nearest.isEmpty() || wrong.size() < nearest.size()) {
        nearest = wrong;
      }
    }
    if (fits == 0) {
      note(path + " has none of the " + choices.size() + " forms allowed; of the nearest:");
      nearest.forEach(this::note);
    }
    return fits;
  }

  private List<String> found(@Nullable Object schema, @Nullable Object value, String path, int n) {
    List<String> outer = violations;
    int before = most;
    violations = new ArrayList<>();
    most = n;
    check(schema, value, path);
    List<String> inner = violations;
    violations = outer;
    most = before;
    return inner;
  }

  private static boolean isOneOf(@Nullable Object type, @Nullable Object value) {
    return type instanceof List<?> several
        ? several.stream().anyMatch(each -> isOneOf(each, value))
        : typeOf(value).equals(type)
            || ("number".equals(type) && decimal(value).isPresent())
            || ("integer".equals(type) && decimal(value).filter(SchemaCheck::isWhole).isPresent());
  }

  /** The name of its type in JSON Schema. */
  static String typeOf(@Nullable Object value) {
    if (value == null) {
      return "null";
    }
    if (value instanceof Map<?, ?>) {
      return "object";
    }
    if (value instanceof List<?>) {
      return "array";
    }
    if (value instanceof String) {
      return "string";
    }
    if (value instanceof Boolean) {
      return "boolean";
    }
    return decimal(value).filter(SchemaCheck::isWhole).isPresent() ? "integer" : "number";
  }

  private static String article(@Nullable Object type) {
    String name = type instanceof List<?> several ? "one of " + several : String.valueOf(type);
    return switch (name) {
      case "null" -> name;
      case "object", "array", "integer" -> "an " + name;
      default -> name.startsWith("one of") ? name : "a " + name;
    };
  }

  private static boolean same(@Nullable Object constant, @Nullable Object value) {
    Optional<BigDecimal> number = decimal(constant);
    if (number.isPresent()) {
      return decimal(value).filter(given -> given.compareTo(number.get()) == 0).isPresent();
    }
    return constant == null ? value == null : constant.equals(value);
  }

  /**
   * The value without members that are null where the schema lets them be missing, but not be null:
   * that is how strict mode says that something is missing.
   */
  static Map<String, Object> withoutNulls(Map<String, Object> schema, Map<String, Object> value) {
    Object without = new SchemaCheck(schema).without(schema, value);
    @SuppressWarnings("unchecked") // of an object comes an object
    Map<String, Object> object = (Map<String, Object>) without;
    return object == null ? value : object;
  }

  private @Nullable Object without(@Nullable Object given, @Nullable Object value) {
    Object known =
        given instanceof Map<?, ?> referring && referring.get("$ref") instanceof String reference
            ? resolved(reference)
            : given;
    if (!(known instanceof Map<?, ?> schema)) {
      return value;
    }
    if (value instanceof List<?> array) {
      List<@Nullable Object> all = new ArrayList<>();
      array.forEach(element -> all.add(without(schema.get("items"), element)));
      return all;
    }
    if (value instanceof Map<?, ?> object
        && schema.get("properties") instanceof Map<?, ?> properties) {
      List<?> required = schema.get("required") instanceof List<?> names ? names : List.of();
      Map<String, @Nullable Object> all = new LinkedHashMap<>();
      object.forEach(
          (name, member) -> {
            boolean mayBeMissing = properties.containsKey(name) && !required.contains(name);
            if (member != null
                || !mayBeMissing
                || found(properties.get(name), null, "$", 1).isEmpty()) {
              all.put(String.valueOf(name), without(properties.get(name), member));
            }
          });
      return all;
    }
    return value;
  }

  /** A value as a sentence shows it. */
  static String shown(@Nullable Object tree) {
    if (tree instanceof Map<?, ?>) {
      return "an object";
    }
    if (tree instanceof List<?>) {
      return "an array";
    }
    String text = String.valueOf(tree);
    String begun = Redactor.redactBeginning(text, SHOWN) + (text.length() > SHOWN ? "…" : "");
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
