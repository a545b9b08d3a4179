package dev.synthlab.json;

import dev.harrel.jsonschema.EvaluationContext;
import dev.harrel.jsonschema.Evaluator;
import dev.harrel.jsonschema.EvaluatorFactory;
import dev.harrel.jsonschema.JsonNode;
import dev.harrel.jsonschema.SchemaParsingContext;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * The keywords as the library evaluates them, each with a bound on what it costs and a sentence
 * when it fails. Those whose cost could grow faster than the value, or whose choices have to be
 * told from each other, are evaluated here. Immutable; safe for use by many threads.
 *
 * @param keepsAnnotations whether some keyword asks which parts others have looked at
 * @param formats whether formats are checked
 */
record SchemaEvaluators(boolean keepsAnnotations, boolean formats) implements EvaluatorFactory {
  /** A keyword of ours that nothing fits: what the schema {@code false} is written as. */
  static final String NEVER = "\u0000never";

  @Override
  public Optional<Evaluator> create(SchemaParsingContext schema, String keyword, JsonNode node) {
    return own(schema, keyword, (TreeNode.OfSchema) node)
        .or(() -> ofLibrary(schema, keyword, (TreeNode.OfSchema) node));
  }

  /** One keyword of one schema, with its bounds. */
  private record Guarded(Evaluator inner, Optional<List<String>> types) implements Evaluator {
    @Override
    public Result evaluate(EvaluationContext context, JsonNode node) {
      TreeNode.OfValue value = (TreeNode.OfValue) node;
      if (types.isPresent() && !isOneOf(types.get(), value)) {
        return Result.failure(); // of the wrong type, which is said once
      }
      value.evaluation().enter(value);
      Result result = inner.evaluate(context, node);
      value.evaluation().leave();
      return result;
    }

    @Override
    public int getOrder() {
      return inner.getOrder();
    }
  }

  private Optional<Evaluator> ofLibrary(
      SchemaParsingContext schema, String keyword, TreeNode.OfSchema node) {
    return schema
        .getDialect()
        .getEvaluatorFactory()
        .create(schema, keyword, node)
        .map(library -> guarded(schema, keyword, told(keyword, node, library)));
  }

  private static Evaluator guarded(SchemaParsingContext schema, String keyword, Evaluator inner) {
    JsonNode type = schema.getCurrentSchemaObject().get("type");
    boolean free = keyword.equals("type") || SchemaKeyword.REFERENCES.contains(keyword);
    return new Guarded(inner, type == null || free ? Optional.empty() : Optional.of(names(type)));
  }

  private static List<String> names(JsonNode type) {
    return type.isArray()
        ? type.asArray().stream().map(JsonNode::asString).toList()
        : List.of(type.asString());
  }

  private static boolean isOneOf(List<String> types, TreeNode.OfValue value) {
    String type = value.getNodeType().getName();
    return types.contains(type) || (type.equals("integer") && types.contains("number"));
  }

  /** The library's evaluator, and our sentence when it fails. */
  private static Evaluator told(String keyword, TreeNode.OfSchema node, Evaluator library) {
    boolean annotates = ViolationMessages.ANNOTATING.contains(keyword);
    return new Evaluator() {
      @Override
      public Result evaluate(EvaluationContext context, JsonNode given) {
        TreeNode.OfValue value = (TreeNode.OfValue) given;
        int noted = value.evaluation().noted();
        Result result = library.evaluate(context, value);
        // Those that annotate give another result each time; their parts have told what is wrong.
        if (!annotates && result != Result.success()) {
          ViolationMessages.tell(keyword, node, value, noted);
        } else if (keyword.equals("type")) {
          noteInteger(names(node), value);
        }
        return result;
      }

      @Override
      public int getOrder() {
        return keyword.equals("type") || keyword.equals("required") ? -1 : library.getOrder();
      }
    };
  }

  /** 3.0 where a whole number is wanted is meant as 3. */
  private static void noteInteger(List<String> types, TreeNode.OfValue value) {
    if (value.isInteger()
        && !(value.value() instanceof Integer || value.value() instanceof Long)
        && types.contains("integer")
        && !types.contains("number")) {
      value.evaluation().change(new SchemaEvaluation.Change.ToInteger(value));
    }
  }

  private Optional<Evaluator> own(
      SchemaParsingContext schema, String keyword, TreeNode.OfSchema node) {
    Optional<ScalarChecks.Check> check =
        switch (keyword) {
          case NEVER -> ScalarChecks.never(node);
          case "enum", "const" -> ScalarChecks.constants(node, keyword.equals("const"));
          case "uniqueItems" -> ScalarChecks.unique(node);
          case "multipleOf" -> ScalarChecks.multiple(node);
          case "pattern" -> ScalarChecks.pattern(node);
          case "format" -> format(node);
          case "properties" -> properties(schema, node);
          case "patternProperties" -> patternProperties(schema, node);
          case "additionalProperties" -> additionalProperties(schema, node);
          case "propertyNames" -> propertyNames(schema, node);
          case "contains" -> contains(schema, node);
          case "anyOf", "oneOf" -> choice(schema, node, keyword.equals("oneOf"));
          case "not" -> not(schema, node);
          case "if" -> condition(schema, node);
          default -> Optional.empty();
        };
    boolean last = keyword.equals("additionalProperties");
    return check.map(
        made -> {
          Evaluator evaluator =
              new Evaluator() {
                @Override
                public Result evaluate(EvaluationContext context, JsonNode value) {
                  return made.of(context, (TreeNode.OfValue) value);
                }

                @Override
                public int getOrder() {
                  return last ? 10 : 0;
                }
              };
          return guarded(schema, keyword, evaluator);
        });
  }

  private Evaluator.Result result(boolean valid, Object annotation) {
    if (!valid) {
      return Evaluator.Result.failure();
    }
    return keepsAnnotations ? Evaluator.Result.success(annotation) : Evaluator.Result.success();
  }

  private Optional<ScalarChecks.Check> format(TreeNode.OfSchema node) {
    return formats && node.value() instanceof String format
        ? Optional.of(
            (context, value) ->
                !(value.value() instanceof String text) || TextFormat.obeys(format, text)
                    ? Evaluator.Result.success()
                    : ScalarChecks.wrong(
                        value, " must be a " + format + ", was " + JsonValues.shown(text)))
        : Optional.of((context, value) -> Evaluator.Result.success());
  }

  private Optional<ScalarChecks.Check> properties(
      SchemaParsingContext schema, TreeNode.OfSchema node) {
    if (!node.isObject()) {
      return Optional.empty();
    }
    Map<String, Subschema> members = Subschema.named(schema, node);
    Set<String> required = new LinkedHashSet<>();
    JsonNode names = schema.getCurrentSchemaObject().get("required");
    if (names != null && names.isArray()) {
      names.asArray().forEach(name -> required.add(name.asString()));
    }
    return Optional.of(
        (context, value) -> {
          boolean valid = true;
          List<String> known = new ArrayList<>();
          for (Map.Entry<String, JsonNode> member : value.asObject().entrySet()) {
            Subschema wanted = members.get(member.getKey());
            if (wanted != null) {
              known.add(member.getKey());
              TreeNode.OfValue part = (TreeNode.OfValue) member.getValue();
              boolean missing = part.isNull() && !required.contains(member.getKey());
              valid &=
                  (missing && countsAsMissing(context, wanted, part)) || wanted.fits(context, part);
            }
          }
          return result(valid, known);
        });
  }

  /** Strict mode says by null that a member is missing. */
  private static boolean countsAsMissing(
      EvaluationContext context, Subschema wanted, TreeNode.OfValue part) {
    SchemaEvaluation evaluation = part.evaluation();
    if (!evaluation.isForgiving() || evaluation.silently(() -> wanted.fits(context, part))) {
      return false;
    }
    evaluation.change(new SchemaEvaluation.Change.Without(part));
    return true;
  }

  private Optional<ScalarChecks.Check> patternProperties(
      SchemaParsingContext schema, TreeNode.OfSchema node) {
    if (!node.isObject()) {
      return Optional.empty();
    }
    Map<String, Subschema> members = Subschema.named(schema, node);
    Map<String, Optional<BoundedPattern>> patterns = patterns(members.keySet());
    return Optional.of(
        (context, value) -> {
          boolean valid = true;
          List<String> known = new ArrayList<>();
          for (Map.Entry<String, JsonNode> member : value.asObject().entrySet()) {
            TreeNode.OfValue part = (TreeNode.OfValue) member.getValue();
            for (Map.Entry<String, Optional<BoundedPattern>> each : patterns.entrySet()) {
              if (ScalarChecks.found(each.getValue(), each.getKey(), member.getKey(), part)) {
                known.add(member.getKey());
                valid &= Objects.requireNonNull(members.get(each.getKey())).fits(context, part);
              }
            }
          }
          return result(valid, known);
        });
  }

  private static Map<String, Optional<BoundedPattern>> patterns(Set<String> sources) {
    Map<String, Optional<BoundedPattern>> patterns = new LinkedHashMap<>();
    sources.forEach(source -> patterns.put(source, ScalarChecks.compiled(source)));
    return patterns;
  }

  private Optional<ScalarChecks.Check> additionalProperties(
      SchemaParsingContext schema, TreeNode.OfSchema node) {
    Optional<Subschema> wanted = Subschema.of(schema, node);
    Set<String> known = keys(schema, "properties");
    Map<String, Optional<BoundedPattern>> patterns = patterns(keys(schema, "patternProperties"));
    return wanted.map(
        more ->
            (context, value) -> {
              boolean valid = true;
              List<String> seen = new ArrayList<>();
              for (Map.Entry<String, JsonNode> member : value.asObject().entrySet()) {
                String name = member.getKey();
                TreeNode.OfValue part = (TreeNode.OfValue) member.getValue();
                if (!known.contains(name)
                    && patterns.entrySet().stream()
                        .noneMatch(
                            each ->
                                ScalarChecks.found(each.getValue(), each.getKey(), name, part))) {
                  seen.add(name);
                  valid &= more.fits(context, part);
                }
              }
              return result(valid, seen);
            });
  }

  private static Set<String> keys(SchemaParsingContext schema, String keyword) {
    JsonNode node = schema.getCurrentSchemaObject().get(keyword);
    return node != null && node.isObject() ? node.asObject().keySet() : Set.of();
  }

  private static Optional<ScalarChecks.Check> propertyNames(
      SchemaParsingContext schema, TreeNode.OfSchema node) {
    return Subschema.of(schema, node)
        .map(
            wanted ->
                (context, value) -> {
                  boolean valid = true;
                  for (String name : value.asObject().keySet()) {
                    valid &= wanted.fits(context, value.child(name, name));
                  }
                  return valid ? Evaluator.Result.success() : Evaluator.Result.failure();
                });
  }

  private static Optional<ScalarChecks.Check> contains(
      SchemaParsingContext schema, TreeNode.OfSchema node) {
    JsonNode min = schema.getCurrentSchemaObject().get("minContains");
    boolean none =
        min != null
            && JsonValues.decimal(((TreeNode) min).value())
                .filter(n -> n.signum() == 0)
                .isPresent();
    return Subschema.of(schema, node)
        .map(
            wanted ->
                (context, value) -> {
                  if (!value.isArray()) {
                    return Evaluator.Result.success();
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
                      : ScalarChecks.wrong(
                          value, " must have an element of the form that contains describes");
                });
  }

  private static Optional<ScalarChecks.Check> choice(
      SchemaParsingContext schema, TreeNode.OfSchema node, boolean one) {
    if (!node.isArray()) {
      return Optional.empty();
    }
    List<Subschema> choices =
        node.asArray().stream().flatMap(each -> Subschema.of(schema, each).stream()).toList();
    return Optional.of(
        (context, value) -> {
          int fits = 0;
          List<SchemaEvaluation.Violation> nearest = List.of();
          for (Subschema choice : choices) {
            Optional<List<SchemaEvaluation.Violation>> found =
                value.evaluation().trial(() -> choice.fits(context, value));
            if (found.isEmpty()) {
              fits++;
            } else if (nearest.isEmpty() || found.get().size() < nearest.size()) {
              nearest = found.get();
            }
          }
          if (fits == 0) {
            value
                .evaluation()
                .wrong(
                    value,
                    " has none of the " + choices.size() + " forms allowed; of the nearest:");
            value.evaluation().wrong(nearest);
            return Evaluator.Result.failure();
          }
          return one && fits > 1
              ? ScalarChecks.wrong(value, " must be of one form only, but " + fits + " fit")
              : Evaluator.Result.success();
        });
  }

  private static Optional<ScalarChecks.Check> not(
      SchemaParsingContext schema, TreeNode.OfSchema node) {
    return Subschema.of(schema, node)
        .map(
            unwanted ->
                (context, value) ->
                    value.evaluation().silently(() -> unwanted.fits(context, value))
                        ? ScalarChecks.wrong(value, " is of a form that is not allowed")
                        : Evaluator.Result.success());
  }

  private static Optional<ScalarChecks.Check> condition(
      SchemaParsingContext schema, TreeNode.OfSchema node) {
    Map<String, JsonNode> siblings = schema.getCurrentSchemaObject();
    Optional<Subschema> then =
        Optional.ofNullable(siblings.get("then")).flatMap(part -> Subschema.of(schema, part));
    Optional<Subschema> otherwise =
        Optional.ofNullable(siblings.get("else")).flatMap(part -> Subschema.of(schema, part));
    return Subschema.of(schema, node)
        .map(
            test ->
                (context, value) -> {
                  boolean met = value.evaluation().silently(() -> test.fits(context, value));
                  boolean valid =
                      (met ? then : otherwise).map(part -> part.fits(context, value)).orElse(true);
                  return valid ? Evaluator.Result.success() : Evaluator.Result.failure();
                });
  }
}
