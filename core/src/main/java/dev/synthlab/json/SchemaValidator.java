package dev.synthlab.json;

import dev.harrel.jsonschema.JsonNode;
import dev.harrel.jsonschema.JsonNodeFactory;
import dev.harrel.jsonschema.SchemaResolver;
import dev.harrel.jsonschema.Validator;
import dev.harrel.jsonschema.ValidatorFactory;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Says what of a value is not as a JSON Schema has it, in time that grows with the value and no
 * faster. What cannot be judged is a violation that says so. Immutable; safe for use by many
 * threads.
 *
 * @see <a href="https://github.com/harrel56/json-schema">the library that evaluates the schema</a>
 */
public final class SchemaValidator {
  private static final Set<String> UNEVALUATED =
      Set.of("unevaluatedProperties", "unevaluatedItems");

  private final Validator library;
  private final URI root;

  private SchemaValidator(Validator library, URI root) {
    this.library = library;
    this.root = root;
  }

  /**
   * A value that was checked.
   *
   * @param value as it is meant: whole numbers written as such where they are wanted, members that
   *     are null because they are missing left out
   * @param violations sentences that each begin with a path; empty when it fits
   */
  public record Checked(@Nullable Object value, List<String> violations) {}

  /**
   * A validator of a schema.
   *
   * @throws IllegalArgumentException when it is nested too deeply
   */
  static SchemaValidator of(Map<String, ?> schema) {
    return of(SchemaDocument.of(schema, SchemaDocument.BASE), true, uri -> Optional.empty());
  }

  /**
   * A validator of a schema that may lead to other documents.
   *
   * @param formats whether formats are checked, else they only explain
   * @param documents gives another document by its URI
   */
  static SchemaValidator of(
      SchemaDocument document, boolean formats, Function<URI, Optional<Map<String, ?>>> documents) {
    Validator library =
        new ValidatorFactory()
            .withJsonNodeFactory(new Nodes())
            .withDisabledSchemaValidation(true)
            .withEvaluatorFactory(
                new SchemaEvaluators(document.uses(UNEVALUATED) || isOpen(document), formats))
            .withSchemaResolver(uri -> resolved(uri, documents))
            .createValidator();
    JsonNode schema = new TreeNode.OfSchema(prepared(document), "");
    Supplier<URI> register = () -> library.registerSchema(SchemaDocument.BASE, schema);
    return new SchemaValidator(
        library, document.isDeep() ? LargeStack.call(register) : register.get());
  }

  /** What another document asks is not known before it is read. */
  private static boolean isOpen(SchemaDocument document) {
    return !document.problems().isEmpty();
  }

  private static SchemaResolver.Result resolved(
      String uri, Function<URI, Optional<Map<String, ?>>> documents) {
    URI address = URI.create(uri);
    return documents
        .apply(address)
        .map(tree -> prepared(SchemaDocument.of(tree, address)))
        .map(tree -> SchemaResolver.Result.fromJsonNode(new TreeNode.OfSchema(tree, "")))
        .orElse(SchemaResolver.Result.empty());
  }

  /** The schema without what the library would misread. */
  private static Map<String, @Nullable Object> prepared(SchemaDocument document) {
    for (SchemaDocument.Place place : document.places()) {
      Map<String, @Nullable Object> schema = place.schema();
      schema.entrySet().removeIf(entry -> isIdle(entry.getKey(), entry.getValue()));
      Object names =
          schema.get("properties") instanceof Map<?, ?> known
              ? "; allowed are " + known.keySet()
              : "";
      schema.replaceAll(
          (keyword, value) ->
              switch (keyword) {
                case "enum" -> value instanceof List<?> all ? new TreeNode.Constants(all) : value;
                case "const" -> new TreeNode.Constants(Collections.singletonList(value));
                default -> withoutBooleans(keyword, value, List.of(names));
              });
    }
    return document.root();
  }

  /** Whether it only explains; the library would note it for every value. */
  private static boolean isIdle(String keyword, @Nullable Object value) {
    return keyword.equals("default")
        || keyword.equals("examples")
        || keyword.equals("example")
        || (value instanceof String
            && !keyword.startsWith("$")
            && !SchemaKeyword.LIMITS.contains(keyword)
            && !keyword.equals("id"));
  }

  private static @Nullable Object withoutBooleans(
      String keyword, @Nullable Object value, List<?> names) {
    SchemaKeyword holder = SchemaKeyword.BY_NAME.get(keyword);
    if (holder == null) {
      return value;
    }
    if (value instanceof Boolean all) {
      return schemaOf(
          all,
          switch (holder) {
            case ADDITIONAL_PROPERTIES -> names;
            case UNEVALUATED_PROPERTIES -> List.of("");
            default -> List.of();
          });
    }
    if (value instanceof List<?> list) {
      List<@Nullable Object> all = new ArrayList<>();
      list.forEach(part -> all.add(part instanceof Boolean b ? schemaOf(b, List.of()) : part));
      return all;
    }
    if (value instanceof Map<?, ?> named && holder.isNamed()) {
      Map<String, @Nullable Object> all = new LinkedHashMap<>();
      named.forEach(
          (name, part) ->
              all.put(
                  String.valueOf(name), part instanceof Boolean b ? schemaOf(b, List.of()) : part));
      return all;
    }
    return value;
  }

  private static Map<String, Object> schemaOf(boolean all, List<?> names) {
    return all ? Map.of() : Map.of(SchemaEvaluators.NEVER, new TreeNode.Constants(names));
  }

  /** What is wrong with a value: sentences that each begin with a path; empty when it fits. */
  List<String> violations(@Nullable Object value) {
    return evaluated(value, false).violations();
  }

  /** Checks an answer, and gives it as it is meant. */
  Checked check(@Nullable Object value) {
    SchemaEvaluation first = evaluated(value, true);
    if (!first.violations().isEmpty() || first.changes().isEmpty()) {
      return new Checked(value, first.violations());
    }
    Object meant = changed(value, first.changes());
    boolean left =
        first.changes().stream().anyMatch(SchemaEvaluation.Change.Without.class::isInstance);
    return new Checked(meant, left ? violations(meant) : List.of());
  }

  private SchemaEvaluation evaluated(@Nullable Object value, boolean forgiving) {
    try {
      return evaluated(value, new SchemaEvaluation(forgiving, false));
    } catch (SchemaEvaluation.TooDeepException e) {
      return LargeStack.call(() -> evaluated(value, new SchemaEvaluation(forgiving, true)));
    }
  }

  private SchemaEvaluation evaluated(@Nullable Object value, SchemaEvaluation evaluation) {
    TreeNode.OfValue node = TreeNode.OfValue.root(value, evaluation);
    try {
      if (!library.validate(root, node).isValid() && evaluation.noted() == 0) {
        evaluation.wrong(node, " does not fit the schema");
      }
    } catch (SchemaEvaluation.EndedException e) {
      return evaluation;
    } catch (StackOverflowError e) {
      evaluation.unjudged(node, "schema and value are nested too deeply");
    }
    return evaluation;
  }

  private static @Nullable Object changed(
      @Nullable Object value, List<SchemaEvaluation.Change> changes) {
    IdentityHashMap<Object, Map<Object, SchemaEvaluation.Change>> byParent =
        new IdentityHashMap<>();
    for (SchemaEvaluation.Change change : changes) {
      change
          .part()
          .parent()
          .ifPresent(
              parent ->
                  byParent
                      .computeIfAbsent(parent.value(), none -> new LinkedHashMap<>())
                      .put(change.part().key(), change));
    }
    return copy(value, byParent);
  }

  private static @Nullable Object copy(
      @Nullable Object value,
      IdentityHashMap<Object, Map<Object, SchemaEvaluation.Change>> changes) {
    Map<Object, SchemaEvaluation.Change> own =
        value == null ? Map.of() : changes.getOrDefault(value, Map.of());
    if (value instanceof Map<?, ?> object) {
      Map<String, @Nullable Object> all = new LinkedHashMap<>();
      object.forEach(
          (name, part) -> {
            SchemaEvaluation.Change change = own.get(name);
            if (!(change instanceof SchemaEvaluation.Change.Without)) {
              all.put(
                  String.valueOf(name),
                  change == null ? copy(part, changes) : JsonValues.whole(part));
            }
          });
      return all;
    }
    if (value instanceof List<?> array) {
      List<@Nullable Object> all = new ArrayList<>(array.size());
      for (int i = 0; i < array.size(); i++) {
        Object part = array.get(i);
        all.add(own.containsKey(i) ? JsonValues.whole(part) : copy(part, changes));
      }
      return all;
    }
    return value;
  }

  /** Makes the nodes that the library works on. */
  private static final class Nodes implements JsonNodeFactory {
    @Override
    public JsonNode wrap(Object node) {
      return node instanceof JsonNode known ? known : new TreeNode.OfSchema(node, "");
    }

    @Override
    public JsonNode create(String json) {
      return wrap(Json.mapper().readValue(json, Object.class));
    }
  }
}
