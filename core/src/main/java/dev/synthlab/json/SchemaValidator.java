package dev.synthlab.json;

import dev.harrel.jsonschema.JsonNode;
import dev.harrel.jsonschema.JsonNodeFactory;
import dev.harrel.jsonschema.SchemaResolver;
import dev.harrel.jsonschema.Validator;
import dev.harrel.jsonschema.ValidatorFactory;
import dev.synthlab.Internal;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A JSON Schema that values are checked against, within bounds on work, depth and size. A value
 * that cannot be judged within them has a violation that says so. Immutable; safe for use by many
 * threads.
 *
 * @see <a href="https://github.com/harrel56/json-schema">the library that evaluates the schema</a>
 */
@Internal
public final class SchemaValidator {
  private static final URI BASE = URI.create("schema:/answer");

  private final Validator library;
  private final URI root;

  private SchemaValidator(Validator library, URI root) {
    this.library = library;
    this.root = root;
  }

  /**
   * A value that was checked.
   *
   * @param value the value with whole numbers written as such where the schema wants them, without
   *     members that are null because they are missing
   * @param violations sentences that each begin with a path; empty when the value is valid
   */
  public record Checked(@Nullable Object value, List<String> violations) {}

  /** A validator of a schema that refers to no other document. */
  static SchemaValidator of(Map<String, ?> schema) {
    return of(schema, true, uri -> Optional.empty());
  }

  /**
   * A validator of a schema.
   *
   * @param formats whether formats are checked
   * @param documents gives another document by its URI
   */
  static SchemaValidator of(
      Map<String, ?> schema, boolean formats, Function<URI, Optional<Map<String, ?>>> documents) {
    Validator library =
        new ValidatorFactory()
            .withJsonNodeFactory(new Nodes())
            .withDisabledSchemaValidation(true)
            .withEvaluatorFactory(new SchemaEvaluators(formats))
            .withSchemaResolver(
                uri ->
                    documents
                        .apply(URI.create(uri))
                        .map(
                            tree ->
                                SchemaResolver.Result.fromJsonNode(TreeNode.OfSchema.root(tree)))
                        .orElse(SchemaResolver.Result.empty()))
            .createValidator();
    JsonNode root = TreeNode.OfSchema.root(schema);
    return new SchemaValidator(library, LargeStack.call(() -> library.registerSchema(BASE, root)));
  }

  /** The violations: sentences that each begin with a path; empty when the value is valid. */
  List<String> violations(@Nullable Object value) {
    return evaluated(value, false).violations();
  }

  /** Checks an answer, and corrects its whole numbers and its null members. */
  Checked check(@Nullable Object value) {
    Object copy = JsonValues.copy(value, Integer.MAX_VALUE);
    SchemaEvaluation first = evaluated(copy, true);
    if (!first.violations().isEmpty() || first.changes().isEmpty()) {
      return new Checked(value, first.violations());
    }
    first.changes().forEach(SchemaEvaluation.Change::apply);
    boolean shorter = first.changes().stream().anyMatch(SchemaEvaluation.Change::missing);
    return new Checked(copy, shorter ? violations(copy) : List.of());
  }

  private SchemaEvaluation evaluated(@Nullable Object value, boolean forgiving) {
    SchemaEvaluation evaluation = new SchemaEvaluation(forgiving, false);
    return evaluate(value, evaluation)
        ? evaluation
        : LargeStack.call(
            () -> {
              SchemaEvaluation deep = new SchemaEvaluation(forgiving, true);
              evaluate(value, deep);
              return deep;
            });
  }

  /** Returns false if the stack is too small. */
  private boolean evaluate(@Nullable Object value, SchemaEvaluation evaluation) {
    TreeNode.OfValue node = TreeNode.OfValue.root(value, evaluation);
    try {
      if (!library.validate(root, node).isValid() && evaluation.noted() == 0) {
        evaluation.wrong(node, " does not fit the schema");
      }
    } catch (SchemaEvaluation.EndedException e) {
      return !e.isTooDeep();
    } catch (StackOverflowError e) {
      evaluation.unjudged(node, "schema and value are nested too deeply");
    }
    return true;
  }

  /** Makes the nodes that the library works on. */
  private static final class Nodes implements JsonNodeFactory {
    @Override
    public JsonNode wrap(Object node) {
      return (JsonNode) node;
    }

    @Override
    public JsonNode create(String json) {
      throw new UnsupportedOperationException("values are given as trees");
    }
  }
}
