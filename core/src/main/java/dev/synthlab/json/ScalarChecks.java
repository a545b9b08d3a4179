package dev.synthlab.json;

import dev.harrel.jsonschema.EvaluationContext;
import dev.harrel.jsonschema.Evaluator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Keywords that look at a value by itself and whose cost could grow faster than the value. */
final class ScalarChecks {
  private ScalarChecks() {}

  /** What a keyword of a schema demands of a value. */
  interface Check {
    Evaluator.Result of(EvaluationContext context, TreeNode.OfValue value);
  }

  static Evaluator.Result wrong(TreeNode.OfValue at, String sentence) {
    at.evaluation().wrong(at, sentence);
    return Evaluator.Result.failure();
  }

  static Optional<Check> never(TreeNode.OfSchema node) {
    String sentence =
        node.value() instanceof TreeNode.Constants names && !names.values().isEmpty()
            ? " is not allowed" + names.values().getFirst()
            : " must not be there";
    return Optional.of((context, value) -> wrong(value, sentence));
  }

  static Optional<Check> constants(TreeNode.OfSchema node, boolean one) {
    if (!(node.value() instanceof TreeNode.Constants constants)) {
      return Optional.empty();
    }
    Set<String> texts = new LinkedHashSet<>();
    constants.values().forEach(each -> texts.add(JsonValues.canonical(each, steps -> {})));
    boolean containers =
        constants.values().stream().anyMatch(c -> c instanceof Map<?, ?> || c instanceof List<?>);
    String rule =
        one
            ? " must be " + JsonValues.shown(constants.values().getFirst())
            : " must be one of " + JsonValues.listed(constants.values());
    return Optional.of(
        (context, value) -> {
          boolean scalar = !value.isObject() && !value.isArray();
          return (scalar || containers) && texts.contains(canonical(value.value(), value))
              ? Evaluator.Result.success()
              : wrong(value, rule + ", was " + JsonValues.shown(value.value()));
        });
  }

  private static String canonical(@Nullable Object part, TreeNode.OfValue at) {
    return JsonValues.canonical(part, steps -> at.evaluation().spend(4 * steps, at));
  }

  static Optional<Check> unique(TreeNode.OfSchema node) {
    return Boolean.TRUE.equals(node.value())
        ? Optional.of(
            (context, value) -> {
              Set<String> seen = new HashSet<>();
              boolean twice =
                  value.value() instanceof List<?> elements
                      && elements.stream().anyMatch(each -> !seen.add(canonical(each, value)));
              return twice
                  ? wrong(value, " must not have the same element twice")
                  : Evaluator.Result.success();
            })
        : Optional.empty();
  }

  static Optional<Check> multiple(TreeNode.OfSchema node) {
    return JsonValues.decimal(node.value())
        .filter(step -> step.signum() > 0)
        .map(
            step ->
                (context, value) ->
                    JsonValues.decimal(value.value())
                            .map(number -> JsonValues.isMultiple(number, step))
                            .orElse(true)
                        ? Evaluator.Result.success()
                        : wrong(
                            value,
                            " must be a multiple of "
                                + step
                                + ", was "
                                + JsonValues.shown(value.value())));
  }

  static Optional<Check> pattern(TreeNode.OfSchema node) {
    if (!(node.value() instanceof String source)) {
      return Optional.empty();
    }
    Optional<BoundedPattern> pattern = compiled(source);
    return Optional.of(
        (context, value) ->
            !(value.value() instanceof String text) || found(pattern, source, text, value)
                ? Evaluator.Result.success()
                : wrong(
                    value, " must match " + source + ", was " + JsonValues.shown(value.value())));
  }

  static Optional<BoundedPattern> compiled(String source) {
    try {
      return Optional.of(BoundedPattern.of(source));
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // said when it is to judge something
    }
  }

  static boolean found(
      Optional<BoundedPattern> pattern, String source, String text, TreeNode.OfValue at) {
    SchemaEvaluation evaluation = at.evaluation();
    String name = "the pattern " + JsonValues.shown(source);
    if (pattern.isEmpty()) {
      throw evaluation.unjudged(at, name + " is not a regular expression");
    }
    try {
      return pattern.get().find(text, steps -> evaluation.spend(steps, at));
    } catch (BoundedPattern.UnjudgedException e) {
      throw evaluation.unjudged(
          at, name + " " + e.getMessage() + " for a text of " + text.length() + " characters");
    }
  }
}
