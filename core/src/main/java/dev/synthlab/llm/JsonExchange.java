package dev.synthlab.llm;

import dev.synthlab.call.AttemptResult;
import dev.synthlab.call.CallMetadata;
import dev.synthlab.call.Exchange;
import dev.synthlab.call.Fault;
import dev.synthlab.call.ResponseClassifier;
import dev.synthlab.call.Route;
import dev.synthlab.call.Spend;
import dev.synthlab.call.Timer;
import dev.synthlab.call.Verdict;
import dev.synthlab.http.BodyReader;
import dev.synthlab.http.Request;
import dev.synthlab.json.Json;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectReader;

/**
 * One request of a verb whose answer is a single JSON object, read as it comes and without a tree:
 * it may be tens of megabytes of numbers. For one call.
 */
final class JsonExchange<T extends JsonExchange.Counted> implements Exchange<T> {
  private static final int MENDS = 3;
  private static final int MAX_BYTES = 64 << 20;
  private static final ObjectReader ERROR =
      Json.mapper()
          .readerFor(JsonNode.class)
          .without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private final Verb<T> verb;
  private final Asked request;
  private final Timer timer;
  private final Request wire;
  private int malformed;

  /** What a verb reads must say what it used. */
  interface Counted {
    Spend spend(ModelRegistry known, String request);

    /** The model that says it answered, or an empty text. */
    String model();
  }

  /** Takes the fields of one answer in turn. */
  interface Answer<T> {
    /** The parser stands at the value, and shall stand at its end. */
    void field(String name, JsonParser in, JsonToken value) throws UnusableException;

    T whole() throws UnusableException;
  }

  /** The answer is JSON, but not the answer. */
  static final class UnusableException extends Exception {
    private static final long serialVersionUID = 1L;

    UnusableException(String reason) {
      super(reason);
    }
  }

  /**
   * What a verb has in common for every request of a call.
   *
   * @param path where it is asked
   * @param purpose what is asked
   * @param ownWords parameters that the verb adds for itself, so that they may be left out
   * @param tries how often an answer that cannot be read is asked for
   * @param answer a reader for one answer
   */
  record Verb<T>(
      String path,
      CallMetadata.Operation purpose,
      Set<String> ownWords,
      int tries,
      Supplier<Answer<T>> answer) {}

  /** The request as it stands now. */
  private record Asked(
      PreparedChat.ModelContext client,
      Route route,
      Map<String, Object> body,
      long weight,
      int mendsLeft) {}

  private JsonExchange(Verb<T> verb, Asked request, Timer timer) {
    this.verb = verb;
    this.request = request;
    this.timer = timer;
    this.wire =
        request.client().endpoint().post(verb.path(), ChatRequestBody.bytes(request.body()));
  }

  /** The request, without the parameters that the model is known to refuse. */
  static <T extends Counted> JsonExchange<T> of(
      Verb<T> verb,
      PreparedChat.ModelContext client,
      Map<String, Object> body,
      long weight,
      Timer timer) {
    Route route = client.endpoint().route(String.valueOf(body.get("model")));
    client.endpoint().known().warnOfTheEnd(route.resource());
    Map<String, Object> taken = client.unsupported().adapted(route, body);
    return new JsonExchange<>(verb, new Asked(client, route, taken, weight, MENDS), timer);
  }

  @Override
  public Route route() {
    return request.route();
  }

  @Override
  public long weight() {
    return request.weight();
  }

  @Override
  public Request request() {
    return wire;
  }

  /** Vectors cost by what is sent alone; for what else is made, the longest answer counts. */
  @Override
  public Optional<BigDecimal> maxCostUsd() {
    ModelRegistry known = request.client().endpoint().known();
    String model = route().resource();
    long input = 2 * weight(); // a text may have twice as many tokens as usual
    if (request.body().containsKey("input")) {
      return known.spend(model, model, new Usage(input, 0, 0, 0, true)).costUsd();
    }
    long answers = request.body().get("n") instanceof Number n ? Math.max(1, n.longValue()) : 1;
    return known.maxCostUsd(model, input, 0, answers);
  }

  @Override
  public CallMetadata.Operation purpose() {
    return verb.purpose();
  }

  @Override
  public CallMetadata.AnswerMetadata said(T value) {
    return CallMetadata.AnswerMetadata.by(
        Optional.of(value.model()).filter(model -> !model.isEmpty()),
        Optional.empty(),
        request.client().endpoint().known().prices(spend(value)));
  }

  @Override
  public Optional<CallMetadata.Content> texts(Optional<T> value) {
    Object given = request.body().getOrDefault("input", request.body().getOrDefault("prompt", ""));
    return Optional.of(new CallMetadata.Content(Json.mapper().writeValueAsString(given), ""));
  }

  @Override
  public Spend spend(T value) {
    return value.spend(request.client().endpoint().known(), route().resource());
  }

  @Override
  public Verdict<T> judge(AttemptResult result) throws IOException {
    if (result instanceof AttemptResult.ResponseReceived head && head.status() / 100 == 2) {
      return read(head);
    }
    Verdict<T> verdict = ResponseClassifier.of(result, route(), timer.now());
    return verdict instanceof Verdict.GiveUp<T> over ? repaired(over) : verdict;
  }

  private Verdict<T> repaired(Verdict.GiveUp<T> over) {
    Optional<Map<String, Object>> other =
        request.mendsLeft() == 0
            ? Optional.empty()
            : request
                .client()
                .unsupported()
                .adapt(route(), request.body(), over.fault(), verb.ownWords());
    if (other.isEmpty()) {
      return new Verdict.GiveUp<>(request.client().endpoint().explained(over.fault()));
    }
    Asked next =
        new Asked(request.client(), route(), other.get(), weight(), request.mendsLeft() - 1);
    return new Verdict.ReplaceWith<>(new JsonExchange<>(verb, next, timer), over.fault());
  }

  private Verdict<T> read(AttemptResult.ResponseReceived head) throws IOException {
    BodyReader.Bounded body = new BodyReader.Bounded(head.body(), MAX_BYTES);
    try (body) {
      return parsed(head, body);
    } catch (BodyReader.TooLargeException e) {
      return tooLarge(e);
    } catch (JacksonIOException e) {
      if (e.getCause() instanceof BodyReader.TooLargeException large) {
        return tooLarge(large);
      }
      throw e.getCause() == null ? new IOException(e) : e.getCause();
    } catch (JacksonException e) {
      String place = Fault.beginning(e.getOriginalMessage(), 100);
      return malformed(head, "an answer that is not the JSON expected (" + place + ")", body);
    } catch (UnusableException e) {
      return malformed(head, String.valueOf(e.getMessage()), body);
    }
  }

  private Verdict<T> tooLarge(BodyReader.TooLargeException e) {
    return new Verdict.GiveUp<>(
        Fault.of(
            Fault.Kind.RESPONSE_TOO_LARGE, "the answer of " + route() + ": " + e.getMessage()));
  }

  private Verdict<T> parsed(AttemptResult.ResponseReceived head, BodyReader.Bounded body)
      throws UnusableException {
    Answer<T> answer = verb.answer().get();
    try (JsonParser in = Json.mapper().createParser(body)) {
      if (in.nextToken() != JsonToken.START_OBJECT) {
        throw new StreamReadException(in, "not a JSON object");
      }
      while (in.nextToken() == JsonToken.PROPERTY_NAME) {
        String field = in.currentName();
        JsonToken value = in.nextToken();
        if (field.equals("error") && value != JsonToken.VALUE_NULL) {
          return refused(head, ERROR.readTree(in), body);
        }
        answer.field(field, in, value);
      }
      if (in.nextToken() != null) {
        throw new StreamReadException(in, "text after the JSON object");
      }
    }
    return new Verdict.Accept<>(answer.whole());
  }

  private Verdict<T> refused(
      AttemptResult.ResponseReceived head, JsonNode error, BodyReader.Bounded body) {
    String said = error.path("message").asString(error.toString());
    return ResponseClassifier.<T>errorInBody(head, route(), error.path("code").asString(""), said)
        .orElseGet(() -> malformed(head, "status 200 with an error", body));
  }

  private Verdict<T> malformed(
      AttemptResult.ResponseReceived head, String reason, BodyReader.Bounded body) {
    Fault fault = ResponseClassifier.malformed(head, route() + " sent " + reason, body.beginning());
    malformed++;
    return malformed < verb.tries()
        ? new Verdict.TryAgain<>(fault, Optional.empty())
        : new Verdict.GiveUp<>(fault);
  }
}
