package dev.synthlab.json;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The check of any value by any schema ends in bounded time, and explains a refusal. */
class SchemaFuzzTest {
  private static final long MAX_NANOS = 5_000_000_000L;

  // Processor time: the machine may be busy.
  private static final ThreadMXBean CLOCK = ManagementFactory.getThreadMXBean();

  private static final List<String> KEYWORDS =
      List.of(
          "type",
          "enum",
          "const",
          "pattern",
          "format",
          "minLength",
          "maxLength",
          "minimum",
          "maximum",
          "exclusiveMinimum",
          "exclusiveMaximum",
          "multipleOf",
          "items",
          "prefixItems",
          "contains",
          "minContains",
          "maxContains",
          "minItems",
          "maxItems",
          "uniqueItems",
          "properties",
          "patternProperties",
          "additionalProperties",
          "propertyNames",
          "required",
          "dependentSchemas",
          "minProperties",
          "maxProperties",
          "allOf",
          "anyOf",
          "oneOf",
          "not",
          "if",
          "then",
          "else",
          "$ref",
          "$defs",
          "nullable",
          "unevaluatedProperties",
          "title");

  private static final List<String> TYPES =
      List.of("string", "integer", "number", "boolean", "object", "array", "null", "any");
  private static final List<String> FORMATS =
      List.of("date", "date-time", "email", "uri", "uuid", "ipv4", "regex", "unknown");
  private static final List<String> REFERENCES =
      List.of("#", "#/properties/v", "#/$defs/a", "#a", "http://localhost/x", "a", "");
  private static final List<String> NAMES = List.of("v", "a", "b", "", "~", "$ref");

  @FuzzTest(maxDuration = "40m", maxExecutions = 1_000_000)
  void judgesAnyPatternSoon(FuzzedDataProvider data) {
    String source = data.consumeString(60);
    String text = data.consumeString(40).repeat(data.consumeInt(1, 200));
    inBoundedTime(
        () -> {
          try {
            BoundedPattern.of(source).find(text);
          } catch (BoundedPattern.UnjudgedException | IllegalArgumentException e) {
            requireMessage(e);
          }
        });
  }

  @FuzzTest(maxDuration = "40m", maxExecutions = 1_000_000)
  void judgesAnyValueByAnySchemaSoon(FuzzedDataProvider data) {
    Map<String, Object> members = new LinkedHashMap<>(Map.of("type", "object"));
    members.put("properties", Map.of("v", schema(data, 4)));
    Map<String, Object> value = Map.of("v", value(data, 4));
    inBoundedTime(
        () -> {
          JsonSchema schema;
          try {
            schema = JsonSchema.parse(Json.mapper().writeValueAsString(members));
          } catch (IllegalArgumentException e) {
            requireMessage(e);
            return;
          }
          SchemaValidator.Checked checked = schema.check(value);
          if (checked.violations().isEmpty()
              && !schema.check(checked.value()).violations().isEmpty()) {
            throw new IllegalStateException(
                members + " accepts " + value + " but not " + checked.value());
          }
        });
  }

  private static Map<String, Object> schema(FuzzedDataProvider data, int depth) {
    Map<String, Object> all = new LinkedHashMap<>();
    for (int i = data.consumeInt(1, 3); i > 0; i--) {
      String keyword = data.pickValue(KEYWORDS);
      all.put(keyword, argument(keyword, data, depth - 1));
    }
    return all;
  }

  private static Object argument(String keyword, FuzzedDataProvider data, int depth) {
    return switch (keyword) {
      case "type" -> data.pickValue(TYPES);
      case "pattern" -> data.consumeString(12);
      case "format" -> data.pickValue(FORMATS);
      case "$ref" -> data.pickValue(REFERENCES);
      case "enum", "required" -> List.of(value(data, depth), value(data, depth));
      case "properties", "patternProperties", "$defs", "dependentSchemas" ->
          depth > 0 ? Map.of(data.pickValue(NAMES), schema(data, depth)) : Map.of();
      case "allOf", "anyOf", "oneOf", "prefixItems" ->
          depth > 0 ? List.of(schema(data, depth), schema(data, depth)) : List.of(Map.of());
      case "not",
          "items",
          "additionalProperties",
          "contains",
          "if",
          "then",
          "else",
          "propertyNames" ->
          depth > 0 ? schema(data, depth) : data.consumeBoolean();
      default -> value(data, depth);
    };
  }

  private static Object value(FuzzedDataProvider data, int depth) {
    return switch (data.consumeInt(0, depth > 0 ? 6 : 4)) {
      case 0 -> data.consumeString(12);
      case 1 -> data.consumeInt();
      case 2 -> data.consumeInt(-3, 3);
      case 3 -> BigDecimal.valueOf(data.consumeInt(-999, 999), data.consumeInt(-2, 2));
      case 4 -> data.consumeBoolean();
      case 5 -> List.of(value(data, depth - 1), value(data, depth - 1));
      default -> Map.of(data.pickValue(NAMES), value(data, depth - 1));
    };
  }

  private static void inBoundedTime(Runnable check) {
    long begin = CLOCK.getCurrentThreadCpuTime();
    check.run();
    long took = CLOCK.getCurrentThreadCpuTime() - begin;
    if (took > MAX_NANOS) {
      throw new IllegalStateException("the check took " + took + " ns");
    }
  }

  private static void requireMessage(RuntimeException e) {
    if (String.valueOf(e.getMessage()).isBlank()) {
      throw new IllegalStateException("refused without a message", e);
    }
  }
}
