package dev.synthlab.json;

import dev.harrel.jsonschema.EvaluationContext;
import dev.harrel.jsonschema.Evaluator;
import dev.harrel.jsonschema.JsonNode;
import dev.harrel.jsonschema.SchemaParsingContext;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** A schema within a schema, as the library knows it. */
record Subschema(Evaluator not) {
  static Optional<Subschema> of(SchemaParsingContext schema, JsonNode node) {
    return schema
        .getDialect()
        .getEvaluatorFactory()
        .create(schema, "not", node)
        .map(Subschema::new);
  }

  static Map<String, Subschema> named(SchemaParsingContext schema, JsonNode node) {
    Map<String, Subschema> all = new LinkedHashMap<>();
    node.asObject()
        .forEach((name, part) -> of(schema, part).ifPresent(made -> all.put(name, made)));
    return all;
  }

  /** A result says in public only that it is a success without more to it, as of a "not". */
  boolean fits(EvaluationContext context, JsonNode value) {
    return not.evaluate(context, value) != Evaluator.Result.success();
  }
}
