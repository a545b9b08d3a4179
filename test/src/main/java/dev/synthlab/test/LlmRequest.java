package dev.synthlab.test;

import dev.synthlab.http.Body;
import dev.synthlab.http.Request;
import dev.synthlab.json.Json;
import dev.synthlab.llm.Message;
import dev.synthlab.llm.Part;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * A request as the model got it: one attempt of a call. Immutable.
 *
 * @param operation the operation
 * @param model the name of the model
 * @param messages the messages of a chat; empty for other operations
 * @param inputs the texts to embed, or the description of an image; empty for a chat
 * @param tools the tools that the model may call
 * @param schema the JSON Schema of the answer, if there is one
 * @param parameters the other members of the request body, for example {@code temperature}
 * @param streamed whether the answer is a stream
 */
public record LlmRequest(
    Operation operation,
    String model,
    List<Message> messages,
    List<String> inputs,
    List<OfferedTool> tools,
    Optional<Map<String, Object>> schema,
    Map<String, Object> parameters,
    boolean streamed) {
  private static final int MAX_SHOWN = 500;
  private static final Set<String> OWN_COMPONENTS =
      Set.of("model", "messages", "input", "prompt", "tools", "stream", "stream_options");

  /** The operation that a request asks for. */
  public enum Operation {
    /** A chat completion. */
    CHAT,
    /** Embeddings. */
    EMBEDDING,
    /** Images. */
    IMAGE,
    /** Any other address, for example the list of models. */
    OTHER
  }

  /**
   * A tool that the model may call.
   *
   * @param name its name
   * @param description what it does
   * @param parameters the JSON Schema of its arguments
   */
  public record OfferedTool(String name, String description, Map<String, Object> parameters) {}

  /** Copies the collections. */
  public LlmRequest {
    messages = List.copyOf(messages);
    inputs = List.copyOf(inputs);
    tools = List.copyOf(tools);
    parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
  }

  /** The request in the bytes of an HTTP request. */
  static LlmRequest of(Request request) {
    Map<String, Object> body = body(request);
    Map<String, Object> parameters = new LinkedHashMap<>(body);
    parameters.keySet().removeAll(OWN_COMPONENTS);
    Optional<Map<String, Object>> schema = schema(body);
    if (schema.isPresent()) {
      parameters.remove("response_format");
    }
    return new LlmRequest(
        operation(request.uri()),
        String.valueOf(body.getOrDefault("model", "")),
        objects(body.get("messages")).map(LlmRequest::message).toList(),
        inputs(body),
        objects(body.get("tools")).map(tool -> tool(member(tool, "function"))).toList(),
        schema,
        parameters,
        Boolean.TRUE.equals(body.get("stream")));
  }

  /**
   * All texts of the request: messages, tool results, and inputs.
   *
   * @return the texts, one per line
   */
  public String prompt() {
    return Stream.concat(messages.stream().map(LlmRequest::words), inputs.stream())
        .collect(Collectors.joining("\n"));
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    text.append(streamed ? "streamed " : "")
        .append(operation.name().toLowerCase(Locale.ROOT))
        .append(" request to ")
        .append(model.isEmpty() ? "no model" : model);
    messages.forEach(message -> line(text, role(message), words(message)));
    inputs.forEach(input -> line(text, "input", input));
    if (!tools.isEmpty()) {
      line(text, "tools", tools.stream().map(OfferedTool::name).collect(Collectors.joining(", ")));
    }
    schema.ifPresent(tree -> line(text, "schema", Json.line(tree)));
    parameters.forEach((name, value) -> line(text, name, Json.line(value)));
    return text.toString();
  }

  private static void line(StringBuilder text, String name, String value) {
    String shown = value.length() > MAX_SHOWN ? value.substring(0, MAX_SHOWN) + "…" : value;
    text.append("\n  ").append(name).append(": ").append(shown.replace("\n", "\n    "));
  }

  private static String role(Message message) {
    return message.role().name().toLowerCase(Locale.ROOT);
  }

  private static String words(Message message) {
    return message.parts().stream()
        .map(
            part ->
                switch (part) {
                  case Part.Text text -> text.text();
                  case Part.Image image -> "(image)";
                  case Part.ToolCall call ->
                      "(calls " + call.tool() + " with " + call.arguments() + ")";
                  case Part.ToolResult result -> result.text();
                })
        .collect(Collectors.joining(" "));
  }

  private static Operation operation(URI uri) {
    String path = uri.getPath();
    if (path.endsWith("/chat/completions")) {
      return Operation.CHAT;
    }
    if (path.endsWith("/embeddings")) {
      return Operation.EMBEDDING;
    }
    return path.endsWith("/images/generations") ? Operation.IMAGE : Operation.OTHER;
  }

  private static Map<String, Object> body(Request request) {
    if (!(request.body() instanceof Body.Bytes body) || body.bytes().length == 0) {
      return Map.of();
    }
    try {
      return object(Json.mapper().readValue(body.bytes(), Object.class));
    } catch (JacksonException e) {
      return Map.of();
    }
  }

  private static List<String> inputs(Map<String, Object> body) {
    Object input = body.getOrDefault("input", body.getOrDefault("prompt", List.of()));
    return input instanceof List<?> all
        ? all.stream().map(String::valueOf).toList()
        : List.of(String.valueOf(input));
  }

  private static Optional<Map<String, Object>> schema(Map<String, Object> body) {
    Map<String, Object> schema =
        member(member(member(body, "response_format"), "json_schema"), "schema");
    return schema.isEmpty() ? Optional.empty() : Optional.of(schema);
  }

  private static OfferedTool tool(Map<String, Object> function) {
    return new OfferedTool(
        String.valueOf(function.getOrDefault("name", "")),
        String.valueOf(function.getOrDefault("description", "")),
        member(function, "parameters"));
  }

  private static Message message(Map<String, Object> json) {
    String role = String.valueOf(json.getOrDefault("role", "user")).toUpperCase(Locale.ROOT);
    List<Part> parts = new ArrayList<>();
    Object content = json.get("content");
    if (json.containsKey("tool_call_id")) {
      parts.add(
          new Part.ToolResult(String.valueOf(json.get("tool_call_id")), String.valueOf(content)));
    } else if (content instanceof String text) {
      parts.add(new Part.Text(text));
    } else {
      objects(content).map(LlmRequest::part).forEach(parts::add);
    }
    objects(json.get("tool_calls")).map(LlmRequest::call).forEach(parts::add);
    if (parts.isEmpty()) {
      parts.add(new Part.Text(""));
    }
    return new Message(Message.Role.valueOf(role), parts);
  }

  private static Part part(Map<String, Object> json) {
    return "image_url".equals(json.get("type"))
        ? new Part.Image(URI.create(String.valueOf(member(json, "image_url").get("url"))))
        : new Part.Text(String.valueOf(json.getOrDefault("text", "")));
  }

  private static Part call(Map<String, Object> json) {
    Map<String, Object> function = member(json, "function");
    return new Part.ToolCall(
        String.valueOf(json.get("id")),
        String.valueOf(function.get("name")),
        String.valueOf(function.get("arguments")));
  }

  private static Map<String, Object> member(Map<String, Object> json, String name) {
    return object(json.get(name));
  }

  private static Stream<Map<String, Object>> objects(@Nullable Object value) {
    return value instanceof List<?> all ? all.stream().map(LlmRequest::object) : Stream.empty();
  }

  private static Map<String, Object> object(@Nullable Object value) {
    Map<String, Object> object = new LinkedHashMap<>();
    if (value instanceof Map<?, ?> map) {
      map.forEach(
          (name, part) -> {
            if (part != null) {
              object.put(String.valueOf(name), part);
            }
          });
    }
    return object;
  }
}
