package dev.synthlab.llm;

import dev.synthlab.call.CallMetadata;
import dev.synthlab.call.RetrySafety;
import dev.synthlab.call.Route;
import dev.synthlab.http.Body;
import dev.synthlab.http.Request;
import dev.synthlab.json.Json;
import dev.synthlab.spans.Telemetry;
import dev.synthlab.spans.Tracing;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;

/**
 * What is known of a request of another client library: its endpoint, its model and, if it is JSON,
 * its body. Immutable.
 */
final class PassThroughPrompt {
  private static final TypeReference<Map<String, Object>> OBJECT = new TypeReference<>() {};

  /** The endpoints that compute an answer and change nothing. */
  private static final Set<String> WITHOUT_EFFECT =
      Set.of("chat/completions", "responses", "embeddings", "completions", "moderations");

  /** The endpoints below which requests cost nothing by themselves. */
  private static final Set<String> FREE =
      Set.of("files", "uploads", "moderations", "models", "batches", "vector_stores", "containers");

  private final PassThroughRequest request;
  private final ModelRegistry known;
  private final Map<String, Object> body;
  private final Kind kind;
  private final Route route;

  /** The endpoints whose answers are read for spans, tokens and cost; and all others. */
  enum Kind {
    CHAT,
    RESPONSES,
    EMBEDDINGS,
    OTHER
  }

  private PassThroughPrompt(
      PassThroughRequest request, ModelRegistry known, Map<String, Object> body) {
    this.request = request;
    this.known = known;
    this.body = body;
    this.kind = kind(request, body);
    String resource =
        body.get("model") instanceof String model && !model.isBlank() ? model : first(request);
    this.route = new Route(request.account().base(), request.account().keyName(), resource);
  }

  static PassThroughPrompt of(PassThroughRequest request, ModelRegistry known) {
    return new PassThroughPrompt(request, known, json(request.wire().body()));
  }

  private static Map<String, Object> json(Body body) {
    if (!(body instanceof Body.Bytes bytes) || !PassThrough.isRecorded(bytes.contentType())) {
      return Map.of();
    }
    try {
      return Json.mapper().readValue(bytes.bytes(), OBJECT);
    } catch (JacksonException e) {
      return Map.of(); // whoever wrote it gets the answer of the server
    }
  }

  private static Kind kind(PassThroughRequest request, Map<String, Object> body) {
    if (!request.wire().method().equals("POST") || body.isEmpty()) {
      return Kind.OTHER;
    }
    // Azure has its deployment before the path.
    return switch (endpoint(request)) {
      case "chat/completions" -> Kind.CHAT;
      case "responses" -> Kind.RESPONSES;
      case "embeddings" -> Kind.EMBEDDINGS;
      default -> Kind.OTHER;
    };
  }

  private static String endpoint(PassThroughRequest request) {
    return request.path().replaceFirst("^openai/", "").replaceFirst("^deployments/[^/]+/", "");
  }

  private static String first(PassThroughRequest request) {
    return endpoint(request).replaceFirst("/.*", "");
  }

  Kind kind() {
    return kind;
  }

  Route route() {
    return route;
  }

  Request wire() {
    return request.wire();
  }

  Map<String, Object> body() {
    return body;
  }

  ModelRegistry known() {
    return known;
  }

  /** Whether the request asks for events in place of one object. */
  boolean streamed() {
    return Boolean.TRUE.equals(body.get("stream"));
  }

  /** What may be sent twice of it. */
  RetrySafety safety() {
    RetrySafety safety = RetrySafety.of(wire());
    String endpoint = endpoint(request);
    boolean computes =
        WITHOUT_EFFECT.contains(endpoint)
            || endpoint.startsWith("images/")
            || endpoint.startsWith("audio/");
    return computes ? safety.withoutEffect() : safety;
  }

  /** Reads the answer of one attempt. */
  AnswerReader reader() {
    return switch (kind) {
      case CHAT -> new ChatAnswerReader(this);
      case RESPONSES -> new ResponsesAnswerReader(this);
      case EMBEDDINGS -> new EmbeddingAnswerReader(this);
      case OTHER -> new PlainAnswerReader();
    };
  }

  LlmSpan open(Telemetry telemetry) {
    return switch (kind) {
      case CHAT -> LlmSpan.ofChat(telemetry, route, body, CallOptions.NONE);
      case RESPONSES ->
          LlmSpan.ofChat(telemetry, route, ResponsesInput.asChat(body), CallOptions.NONE);
      case EMBEDDINGS ->
          LlmSpan.of(
              telemetry, Tracing.Kind.EMBEDDING, "CreateEmbeddings", route, body, CallOptions.NONE);
      case OTHER -> LlmSpan.ofTransfer(telemetry, wire().method() + " /" + first(request), route);
    };
  }

  CallMetadata.Operation operation() {
    return switch (kind) {
      case CHAT, RESPONSES -> new CallMetadata.Operation("chat", Optional.empty());
      case EMBEDDINGS -> new CallMetadata.Operation("embeddings", Optional.empty());
      case OTHER -> CallMetadata.Operation.NONE;
    };
  }

  /** The messages or inputs as they were sent, and the text of the answer. */
  Optional<CallMetadata.Content> content(String answer) {
    return switch (kind) {
      case CHAT -> Optional.of(content("messages", answer));
      case RESPONSES, EMBEDDINGS -> Optional.of(content("input", answer));
      case OTHER -> Optional.empty();
    };
  }

  private CallMetadata.Content content(String field, String answer) {
    Object given = body.getOrDefault(field, List.of());
    return new CallMetadata.Content(Json.mapper().writeValueAsString(given), answer);
  }

  /** The number of characters of the prompt; an image counts as much as a page. */
  long characters() {
    return ChatRequestBody.characters(
        switch (kind) {
          case CHAT -> body;
          case RESPONSES, EMBEDDINGS -> body.getOrDefault("input", "");
          case OTHER -> "";
        });
  }

  /** The estimated tokens of the prompt, and the longest answer that the request allows. */
  long weight() {
    return kind == Kind.OTHER ? 0 : Usage.tokens(characters()) + maxOutput();
  }

  TokenLimit tokenLimit() {
    return TokenLimit.of(characters(), maxOutput(), answers());
  }

  private long maxOutput() {
    long chat = Math.max(allowed("max_tokens"), allowed("max_completion_tokens"));
    return Math.max(chat, allowed("max_output_tokens"));
  }

  private long answers() {
    return Math.max(1, allowed("n"));
  }

  private long allowed(String name) {
    return body.get(name) instanceof Number number ? Math.max(0, number.longValue()) : 0;
  }

  /** The maximum cost of the answer; empty when it is not known. */
  Optional<BigDecimal> maxCostUsd() {
    String model = route.resource();
    long input = 2 * Usage.tokens(characters()); // a text may have twice as many tokens as usual
    return switch (kind) {
      case CHAT, RESPONSES -> known.maxCostUsd(model, input, maxOutput(), answers());
      case EMBEDDINGS -> known.spend(model, model, new Usage(input, 0, 0, 0, true)).costUsd();
      case OTHER ->
          wire().method().equals("POST") && !FREE.contains(first(request))
              ? Optional.empty()
              : Optional.of(BigDecimal.ZERO);
    };
  }
}
