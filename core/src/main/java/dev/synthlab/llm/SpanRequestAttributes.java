package dev.synthlab.llm;

import dev.synthlab.call.Route;
import dev.synthlab.json.Json;
import dev.synthlab.spans.OpenSpan;
import dev.synthlab.spans.SpanMessage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The span attributes of a request: its address, its parameters, its messages and tools. */
final class SpanRequestAttributes {
  private static final Set<String> NO_PARAMETERS =
      Set.of("messages", "tools", "functions", "input", "prompt");

  private SpanRequestAttributes() {}

  /** The messages and the tools of a chat completion request. */
  static void chat(OpenSpan span, Map<String, Object> body) {
    span.inputMessages(body.get("messages") instanceof List<?> all ? messages(all) : List.of());
    span.tools(tools(body));
  }

  static void address(OpenSpan span, String operation, Route route, CallOptions options) {
    String model = route.resource();
    String provider = ModelProvider.provider(route);
    // The convention has it on LLM spans only.
    if (!operation.equals("embeddings")) {
      span.set("llm.system", ModelProvider.system(route));
    }
    if (!provider.isEmpty()) {
      span.set("llm.provider", provider);
    }
    span.set("llm.model_name", model);
    span.set("llm.request.model_name", model);
    span.set("gen_ai.operation.name", operation);
    span.set("gen_ai.provider.name", ModelProvider.name(route));
    span.set("gen_ai.request.model", model);
    span.set("server.address", ModelProvider.server(route));
    if (route.base().getPort() > 0) {
      span.set("server.port", route.base().getPort());
    }
    options.operation().ifPresent(name -> span.set("synthlab.operation", name));
  }

  static void parameters(OpenSpan span, Map<String, Object> body) {
    Map<String, Object> parameters = new LinkedHashMap<>(body);
    parameters.keySet().removeAll(NO_PARAMETERS);
    span.parameters(parameters);
    span.inputJson(body);
    number(body, "temperature").ifPresent(n -> span.set("gen_ai.request.temperature", n));
    number(body, "top_p").ifPresent(n -> span.set("gen_ai.request.top_p", n));
    number(body, "max_tokens")
        .or(() -> number(body, "max_completion_tokens"))
        .ifPresent(n -> span.set("gen_ai.request.max_tokens", n.longValue()));
    number(body, "seed").ifPresent(n -> span.set("gen_ai.request.seed", n.longValue()));
  }

  private static Optional<Double> number(Map<String, Object> body, String name) {
    return body.get(name) instanceof Number number
        ? Optional.of(number.doubleValue())
        : Optional.empty();
  }

  private static List<String> tools(Map<String, Object> body) {
    return body.get("tools") instanceof List<?> tools
        ? tools.stream().map(tool -> Json.mapper().writeValueAsString(tool)).toList()
        : List.of();
  }

  private static List<SpanMessage> messages(List<?> messages) {
    List<SpanMessage> all = new ArrayList<>();
    for (Object message : messages) {
      if (message instanceof Map<?, ?> map) {
        all.add(
            new SpanMessage(
                text(map.get("role")),
                parts(map.get("content")),
                calls(map.get("tool_calls")),
                Optional.ofNullable(map.get("tool_call_id")).map(String::valueOf)));
      }
    }
    return all;
  }

  private static List<SpanMessage.Part> parts(@Nullable Object content) {
    if (content instanceof String text) {
      return List.of(new SpanMessage.Part.Text(text));
    }
    List<SpanMessage.Part> all = new ArrayList<>();
    if (content instanceof List<?> list) {
      for (Object part : list) {
        if (part instanceof Map<?, ?> map) {
          Object image = map.get("image_url");
          all.add(
              image instanceof Map<?, ?> url
                  ? new SpanMessage.Part.Image(text(url.get("url")))
                  : new SpanMessage.Part.Text(text(map.get("text"))));
        }
      }
    }
    return all;
  }

  private static List<SpanMessage.ToolCall> calls(@Nullable Object calls) {
    List<SpanMessage.ToolCall> all = new ArrayList<>();
    if (calls instanceof List<?> list) {
      for (Object call : list) {
        if (call instanceof Map<?, ?> map && map.get("function") instanceof Map<?, ?> function) {
          all.add(
              new SpanMessage.ToolCall(
                  text(map.get("id")),
                  text(function.get("name")),
                  text(function.get("arguments"))));
        }
      }
    }
    return all;
  }

  private static String text(@Nullable Object value) {
    return value == null ? "" : String.valueOf(value);
  }
}
