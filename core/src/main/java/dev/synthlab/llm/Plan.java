package dev.synthlab.llm;

import dev.synthlab.call.Fault;
import dev.synthlab.call.Route;
import dev.synthlab.call.Spend;
import dev.synthlab.http.Request;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One request to one model, and what can be sent in its place: the same with a parameter mended, or
 * made anew for the next model. Immutable.
 */
final class Plan {
  private static final int MENDS = 5;

  private final Endpoint endpoint;
  private final Mends mends;
  private final CompletionRequest request;
  private final boolean stream;
  private final int unreadableTries;
  private final List<String> models;
  private final Map<String, Object> body;
  private final Formats.Way way;
  private final int mendsLeft;
  private final Request wire;

  private Plan(Source source, List<String> models, Sent sent, int mendsLeft) {
    this.endpoint = source.endpoint();
    this.mends = source.mends();
    this.request = source.request();
    this.stream = source.stream();
    this.unreadableTries = source.unreadableTries();
    this.models = models;
    this.body = sent.body();
    this.way = sent.way();
    this.mendsLeft = mendsLeft;
    this.wire = endpoint.chat(ChatWire.bytes(body));
  }

  /**
   * What all requests of a client have in common.
   *
   * @param endpoint where they go
   * @param mends what has been learnt of the models
   * @param unreadableTries how often an answer that cannot be read is asked for
   */
  record Chat(Endpoint endpoint, Mends mends, int unreadableTries) {}

  /** What stays the same for every model. */
  private record Source(
      Endpoint endpoint,
      Mends mends,
      CompletionRequest request,
      boolean stream,
      int unreadableTries) {}

  /** What goes out, and the way it asks for the form of the answer. */
  private record Sent(Map<String, Object> body, Formats.Way way) {}

  /** The request to the first model. */
  static Plan of(Chat chat, CompletionRequest request, boolean stream) {
    Endpoint endpoint = chat.endpoint();
    List<String> models = new ArrayList<>(List.of(endpoint.model(request)));
    endpoint.settings().fallbackModels().stream()
        .filter(model -> !models.contains(model))
        .forEach(models::add);
    return to(new Source(endpoint, chat.mends(), request, stream, chat.unreadableTries()), models);
  }

  private static Plan to(Source source, List<String> models) {
    Route route = source.endpoint().route(models.getFirst());
    Optional<Model> model = source.endpoint().known().find(route.resource());
    Formats.Way way = source.mends().formats().first(route, source.request(), model);
    return new Plan(source, models, sent(source, route, way), MENDS);
  }

  private static Sent sent(Source source, Route route, Formats.Way way) {
    Map<String, Object> body =
        ChatWire.body(source.request(), route.resource(), way, source.stream());
    Map<String, Object> fitted = source.endpoint().known().fitted(route.resource(), body);
    return new Sent(source.mends().mended(route, fitted), way);
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
    return ChatWire.offersTools(body);
  }

  /** The tokens it will take, by the usual four characters a token and what it allows for. */
  long weight() {
    return Usage.tokens(characters()) + allowed("max_tokens") + allowed("max_completion_tokens");
  }

  /** How much text it has; a picture counts as much as a page. */
  long characters() {
    return ChatWire.characters(body);
  }

  private long allowed(String name) {
    return body.get(name) instanceof Number number ? Math.max(0, number.longValue()) : 0;
  }

  /** What the answer used, and its price. */
  Spend spend(ChatAnswer answer) {
    return endpoint.known().spend(models.getFirst(), answer.model, usage(answer));
  }

  /** What the answer may cost at most, whichever of the models gives it. */
  Optional<BigDecimal> mostCost() {
    Optional<BigDecimal> most = Optional.of(BigDecimal.ZERO);
    for (String model : models) {
      Optional<BigDecimal> cost = mostCost(model);
      most = most.flatMap(other -> cost.map(other::max));
    }
    return most;
  }

  /** What the answer of the model that is asked first may cost at most. */
  Optional<BigDecimal> mostCostOfFirst() {
    return mostCost(models.getFirst());
  }

  private Optional<BigDecimal> mostCost(String model) {
    // A text may have twice as many tokens as usual.
    long input = 2 * Usage.tokens(characters());
    long bound = Math.max(allowed("max_tokens"), allowed("max_completion_tokens"));
    return endpoint.known().mostUsd(model, input, bound, Math.max(1, allowed("n")));
  }

  /** As the provider counted it, else by our estimate. */
  Usage usage(ChatAnswer answer) {
    long said =
        answer.text.length()
            + answer.refusal.length()
            + answer.calls.stream().mapToLong(call -> call.arguments.length()).sum();
    return answer.usage.known() ? answer.usage : Usage.estimated(characters(), said);
  }

  /** The same without the parameter, or in another way, where the fault names it. */
  Optional<Plan> mended(Fault fault) {
    if (mendsLeft == 0) {
      return Optional.empty();
    }
    return mends
        .formats()
        .lower(route(), request, way, fault)
        .map(lower -> sent(source(), route(), lower))
        .or(() -> mends.mend(route(), body, fault).map(other -> new Sent(other, way)))
        .map(sent -> new Plan(source(), models, sent, mendsLeft - 1));
  }

  /** A refused credential, with the name of the variable it came from, or should come from. */
  Fault explained(Fault fault) {
    return endpoint.explained(fault);
  }

  /** The same question to the next model, if the fault does not lie in the question. */
  Optional<Plan> fallback(Fault fault) {
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

  private Source source() {
    return new Source(endpoint, mends, request, stream, unreadableTries);
  }
}
