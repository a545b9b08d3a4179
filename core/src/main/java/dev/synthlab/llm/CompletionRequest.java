package dev.synthlab.llm;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A conversation that a model shall go on with, and how. Immutable.
 *
 * @param messages the conversation; empty when {@code body} holds it
 * @param options how it is asked
 * @param format the form of the answer
 * @param tools what the model may call; it is asked again with what they bring until it answers
 * @param rounds how often it may ask for tools before it must answer
 * @param body a whole request body as the OpenAI Batch format has it; what it says wins over the
 *     other parts
 */
public record CompletionRequest(
    List<Message> messages,
    CallOptions options,
    ResponseFormat format,
    List<Tool> tools,
    int rounds,
    Map<String, Object> body)
    implements ModelRequest<CompletionRequest> {

  private static final int ROUNDS = 10;

  /** Keeps copies and checks that something is asked. */
  public CompletionRequest {
    messages = List.copyOf(messages);
    tools = List.copyOf(tools);
    body = Collections.unmodifiableMap(new LinkedHashMap<>(body));
    Objects.requireNonNull(options);
    Objects.requireNonNull(format);
    if (messages.isEmpty() && body.isEmpty()) {
      throw new IllegalArgumentException("a request needs at least one message");
    }
    if (rounds < 1) {
      throw new IllegalArgumentException("rounds must be at least 1, was " + rounds);
    }
    if (tools.stream().map(Tool::name).distinct().count() < tools.size()) {
      throw new IllegalArgumentException("each tool needs a name of its own");
    }
  }

  /**
   * A single question.
   *
   * @param prompt what is asked
   * @return a request
   */
  public static CompletionRequest of(String prompt) {
    return of(Message.user(prompt));
  }

  /**
   * A conversation.
   *
   * @param messages at least one
   * @return a request
   */
  public static CompletionRequest of(Message... messages) {
    return of(List.of(messages));
  }

  /**
   * A conversation.
   *
   * @param messages at least one
   * @return a request
   */
  public static CompletionRequest of(List<Message> messages) {
    return new CompletionRequest(
        messages, CallOptions.NONE, ResponseFormat.TEXT, List.of(), ROUNDS, Map.of());
  }

  /**
   * A request that is already a Chat Completions body.
   *
   * @param body as it goes over the wire; {@code stream} in it is ignored
   * @return a request
   */
  public static CompletionRequest ofBody(Map<String, Object> body) {
    return new CompletionRequest(
        List.of(), CallOptions.NONE, ResponseFormat.TEXT, List.of(), ROUNDS, body);
  }

  @Override
  public CompletionRequest with(CallOptions other) {
    return new CompletionRequest(messages, other, format, tools, rounds, body);
  }

  /**
   * The same request with rules before all that is said.
   *
   * @param rules a system message
   * @return a new request
   */
  public CompletionRequest withSystem(String rules) {
    List<Message> all = new ArrayList<>(List.of(Message.system(rules)));
    all.addAll(messages);
    return new CompletionRequest(all, options, format, tools, rounds, body);
  }

  /**
   * The same request after more was said.
   *
   * @param more what was said since
   * @return a new request
   */
  CompletionRequest and(List<Message> more) {
    List<Message> all = new ArrayList<>(messages);
    all.addAll(more);
    return new CompletionRequest(all, options, format, tools, rounds, body);
  }

  /**
   * The same request, answered in another form.
   *
   * @param form of the answer
   * @return a new request
   */
  public CompletionRequest withFormat(ResponseFormat form) {
    return new CompletionRequest(messages, options, form, tools, rounds, body);
  }

  /**
   * The same request, answered by one JSON object.
   *
   * @return a new request
   */
  public CompletionRequest asJson() {
    return withFormat(ResponseFormat.JSON);
  }

  /**
   * The same request with tools that the model may call.
   *
   * @param all of them, each with a name of its own
   * @return a new request
   */
  public CompletionRequest withTools(Tool... all) {
    return new CompletionRequest(messages, options, format, List.of(all), rounds, body);
  }

  /**
   * The same request with another bound on its tools.
   *
   * @param max how often the model may ask for tools before it must answer; 10 if nothing is said
   * @return a new request
   */
  public CompletionRequest withMaxToolRounds(int max) {
    return new CompletionRequest(messages, options, format, tools, max, body);
  }
}
