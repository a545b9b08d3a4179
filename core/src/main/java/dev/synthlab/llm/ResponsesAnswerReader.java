package dev.synthlab.llm;

import dev.synthlab.call.CallReport;
import dev.synthlab.call.ErrorBody;
import dev.synthlab.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** Reads a response object of the Responses API, or the events of one. */
final class ResponsesAnswerReader implements AnswerReader {
  private static final Set<String> SILENT_EVENTS =
      Set.of(
          "response.created",
          "response.queued",
          "response.in_progress",
          "response.output_item.added",
          "response.content_part.added",
          "response.reasoning_summary_part.added");

  private final PassThroughPrompt prompt;
  private final StringBuilder text = new StringBuilder();
  private final List<Part.ToolCall> calls = new ArrayList<>();
  private Optional<Usage> usage = Optional.empty();
  private FinishReason finish = FinishReason.UNKNOWN;
  private String model = "";
  private String json = "";
  private boolean begun;
  private boolean ended;

  ResponsesAnswerReader(PassThroughPrompt prompt) {
    this.prompt = prompt;
  }

  @Override
  public void whole(byte[] bytes) throws UnusableResponseException {
    String body = new String(bytes, StandardCharsets.UTF_8);
    JsonNode response = Json.mapper().readTree(body);
    if (!response.path("output").isArray()) {
      Optional<ErrorBody> error = ErrorBody.in(response);
      String reason = error.isPresent() ? "an error" : "a response without output";
      throw new UnusableResponseException(reason, body, error);
    }
    read(response, body);
  }

  @Override
  public void event(String name, String data) throws UnusableResponseException {
    if (data.equals("[DONE]")) {
      ended = true;
      return;
    }
    JsonNode event = Json.mapper().readTree(data);
    String type = event.path("type").asString(name);
    switch (type) {
      case "response.output_text.delta" -> text.append(event.path("delta").asString(""));
      case "response.completed", "response.incomplete", "response.cancelled" -> {
        ended = true;
        JsonNode response = event.path("response");
        read(response, response.toString());
      }
      case "response.failed" -> {
        ended = true;
        refuse(ErrorBody.of(event.path("response").path("error")), data);
      }
      case "error" -> {
        ended = true;
        refuse(Optional.of(ErrorBody.read(data)), data);
      }
      default -> refuse(event.has("type") ? Optional.empty() : ErrorBody.in(event), data);
    }
    begun |= !SILENT_EVENTS.contains(type);
  }

  private static void refuse(Optional<ErrorBody> error, String data)
      throws UnusableResponseException {
    if (error.isPresent()) {
      throw new UnusableResponseException("an error", data, error);
    }
  }

  private void read(JsonNode response, String body) {
    json = body;
    model = response.path("model").asString("");
    usage = usage(response.path("usage"));
    text.setLength(0);
    for (JsonNode item : response.path("output")) {
      switch (item.path("type").asString("")) {
        case "message" -> item.path("content").forEach(this::part);
        case "function_call" ->
            calls.add(
                new Part.ToolCall(
                    item.path("call_id").asString(""),
                    item.path("name").asString(""),
                    item.path("arguments").asString("")));
        default -> {} // reasoning and the calls of tools of the provider are in the JSON
      }
    }
    String reason = response.path("incomplete_details").path("reason").asString("");
    finish =
        switch (reason) {
          case "max_output_tokens" -> FinishReason.LENGTH;
          case "" -> calls.isEmpty() ? FinishReason.STOP : FinishReason.TOOL_CALLS;
          default -> FinishReason.of(reason);
        };
  }

  private void part(JsonNode part) {
    text.append(part.path("text").asString(part.path("refusal").asString("")));
  }

  private Optional<Usage> usage(JsonNode counted) {
    if (!counted.path("input_tokens").isNumber()) {
      return Optional.empty();
    }
    Usage stated =
        new Usage(
            count(counted.path("input_tokens")),
            count(counted.path("output_tokens")),
            count(counted.path("input_tokens_details").path("cached_tokens")),
            count(counted.path("output_tokens_details").path("reasoning_tokens")),
            true);
    return Optional.of(stated).filter(prompt.tokenLimit()::allows);
  }

  private static long count(JsonNode number) {
    return Math.max(0, number.asLong(0));
  }

  @Override
  public boolean hasBegun() {
    return begun;
  }

  @Override
  public boolean isComplete() {
    return ended;
  }

  @Override
  public Usage usage() {
    return usage.orElseGet(() -> Usage.estimated(prompt.characters(), text.length()));
  }

  @Override
  public String model() {
    return model;
  }

  @Override
  public String text() {
    return text.toString();
  }

  @Override
  public void show(LlmSpan span, CallReport report) {
    String requested = prompt.route().resource();
    span.answered(
        new Completion(
            text.toString(),
            "",
            finish,
            usage(),
            requested,
            model.isEmpty() ? requested : model,
            Optional.empty(),
            JsonLine.of(json),
            calls,
            Optional.empty(),
            List.of(),
            report));
  }
}
