package dev.synthlab.llm;

import dev.synthlab.call.CallMetadata;
import dev.synthlab.call.Fault;
import dev.synthlab.call.Route;
import dev.synthlab.call.Spend;
import dev.synthlab.http.Request;
import dev.synthlab.json.Json;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One request to one model, and what can be sent in its place: the same with a parameter mended, or
 * made anew for the next model. Immutable.
 */
final class PreparedChat {
  private static final int MENDS = 5;

  private final Endpoint endpoint;
  private final UnsupportedParameters unsupported;
  private final CompletionRequest request;
  private final boolean stream;
  private final int unreadableTries;
  private final List<String> models;
  private final Map<String, Object> body;
  private final ResponseFormatFallback.Strategy strategy;
  private final int mendsLeft;
  private final Request wire;

  private PreparedChat(Inputs source, List<String> models, Payload sent, int mendsLeft) {
    this.endpoint = source.endpoint();
    this.unsupported = source.unsupported();
    this.request = source.request();
    this.stream = source.stream();
    this.unreadableTries = source.unreadableTries();
    this.models = models;
    this.body = sent.body();
    this.strategy = sent.strategy();
    this.mendsLeft = mendsLeft;
    this.wire = endpoint.chat(ChatRequestBody.bytes(body));
  }

  /**
   * What all requests of a client have in common.
   *
   * @param endpoint where they go
   * @param unsupported what has been learnt of the models
   * @param unreadableTries how often an answer that cannot be read is asked for
   */
  record ModelContext(Endpoint endpoint, UnsupportedParameters unsupported, int unreadableTries) {}

  /** What stays the same for every model. */
  private record Inputs(
      Endpoint endpoint,
      UnsupportedParameters unsupported,
      CompletionRequest request,
      boolean stream,
      int unreadableTries) {}

  /** What goes out, and the way it asks for the form of the answer. */
  private record Payload(Map<String, Object> body, ResponseFormatFallback.Strategy strategy) {}

  /** The request to the first model. */
  static PreparedChat of(ModelContext chat, CompletionRequest request, boolean stream) {
    Endpoint endpoint = chat.endpoint();
    List<String> models = new ArrayList<>(List.of(endpoint.model(request)));
    endpoint.settings().fallbackModels().stream()
        .filter(model -> !models.contains(model))
        .forEach(models::add);
    return to(
        new Inputs(endpoint, chat.unsupported(), request, stream, chat.unreadableTries()), models);
  }

  private static PreparedChat to(Inputs source, List<String> models) {
    Route route = source.endpoint().route(models.getFirst());
    Optional<Model> model = source.endpoint().known().find(route.resource());
    ResponseFormatFallback.Strategy strategy =
        source.unsupported().formats().first(route, source.request(), model);
    return new PreparedChat(source, models, sent(source, route, strategy), MENDS);
  }

  private static Payload sent(
      Inputs source, Route route, ResponseFormatFallback.Strategy strategy) {
    Map<String, Object> body =
        ChatRequestBody.body(source.request(), route.resource(), strategy, source.stream());
    Map<String, Object> fitted = source.endpoint().known().fitted(route.resource(), body);
    return new Payload(source.unsupported().adapted(route, fitted), strategy);
  }

  Route route() {
    return endpoint.route(models.getFirst());
  }

  /** What is sent, as a tree. */
  Map<String, Object> body() {
    return body;
  }

  Request wire() {
    return wire;
  }

  /** How often an answer that cannot be read is asked for. */
  int unreadableTries() {
    return unreadableTries;
  }

  boolean offersTools() {
    return ChatRequestBody.offersTools(body);
  }

  /** The tokens it will take, by the usual four characters a token and what it allows for. */
  long weight() {
    return Usage.tokens(characters()) + allowed("max_tokens") + allowed("max_completion_tokens");
  }

  /** How much text it has; a picture counts as much as a page. */
  long characters() {
    return ChatRequestBody.characters(body);
  }

  private long allowed(String name) {
    return body.get(name) instanceof Number number ? Math.max(0, number.longValue()) : 0;
  }

  /** What is asked, for records; an answer of tools is the last thing said in a round of them. */
  CallMetadata.Operation purpose() {
    boolean afterTools =
        body.get("messages") instanceof List<?> said
            && !said.isEmpty()
            && said.getLast() instanceof Map<?, ?> last
            && "tool".equals(last.get("role"));
    return new CallMetadata.Operation(
        afterTools ? "tool_round" : "chat", request.options().operation());
  }

  /** What is known of an answer. */
  CallMetadata.AnswerMetadata said(ChatResponseReader answer, Optional<String> requestId) {
    return CallMetadata.AnswerMetadata.by(
        Optional.of(answer.model).filter(model -> !model.isEmpty()),
        requestId,
        endpoint.known().prices(spend(answer)));
  }

  /** What is asked and answered, as it went over the wire. */
  CallMetadata.Content texts(String answer) {
    return new CallMetadata.Content(
        Json.mapper().writeValueAsString(body.getOrDefault("messages", List.of())), answer);
  }

  /** What the answer used, and its price. */
  Spend spend(ChatResponseReader answer) {
    return endpoint.known().spend(models.getFirst(), answer.model, usage(answer));
  }

  /** What the answer may cost at most, whichever of the models gives it. */
  Optional<BigDecimal> maxCost() {
    Optional<BigDecimal> max = Optional.of(BigDecimal.ZERO);
    for (String model : models) {
      Optional<BigDecimal> cost = maxCost(model);
      max = max.flatMap(other -> cost.map(other::max));
    }
    return max;
  }

  /** What the answer of the model that is asked first may cost at most. */
  Optional<BigDecimal> maxCostOfFirst() {
    return maxCost(models.getFirst());
  }

  private Optional<BigDecimal> maxCost(String model) {
    // A text may have twice as many tokens as usual.
    long input = 2 * Usage.tokens(characters());
    long bound = Math.max(allowed("max_tokens"), allowed("max_completion_tokens"));
    return endpoint.known().maxCostUsd(model, input, bound, Math.max(1, allowed("n")));
  }

  /** As the provider counted it, else by our estimate. */
  Usage usage(ChatResponseReader answer) {
    long said =
        answer.text.length()
            + answer.refusal.length()
            + answer.calls.stream().mapToLong(call -> call.arguments.length()).sum();
    return answer.usage.known() ? answer.usage : Usage.estimated(characters(), said);
  }

  /** The same without the parameter, or in another way, where the fault names it. */
  Optional<PreparedChat> repaired(Fault fault) {
    if (mendsLeft == 0) {
      return Optional.empty();
    }
    return unsupported
        .formats()
        .lower(route(), request, strategy, fault)
        .map(lower -> sent(source(), route(), lower))
        .or(
            () ->
                unsupported.adapt(route(), body, fault).map(other -> new Payload(other, strategy)))
        .map(sent -> new PreparedChat(source(), models, sent, mendsLeft - 1));
  }

  /** A refused credential, with the name of the variable it came from, or should come from. */
  Fault explained(Fault fault) {
    return endpoint.explained(fault);
  }

  /** The same question to the next model, if the fault does not lie in the question. */
  Optional<PreparedChat> fallback(Fault fault) {
    boolean helps =
        switch (fault.kind()) {
          case RATE_LIMITED,
              SERVER_FAILED,
              CONNECTION_FAILED,
              NOT_FOUND,
              MALFORMED_RESPONSE,
              DEADLINE_EXCEEDED,
              CIRCUIT_OPEN ->
              true;
          case BAD_REQUEST -> fault.code().filter("context_length_exceeded"::equals).isPresent();
          case AUTHENTICATION,
              QUOTA_EXCEEDED,
              BUDGET_EXCEEDED,
              TLS_FAILED,
              RESPONSE_TOO_LARGE,
              REDIRECTED,
              STREAM_INTERRUPTED,
              CANCELLED ->
              false;
        };
    return helps && models.size() > 1
        ? Optional.of(to(source(), models.subList(1, models.size())))
        : Optional.empty();
  }

  private Inputs source() {
    return new Inputs(endpoint, unsupported, request, stream, unreadableTries);
  }
}
