package dev.synthlab.llm;

import dev.synthlab.json.Json;
import dev.synthlab.json.JsonSchema;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Adds the response format to a Chat Completions body. */
final class ResponseFormatBody {
  private static final String ONE_OBJECT =
      "Answer with one JSON object and nothing else: no words before or after it, no code fence.";

  private ResponseFormatBody() {}

  static void add(
      ResponseFormat format, ResponseFormatFallback.Strategy strategy, Map<String, Object> body) {
    switch (format) {
      case ResponseFormat.Text text -> {}
      case ResponseFormat.Json json -> object(strategy, Optional.empty(), body);
      case ResponseFormat.Schema shape -> {
        if (strategy == ResponseFormatFallback.Strategy.SCHEMA) {
          body.put("response_format", schema(shape.schema()));
        } else {
          object(strategy, Optional.of(shape.schema()), body);
        }
      }
    }
  }

  private static Map<String, Object> schema(JsonSchema schema) {
    Optional<JsonSchema> strict = schema.asStrict();
    Map<String, Object> named = new LinkedHashMap<>();
    named.put("name", schema.name());
    named.put("strict", strict.isPresent());
    named.put("schema", strict.orElse(schema).tree());
    return ChatRequestBody.object("type", "json_schema", "json_schema", named);
  }

  private static void object(
      ResponseFormatFallback.Strategy strategy,
      Optional<JsonSchema> schema,
      Map<String, Object> body) {
    if (strategy != ResponseFormatFallback.Strategy.WORDS) {
      body.put("response_format", Map.of("type", "json_object"));
    }
    // Servers refuse JSON mode when no message has the word JSON.
    if (schema.isPresent()
        || strategy == ResponseFormatFallback.Strategy.WORDS
        || !saysJson(body.get("messages"))) {
      String shape =
          schema
              .map(
                  s -> " It obeys this JSON Schema:\n" + Json.mapper().writeValueAsString(s.tree()))
              .orElse("");
      instruct(body, ONE_OBJECT + shape);
    }
  }

  private static boolean saysJson(@Nullable Object messages) {
    return messages instanceof List<?> all
        && all.stream()
            .anyMatch(
                message ->
                    message instanceof Map<?, ?> one
                        && String.valueOf(one.get("content"))
                            .toLowerCase(Locale.ROOT)
                            .contains("json"));
  }

  /** Extends the first system message, since some servers accept only one. */
  private static void instruct(Map<String, Object> body, String words) {
    List<Object> messages = new ArrayList<>();
    if (body.get("messages") instanceof List<?> said) {
      messages.addAll(said);
    }
    Map<String, Object> rules = new LinkedHashMap<>();
    if (!messages.isEmpty()
        && messages.getFirst() instanceof Map<?, ?> first
        && ("system".equals(first.get("role")) || "developer".equals(first.get("role")))
        && first.get("content") instanceof String before) {
      rules.put("role", String.valueOf(first.get("role")));
      rules.put("content", before + "\n\n" + words);
      messages.set(0, rules);
    } else {
      rules.put("role", "system");
      rules.put("content", words);
      messages.addFirst(rules);
    }
    body.put("messages", messages);
  }
}
