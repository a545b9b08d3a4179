package dev.synthlab.llm;

import dev.synthlab.call.CallMetadata;
import dev.synthlab.call.Fault;
import dev.synthlab.call.Route;
import dev.synthlab.http.Request;
import dev.synthlab.json.Json;
import java.math.BigDecimal;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** One POST of a JSON body to an endpoint other than chat completions. Immutable. */
final class PreparedPost implements PreparedRequest<PreparedPost> {
  private static final int MAX_REPAIRS = 3;

  private final Verb verb;
  private final PreparedChat.ModelContext client;
  private final Route route;
  private final Map<String, Object> body;
  private final long weight;
  private final int repairsLeft;
  private final Request wire;

  /**
   * What all requests of one call have in common.
   *
   * @param path of the endpoint
   * @param operation the kind of request, for records
   * @param ownParameters the parameters that the client adds itself and may leave out
   * @param unreadableTries the number of unreadable responses after which the call fails
   */
  record Verb(
      String path,
      CallMetadata.Operation operation,
      Set<String> ownParameters,
      int unreadableTries) {}

  private PreparedPost(
      Verb verb,
      PreparedChat.ModelContext client,
      Map<String, Object> body,
      long weight,
      int repairsLeft) {
    this.verb = verb;
    this.client = client;
    this.route = client.endpoint().route(String.valueOf(body.get("model")));
    this.body = body;
    this.weight = weight;
    this.repairsLeft = repairsLeft;
    this.wire = client.endpoint().post(verb.path(), ChatRequestBody.bytes(body));
  }

  /** The request, without the parameters that the model is known to refuse. */
  static PreparedPost of(
      Verb verb, PreparedChat.ModelContext client, Map<String, Object> body, long weight) {
    Route route = client.endpoint().route(String.valueOf(body.get("model")));
    client.endpoint().known().warnOfShutOff(route.resource());
    Map<String, Object> adapted = client.unsupported().adapted(route, body);
    return new PreparedPost(verb, client, adapted, weight, MAX_REPAIRS);
  }

  /** What is known of the models. */
  ModelRegistry known() {
    return client.endpoint().known();
  }

  @Override
  public Route route() {
    return route;
  }

  @Override
  public long weight() {
    return weight;
  }

  @Override
  public Request wire() {
    return wire;
  }

  @Override
  public int unreadableTries() {
    return verb.unreadableTries();
  }

  @Override
  public CallMetadata.Operation operation() {
    return verb.operation();
  }

  @Override
  public Optional<CallMetadata.Content> content(String answer) {
    Object given = body.getOrDefault("input", body.getOrDefault("prompt", ""));
    return Optional.of(new CallMetadata.Content(Json.mapper().writeValueAsString(given), answer));
  }

  /** For vectors only the input has a price; for other answers the longest one counts. */
  @Override
  public Optional<BigDecimal> maxCostUsd() {
    String model = route.resource();
    long input = 2 * weight; // a text may have twice the estimated tokens
    if (body.containsKey("input")) {
      return known().spend(model, model, new Usage(input, 0, 0, 0, true)).costUsd();
    }
    long answers = body.get("n") instanceof Number n ? Math.max(1, n.longValue()) : 1;
    return known().maxCostUsd(model, input, 0, answers);
  }

  @Override
  public Optional<PreparedPost> repaired(Fault fault) {
    return repairsLeft == 0
        ? Optional.empty()
        : client
            .unsupported()
            .adapt(route, body, fault, verb.ownParameters())
            .map(other -> new PreparedPost(verb, client, other, weight, repairsLeft - 1));
  }

  @Override
  public Fault explained(Fault fault) {
    return client.endpoint().explained(fault);
  }
}
