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
 * One chat completion request to one model. A request that the server refuses is replaced by one
 * without the refused parameter, or by one to the next model. Immutable.
 */
final class PreparedChat implements PreparedRequest<PreparedChat> {
  private static final int MAX_REPAIRS = 5;

  private final Inputs source;
  private final Endpoint endpoint;
  private final Target target;
  private final Map<String, Object> body;
  private final ResponseFormatFallback.Strategy strategy;
  private final int repairsLeft;
  private final Request wire;
  private final long characters;

  private PreparedChat(Inputs source, Target target, Payload sent, int repairsLeft) {
    this.source = source;
    this.endpoint = source.client().endpoint();
    this.target = target;
    this.body = sent.body();
    this.strategy = sent.strategy();
    this.repairsLeft = repairsLeft;
    this.characters = ChatRequestBody.characters(body);
    this.wire = endpoint.chat(ChatRequestBody.bytes(body, characters));
  }

  /**
   * What all requests of a client have in common.
   *
   * @param endpoint where they go
   * @param unsupported what has been learnt of the models
   * @param unreadableTries the number of unreadable responses after which a call fails
   */
  record ModelContext(Endpoint endpoint, UnsupportedParameters unsupported, int unreadableTries) {}

  /** What stays the same for every model. */
  private record Inputs(ModelContext client, CompletionRequest request, boolean stream) {}

  /** The first of the models that may answer, and its route. */
  private record Target(List<String> models, Route route) {}

  /** What goes out, and the way it asks for the form of the answer. */
  private record Payload(Map<String, Object> body, ResponseFormatFallback.Strategy strategy) {}

  /** The request to the first model. */
  static PreparedChat of(ModelContext client, CompletionRequest request, boolean stream) {
    return to(new Inputs(client, request, stream), models(client.endpoint(), request));
  }

  private static List<String> models(Endpoint endpoint, CompletionRequest request) {
    String first = endpoint.model(request);
    List<String> others = endpoint.settings().fallbackModels();
    if (others.isEmpty()) {
      return List.of(first);
    }
    List<String> models = new ArrayList<>(List.of(first));
    others.stream().filter(model -> !models.contains(model)).forEach(models::add);
    return models;
  }

  private static PreparedChat to(Inputs source, List<String> models) {
    ModelContext client = source.client();
    Route route = client.endpoint().route(models.getFirst());
    Optional<Model> model = client.endpoint().known().find(route.resource());
    ResponseFormatFallback.Strategy strategy =
        client.unsupported().formats().first(route, source.request(), model);
    return new PreparedChat(
        source, new Target(models, route), payload(source, route, strategy), MAX_REPAIRS);
  }

  private static Payload payload(
      Inputs source, Route route, ResponseFormatFallback.Strategy strategy) {
    ModelContext client = source.client();
    Map<String, Object> body =
        ChatRequestBody.body(source.request(), route.resource(), strategy, source.stream());
    Map<String, Object> fitted = client.endpoint().known().fitted(route.resource(), body);
    return new Payload(client.unsupported().adapted(route, fitted), strategy);
  }

  @Override
  public Route route() {
    return target.route();
  }

  /** What is sent, as a tree. */
  Map<String, Object> body() {
    return body;
  }

  @Override
  public Request wire() {
    return wire;
  }

  @Override
  public int unreadableTries() {
    return source.client().unreadableTries();
  }

  boolean offersTools() {
    return ChatRequestBody.offersTools(body);
  }

  /** The estimated tokens of the text, and the longest answer that the request allows. */
  @Override
  public long weight() {
    return Usage.tokens(characters) + allowed("max_tokens") + allowed("max_completion_tokens");
  }

  /** The number of characters; an image counts as much as a page. */
  long characters() {
    return characters;
  }

  /** The most tokens that an answer can have used. */
  TokenLimit tokenLimit() {
    long longest = Math.max(allowed("max_tokens"), allowed("max_completion_tokens"));
    return TokenLimit.of(characters, longest, Math.max(1, allowed("n")));
  }

  private long allowed(String name) {
    return body.get(name) instanceof Number number ? Math.max(0, number.longValue()) : 0;
  }

  /** A request that ends with a tool result belongs to a round of tools. */
  @Override
  public CallMetadata.Operation operation() {
    boolean afterTools =
        body.get("messages") instanceof List<?> said
            && !said.isEmpty()
            && said.getLast() instanceof Map<?, ?> last
            && "tool".equals(last.get("role"));
    return new CallMetadata.Operation(
        afterTools ? "tool_round" : "chat", source.request().options().operation());
  }

  /** The model, request id and prices of an answer, for records. */
  CallMetadata.AnswerMetadata metadata(
      ChatResponseParser answer, Optional<String> requestId, Spend spend) {
    return CallMetadata.AnswerMetadata.by(
        answer.model.isEmpty() ? Optional.empty() : Optional.of(answer.model),
        requestId,
        endpoint.known().prices(spend));
  }

  /** The messages as they were sent, and the text of the answer. */
  @Override
  public Optional<CallMetadata.Content> content(String answer) {
    String messages = Json.mapper().writeValueAsString(body.getOrDefault("messages", List.of()));
    return Optional.of(new CallMetadata.Content(messages, answer));
  }

  /** What the answer used, and its price. */
  Spend spend(ChatResponseParser answer, Usage usage) {
    return endpoint.known().spend(route().resource(), answer.model, usage);
  }

  /** The maximum cost of an answer by any of the models. */
  Optional<BigDecimal> maxCostOfAny() {
    Optional<BigDecimal> max = Optional.of(BigDecimal.ZERO);
    for (String model : target.models()) {
      Optional<BigDecimal> cost = maxCost(model);
      max = max.flatMap(other -> cost.map(other::max));
    }
    return max;
  }

  /** The maximum cost of an answer by the first model. */
  @Override
  public Optional<BigDecimal> maxCostUsd() {
    return maxCost(route().resource());
  }

  private Optional<BigDecimal> maxCost(String model) {
    // A text may have twice as many tokens as usual.
    long input = 2 * Usage.tokens(characters);
    long bound = Math.max(allowed("max_tokens"), allowed("max_completion_tokens"));
    return endpoint.known().maxCostUsd(model, input, bound, Math.max(1, allowed("n")));
  }

  /** As the provider counted it, else by our estimate. */
  Usage usage(ChatResponseParser answer) {
    if (answer.usage.known()) {
      return answer.usage;
    }
    long said =
        answer.text.length()
            + answer.reasoningText.length()
            + answer.refusal.length()
            + answer.calls.characters();
    return Usage.estimated(characters, said);
  }

  /** The same request without the parameter, or with another response format, that is refused. */
  @Override
  public Optional<PreparedChat> repaired(Fault fault) {
    if (repairsLeft == 0) {
      return Optional.empty();
    }
    UnsupportedParameters unsupported = source.client().unsupported();
    return unsupported
        .formats()
        .next(route(), source.request(), strategy, fault)
        .map(lower -> payload(source, route(), lower))
        .or(
            () ->
                unsupported.adapt(route(), body, fault).map(other -> new Payload(other, strategy)))
        .map(sent -> new PreparedChat(source, target, sent, repairsLeft - 1));
  }

  @Override
  public Fault explained(Fault fault) {
    return endpoint.explained(fault);
  }

  /** The same request to the next model, unless the request itself is at fault. */
  @Override
  public Optional<PreparedChat> fallback(Fault fault) {
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
              PROMPT_FILTERED,
              QUOTA_EXCEEDED,
              BUDGET_EXCEEDED,
              TLS_FAILED,
              RESPONSE_TOO_LARGE,
              REDIRECTED,
              STREAM_INTERRUPTED,
              CANCELLED ->
              false;
        };
    List<String> models = target.models();
    return helps && models.size() > 1
        ? Optional.of(to(source, models.subList(1, models.size())))
        : Optional.empty();
  }
}
