package dev.synthlab.json;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is said of a value that a keyword refuses. */
final class ViolationMessages {
  /** Keywords whose results say nothing but by the parts they look at. */
  static final Set<String> ANNOTATING =
      Set.of(
          "items", "prefixItems", "additionalItems", "unevaluatedItems", "unevaluatedProperties");

  /** Keywords of a limit, and what is said before and after it. */
  private static final Map<String, List<String>> LIMITS =
      Map.ofEntries(
          Map.entry("minimum", List.of(" must be at least ", "")),
          Map.entry("maximum", List.of(" must be at most ", "")),
          Map.entry("exclusiveMinimum", List.of(" must be more than ", "")),
          Map.entry("exclusiveMaximum", List.of(" must be less than ", "")),
          Map.entry("minLength", List.of(" must have ", " characters or more")),
          Map.entry("maxLength", List.of(" must have ", " characters or fewer")),
          Map.entry("minItems", List.of(" must have ", " elements or more")),
          Map.entry("maxItems", List.of(" must have ", " elements or fewer")),
          Map.entry("minProperties", List.of(" must have ", " members or more")),
          Map.entry("maxProperties", List.of(" must have ", " members or fewer")),
          Map.entry(
              "minContains",
              List.of(" must have ", " elements or more of the form that contains describes")),
          Map.entry(
              "maxContains",
              List.of(" must have ", " elements or fewer of the form that contains describes")));

  private ViolationMessages() {}

  /**
   * Notes what is wrong.
   *
   * @param schema the value of the keyword
   * @param noted how many violations there were before the keyword was looked at
   */
  static void tell(String keyword, TreeNode.OfSchema schema, TreeNode.OfValue value, int noted) {
    SchemaEvaluation evaluation = value.evaluation();
    List<String> limit = LIMITS.get(keyword);
    if (limit != null) {
      evaluation.wrong(value, limit.get(0) + schema.value() + limit.get(1) + had(value));
    } else if (keyword.equals("type")) {
      evaluation.wrong(
          value,
          " must be " + article(schema.value()) + ", was " + JsonValues.shown(value.value()));
    } else if (keyword.equals("required")) {
      missing(schema.value(), value, "");
    } else if (evaluation.noted() == noted) {
      dependent(keyword, schema, value);
    }
  }

  private static void dependent(String keyword, TreeNode.OfSchema schema, TreeNode.OfValue value) {
    int before = value.evaluation().noted();
    if (schema.value() instanceof Map<?, ?> rules && value.value() instanceof Map<?, ?> object) {
      rules.forEach(
          (name, needed) -> {
            if (object.containsKey(name)) {
              missing(needed, value, ", which " + name + " needs");
            }
          });
    }
    if (value.evaluation().noted() == before) {
      value.evaluation().wrong(value, " does not obey the keyword " + keyword + " of the schema");
    }
  }

  private static void missing(@Nullable Object names, TreeNode.OfValue value, String reason) {
    if (names instanceof List<?> all && value.value() instanceof Map<?, ?> object) {
      for (Object name : all) {
        if (!object.containsKey(name)) {
          value.evaluation().wrong(value, "." + name + " is missing" + reason);
        }
      }
    }
  }

  private static String had(TreeNode.OfValue value) {
    Object had = value.value();
    if (had instanceof String text) {
      return ", has " + text.codePointCount(0, text.length());
    }
    if (had instanceof List<?> array) {
      return ", has " + array.size();
    }
    return had instanceof Map<?, ?> object
        ? ", has " + object.size()
        : ", was " + JsonValues.shown(had);
  }

  private static String article(@Nullable Object type) {
    String name = type instanceof List<?> several ? "one of " + several : String.valueOf(type);
    return switch (name) {
      case "null" -> name;
      case "object", "array", "integer" -> "an " + name;
      default -> name.startsWith("one of") ? name : "a " + name;
    };
  }
}
