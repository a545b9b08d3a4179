package dev.synthlab.json;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The sentences about values that a keyword of the library refuses. */
final class ViolationMessages {
  /** The sentence of each limit; {@code #} stands for the limit. */
  private static final Map<String, String> LIMITS =
      Map.ofEntries(
          Map.entry("minimum", "at least #"),
          Map.entry("maximum", "at most #"),
          Map.entry("exclusiveMinimum", "more than #"),
          Map.entry("exclusiveMaximum", "less than #"),
          Map.entry("minLength", "# characters or more"),
          Map.entry("maxLength", "# characters or fewer"),
          Map.entry("minItems", "# elements or more"),
          Map.entry("maxItems", "# elements or fewer"),
          Map.entry("minProperties", "# members or more"),
          Map.entry("maxProperties", "# members or fewer"),
          Map.entry("minContains", "# elements or more of the form that contains describes"),
          Map.entry("maxContains", "# elements or fewer of the form that contains describes"));

  private ViolationMessages() {}

  /**
   * Notes what is wrong.
   *
   * @param schema the value of the keyword
   * @param noted how many violations there were before the keyword was evaluated
   */
  static void note(String keyword, @Nullable Object schema, TreeNode.OfValue value, int noted) {
    SchemaEvaluation evaluation = value.evaluation();
    String limit = LIMITS.get(keyword);
    if (limit != null) {
      String must = limit.startsWith("#") ? " must have " : " must be ";
      evaluation.wrong(value, must + limit.replace("#", String.valueOf(schema)) + had(value));
    } else if (keyword.equals("type")) {
      evaluation.wrong(
          value, " must be " + article(schema) + ", was " + JsonValues.shown(value.value()));
    } else if (keyword.equals("required")) {
      missing(schema, value, "");
    } else if (evaluation.noted() == noted) {
      if (schema instanceof Map<?, ?> rules && value.value() instanceof Map<?, ?> object) {
        rules.forEach(
            (name, needed) -> {
              if (object.containsKey(name)) {
                missing(needed, value, ", which " + name + " needs");
              }
            });
      }
      if (evaluation.noted() == noted) {
        evaluation.wrong(value, " does not obey the keyword " + keyword + " of the schema");
      }
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
    return switch (had) {
      case String text -> ", has " + text.codePointCount(0, text.length());
      case List<?> array -> ", has " + array.size();
      case Map<?, ?> object -> ", has " + object.size();
      case null -> ", was null";
      default -> ", was " + JsonValues.shown(had);
    };
  }

  private static String article(@Nullable Object type) {
    String name = String.valueOf(type);
    if (type instanceof List<?>) {
      return "one of " + name;
    }
    return name.equals("null") ? name : (name.matches("[aio].*") ? "an " : "a ") + name;
  }
}
