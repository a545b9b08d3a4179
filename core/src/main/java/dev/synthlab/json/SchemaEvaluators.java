package dev.synthlab.json;

import dev.harrel.jsonschema.EvaluationContext;
import dev.harrel.jsonschema.Evaluator;
import dev.harrel.jsonschema.EvaluatorFactory;
import dev.harrel.jsonschema.JsonNode;
import dev.harrel.jsonschema.SchemaParsingContext;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The evaluators of the keywords: those of the library, each within bounds on its work and with a
 * sentence when it fails, and own ones for keywords whose cost can grow faster than the value or
 * whose alternatives are reported apart. Safe for use by many threads.
 */
final class SchemaEvaluators implements EvaluatorFactory {
  /** Keywords whose results are no single objects; the parts they look at report what is wrong. */
  private static final Set<String> ANNOTATING =
      SchemaKeyword.words(
          "items prefixItems additionalItems unevaluatedItems unevaluatedProperties");

  private final boolean formats;
  private volatile boolean annotates;

  /**
   * Evaluators.
   *
   * @param formats whether formats are checked
   */
  SchemaEvaluators(boolean formats) {
    this.formats = formats;
  }

  /** What a keyword of one schema demands. */
  private interface Check {
    Evaluator.Result of(EvaluationContext context, TreeNode.OfValue value);
  }

  /** A schema within a schema. */
  private interface Subschema {
    boolean fits(EvaluationContext context, JsonNode value);
  }

  @Override
  public Optional<Evaluator> create(SchemaParsingContext schema, String keyword, JsonNode node) {
    if (!((TreeNode.OfSchema) node).isOfKeyword()) {
      return Optional.of((context, value) -> Evaluator.Result.success()); // a name in "properties"
    }
    annotates |= keyword.startsWith("unevaluated");
    Check own = own(schema, keyword, (TreeNode.OfSchema) node);
    if (own != null) {
      return Optional.of(guarded(schema, keyword, own, keyword.startsWith("additional") ? 10 : 0));
    }
    boolean first = keyword.equals("type") || keyword.equals("required");
    return ofLibrary(schema, keyword, node)
        .map(
            library ->
                guarded(
                    schema,
                    keyword,
                    reported(keyword, ((TreeNode.OfSchema) node).value(), library),
                    first ? -1 : library.getOrder()));
  }

  private static Optional<Evaluator> ofLibrary(
      SchemaParsingContext schema, String keyword, JsonNode node) {
    return schema.getDialect().getEvaluatorFactory().create(schema, keyword, node);
  }

  /** A keyword within its bounds. A value of the wrong type is reported by {@code type} alone. */
  private static Evaluator guarded(
      SchemaParsingContext schema, String keyword, Check check, int order) {
    JsonNode type = schema.getCurrentSchemaObject().get("type");
    boolean always =
        type == null || keyword.equals("type") || SchemaKeyword.REFERENCES.contains(keyword);
    Set<String> types =
        type instanceof TreeNode.OfSchema named && !always ? names(named.value()) : Set.of();
    return new Evaluator() {
      @Override
      public Result evaluate(EvaluationContext context, JsonNode node) {
        TreeNode.OfValue value = (TreeNode.OfValue) node;
        if (!always && !isOneOf(types, value)) {
          return Result.failure();
        }
        value.evaluation().enter(value);
        Result result = check.of(context, value);
        value.evaluation().leave();
        return result;
      }

      @Override
      public int getOrder() {
        return order;
      }
    };
  }

  /** One name, or several. */
  private static Set<String> names(@Nullable Object given) {
    Set<String> names = new HashSet<>();
    (given instanceof List<?> several ? several : List.of(String.valueOf(given)))
        .forEach(name -> names.add(String.valueOf(name)));
    return names;
  }

  private static boolean isOneOf(Set<String> types, TreeNode.OfValue value) {
    return types.contains(value.getNodeType().getName())
        || (value.isInteger() && types.contains("number"));
  }

  /** The library's evaluator, and a sentence when it fails. */
  private static Check reported(String keyword, @Nullable Object schema, Evaluator library) {
    Set<String> types = keyword.equals("type") ? names(schema) : Set.of();
    boolean whole = types.contains("integer") && !types.contains("number");
    boolean silent = ANNOTATING.contains(keyword);
    return (context, value) -> {
      int noted = value.evaluation().noted();
      Evaluator.Result result = library.evaluate(context, value);
      if (!silent && result != Evaluator.Result.success()) {
        ViolationMessages.note(keyword, schema, value, noted);
      } else if (whole
          && value.isInteger()
          && !(value.value() instanceof Integer || value.value() instanceof Long)) {
        value.evaluation().change(value, false);
      }
      return result;
    };
  }

  private @Nullable Check own(SchemaParsingContext schema, String keyword, TreeNode.OfSchema node) {
    return switch (keyword) {
      case TreeNode.OfSchema.NEVER -> rule(value -> false, value -> node.asString());
      case "enum", "const" ->
          constants((List<?>) Objects.requireNonNull(node.value()), keyword.equals("const"));
      case "uniqueItems" ->
          rule(
              value -> !node.asBoolean() || isUnique(value),
              value -> " must not have the same element twice");
      case "multipleOf" ->
          rule(
              value ->
                  !value.isNumber() || JsonValues.isMultiple(value.asNumber(), node.asNumber()),
              value -> " must be a multiple of " + node.value() + was(value));
      case "pattern" -> pattern(node.asString());
      case "format" ->
          rule(
              value ->
                  !formats
                      || !value.isString()
                      || TextFormat.obeys(node.asString(), value.asString()),
              value -> " must be a " + node.value() + was(value));
      case "properties" -> properties(schema, node);
      case "patternProperties" -> patternProperties(schema, node);
      case "additionalProperties" -> additionalProperties(schema, node);
      case "propertyNames" -> propertyNames(schema, node);
      case "contains" -> contains(schema, node);
      case "anyOf", "oneOf" -> choice(schema, node, keyword.equals("oneOf"));
      case "not" -> {
        Subschema not = subschema(schema, node);
        yield (context, value) ->
            result(
                !value.evaluation().silently(() -> not.fits(context, value))
                    || value.evaluation().wrong(value, " is of a form that is not allowed"));
      }
      case "if" -> condition(schema, node);
      default -> null;
    };
  }

  private static Evaluator.Result result(boolean valid) {
    return valid ? Evaluator.Result.success() : Evaluator.Result.failure();
  }

  private Evaluator.Result result(boolean valid, List<String> evaluated) {
    return valid && annotates ? Evaluator.Result.success(evaluated) : result(valid);
  }

  private static Check rule(
      Predicate<TreeNode.OfValue> holds, Function<TreeNode.OfValue, String> sentence) {
    return (context, value) ->
        result(holds.test(value) || value.evaluation().wrong(value, sentence.apply(value)));
  }

  private static String was(TreeNode.OfValue value) {
    return ", was " + JsonValues.shown(value.value());
  }

  private static Object canonical(@Nullable Object part, TreeNode.OfValue at) {
    return JsonValues.canonical(part, steps -> at.evaluation().spend(4 * steps, at));
  }

  private static Check constants(List<?> constants, boolean one) {
    Set<Object> allowed = new HashSet<>();
    constants.forEach(each -> allowed.add(JsonValues.canonical(each, steps -> {})));
    boolean containers =
        constants.stream().anyMatch(each -> each instanceof Map<?, ?> || each instanceof List<?>);
    String must =
        one
            ? " must be " + JsonValues.shown(constants.getFirst())
            : " must be one of " + JsonValues.listed(constants);
    return rule(
        value ->
            (containers || !(value.isObject() || value.isArray()))
                && allowed.contains(canonical(value.value(), value)),
        value -> must + was(value));
  }

  private static boolean isUnique(TreeNode.OfValue value) {
    Set<Object> seen = new HashSet<>();
    return !(value.value() instanceof List<?> elements)
        || elements.stream().allMatch(each -> seen.add(canonical(each, value)));
  }

  private static Check pattern(String source) {
    Predicate<TreeNode.OfValue> found = matcher(source);
    return rule(
        value -> !value.isString() || found.test(value),
        value -> " must match " + source + was(value));
  }

  /** Finds a pattern in a text, which is a value or the name of a member. */
  private static Predicate<TreeNode.OfValue> matcher(String source) {
    BoundedPattern pattern = BoundedPattern.of(source);
    return at -> {
      String text = at.asString();
      try {
        return pattern.find(text, steps -> at.evaluation().spend(steps, at));
      } catch (BoundedPattern.UnjudgedException e) {
        throw at.evaluation()
            .unjudged(
                at,
                "the pattern %s %s for a text of %d characters"
                    .formatted(JsonValues.shown(source), e.getMessage(), text.length()));
      }
    };
  }

  /** A result says in public only that it is a plain success, as that of a "not" is. */
  private static Subschema subschema(SchemaParsingContext schema, JsonNode node) {
    Evaluator not =
        ofLibrary(schema, "not", node).orElse((context, value) -> Evaluator.Result.failure());
    return (context, value) -> not.evaluate(context, value) != Evaluator.Result.success();
  }

  private static Map<String, Subschema> named(
      SchemaParsingContext schema, @Nullable JsonNode node) {
    Map<String, Subschema> all = new LinkedHashMap<>();
    if (node != null) {
      node.asObject().forEach((name, part) -> all.put(name, subschema(schema, part)));
    }
    return all;
  }

  /**
   * Checks each member by the schemas that apply to it.
   *
   * @param optional the names of members that strict mode may write as null
   */
  private Check members(
      Function<TreeNode.OfValue, List<Subschema>> schemas, Predicate<String> optional) {
    return (context, value) -> {
      boolean valid = true;
      List<String> evaluated = new ArrayList<>();
      for (Map.Entry<String, JsonNode> member : value.asObject().entrySet()) {
        TreeNode.OfValue part = (TreeNode.OfValue) member.getValue();
        for (Subschema schema : schemas.apply(part)) {
          evaluated.add(member.getKey());
          boolean missing =
              part.isNull()
                  && value.evaluation().isForgiving()
                  && optional.test(member.getKey())
                  && !value.evaluation().silently(() -> schema.fits(context, part));
          if (missing) {
            value.evaluation().change(part, true);
          } else {
            valid &= schema.fits(context, part);
          }
        }
      }
      return result(valid, evaluated);
    };
  }

  private Check properties(SchemaParsingContext schema, TreeNode.OfSchema node) {
    Map<String, Subschema> members = named(schema, node);
    JsonNode names = schema.getCurrentSchemaObject().get("required");
    Set<String> required = names == null ? Set.of() : names(((TreeNode) names).value());
    return members(
        part -> Optional.ofNullable(members.get(part.key())).stream().toList(),
        name -> !required.contains(name));
  }

  private Check patternProperties(SchemaParsingContext schema, TreeNode.OfSchema node) {
    Map<Predicate<TreeNode.OfValue>, Subschema> patterns = new LinkedHashMap<>();
    named(schema, node).forEach((source, part) -> patterns.put(matcher(source), part));
    return members(
        part ->
            patterns.entrySet().stream()
                .filter(each -> each.getKey().test(part.name()))
                .map(Map.Entry::getValue)
                .toList(),
        name -> false);
  }

  private Check additionalProperties(SchemaParsingContext schema, TreeNode.OfSchema node) {
    List<Subschema> more = List.of(subschema(schema, node));
    Set<String> known = keys(schema, "properties");
    List<Predicate<TreeNode.OfValue>> patterns =
        keys(schema, "patternProperties").stream().map(SchemaEvaluators::matcher).toList();
    return members(
        part ->
            known.contains(part.key()) || patterns.stream().anyMatch(each -> each.test(part.name()))
                ? List.of()
                : more,
        name -> false);
  }

  private static Set<String> keys(SchemaParsingContext schema, String keyword) {
    JsonNode node = schema.getCurrentSchemaObject().get(keyword);
    return node == null ? Set.of() : node.asObject().keySet();
  }

  private static Check propertyNames(SchemaParsingContext schema, TreeNode.OfSchema node) {
    Subschema wanted = subschema(schema, node);
    return (context, value) -> {
      boolean valid = true;
      for (JsonNode member : value.asObject().values()) {
        valid &= wanted.fits(context, ((TreeNode.OfValue) member).name());
      }
      return result(valid);
    };
  }

  private static Check contains(SchemaParsingContext schema, TreeNode.OfSchema node) {
    JsonNode min = schema.getCurrentSchemaObject().get("minContains");
    boolean none = min != null && min.isNumber() && min.asNumber().signum() == 0;
    Subschema wanted = subschema(schema, node);
    return (context, value) -> {
      if (!value.isArray()) {
        return result(true);
      }
      List<Integer> found = new ArrayList<>();
      List<JsonNode> elements = value.asArray();
      for (int i = 0; i < elements.size(); i++) {
        JsonNode element = elements.get(i);
        if (value.evaluation().silently(() -> wanted.fits(context, element))) {
          found.add(i);
        }
      }
      return none || !found.isEmpty()
          ? Evaluator.Result.success(found)
          : result(
              value
                  .evaluation()
                  .wrong(value, " must have an element of the form that contains describes"));
    };
  }

  private static Check choice(SchemaParsingContext schema, TreeNode.OfSchema node, boolean one) {
    List<Subschema> choices = node.asArray().stream().map(each -> subschema(schema, each)).toList();
    return (context, value) -> {
      SchemaEvaluation evaluation = value.evaluation();
      int fits = 0;
      List<SchemaEvaluation.Violation> nearest = List.of();
      for (Subschema choice : choices) {
        List<SchemaEvaluation.Violation> found = new ArrayList<>();
        if (evaluation.trial(() -> choice.fits(context, value), found)) {
          fits++;
        } else if (nearest.isEmpty() || found.size() < nearest.size()) {
          nearest = found;
        }
      }
      if (fits == 0) {
        evaluation.wrong(
            value, " has none of the " + choices.size() + " forms allowed; of the nearest:");
        nearest.forEach(each -> evaluation.wrong(each.at(), each.sentence()));
        return result(false);
      }
      return result(
          !one
              || fits == 1
              || evaluation.wrong(value, " must be of one form only, but " + fits + " fit"));
    };
  }

  private static Check condition(SchemaParsingContext schema, TreeNode.OfSchema node) {
    Subschema test = subschema(schema, node);
    Optional<Subschema> then = sibling(schema, "then");
    Optional<Subschema> otherwise = sibling(schema, "else");
    return (context, value) ->
        result(
            (value.evaluation().silently(() -> test.fits(context, value)) ? then : otherwise)
                .map(part -> part.fits(context, value))
                .orElse(true));
  }

  private static Optional<Subschema> sibling(SchemaParsingContext schema, String keyword) {
    return Optional.ofNullable(schema.getCurrentSchemaObject().get(keyword))
        .map(part -> subschema(schema, part));
  }
}
