package dev.synthlab.llm;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What is asked of a model, and how. Immutable; what is left open is filled by the client's
 * defaults.
 *
 * @param messages the conversation; empty when {@code body} holds it
 * @param model the model, else the client's
 * @param body a whole request body as the OpenAI Batch format has it; what it says wins over the
 *     other parts
 * @param parameters further parameters of the request body, by their names on the wire
 * @param json whether the answer shall be one JSON object
 * @param deadline for the whole call, else the client's
 * @param timeout for one attempt, else the client's
 */
public record CompletionRequest(
    List<Message> messages,
    Optional<String> model,
    Map<String, Object> body,
    Map<String, Object> parameters,
    boolean json,
    Optional<Duration> deadline,
    Optional<Duration> timeout) {

  /** Keeps copies and checks the times. */
  public CompletionRequest {
    messages = List.copyOf(messages);
    body = new LinkedHashMap<>(body);
    parameters = new LinkedHashMap<>(parameters);
    Objects.requireNonNull(model);
    if (messages.isEmpty() && body.isEmpty()) {
      throw new IllegalArgumentException("a request needs at least one message");
    }
    deadline.ifPresent(d -> requirePositive("deadline", d));
    timeout.ifPresent(t -> requirePositive("timeout", t));
  }

  private static void requirePositive(String name, Duration value) {
    if (!value.isPositive()) {
      throw new IllegalArgumentException(name + " must be positive, was " + value);
    }
  }

  /**
   * A single question.
   *
   * @param prompt what is asked
   * @return a request
   */
  public static CompletionRequest of(String prompt) {
    return of(List.of(Message.user(prompt)));
  }

  /**
   * A conversation.
   *
   * @param messages at least one
   * @return a request
   */
  public static CompletionRequest of(List<Message> messages) {
    return new CompletionRequest(
        messages, Optional.empty(), Map.of(), Map.of(), false, Optional.empty(), Optional.empty());
  }

  /**
   * A request that is already a Chat Completions body.
   *
   * @param body as it goes over the wire; {@code stream} in it is ignored
   * @return a request
   */
  public static CompletionRequest ofBody(Map<String, Object> body) {
    return new CompletionRequest(
        List.of(), Optional.empty(), body, Map.of(), false, Optional.empty(), Optional.empty());
  }

  /**
   * The same request to another model.
   *
   * @param name the model
   * @return a new request
   */
  public CompletionRequest withModel(String name) {
    return new CompletionRequest(
        messages, Optional.of(name), body, parameters, json, deadline, timeout);
  }

  /**
   * The same request with one more parameter of the body.
   *
   * @param name its name on the wire, for example {@code temperature}
   * @param value a string, number, boolean, list or map
   * @return a new request
   */
  public CompletionRequest with(String name, Object value) {
    Map<String, Object> more = new LinkedHashMap<>(parameters);
    more.put(name, value);
    return new CompletionRequest(messages, model, body, more, json, deadline, timeout);
  }

  /**
   * The same request with a temperature.
   *
   * @param value 0 for the likeliest words
   * @return a new request
   */
  public CompletionRequest withTemperature(double value) {
    return with("temperature", value);
  }

  /**
   * The same request with a bound on the answer.
   *
   * @param tokens at least 1
   * @return a new request
   */
  public CompletionRequest withMaxTokens(int tokens) {
    return with("max_tokens", tokens);
  }

  /**
   * The same request, answered by one JSON object.
   *
   * @return a new request
   */
  public CompletionRequest asJson() {
    return new CompletionRequest(messages, model, body, parameters, true, deadline, timeout);
  }

  /**
   * The same request with an end for the whole call.
   *
   * @param within waits and attempts included
   * @return a new request
   */
  public CompletionRequest withDeadline(Duration within) {
    return new CompletionRequest(
        messages, model, body, parameters, json, Optional.of(within), timeout);
  }

  /**
   * The same request with a bound on each attempt.
   *
   * @param limit body included
   * @return a new request
   */
  public CompletionRequest withTimeout(Duration limit) {
    return new CompletionRequest(
        messages, model, body, parameters, json, deadline, Optional.of(limit));
  }
}
