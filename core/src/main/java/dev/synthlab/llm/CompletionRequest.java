package dev.synthlab.llm;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A request for a chat completion: messages, options, the format of the answer, and tools.
 * Immutable.
 */
public final class CompletionRequest implements ModelRequest<CompletionRequest> {
  private static final int MAX_TOOL_ROUNDS = 10;

  private final Inputs inputs;
  private final CallOptions options;
  private final ChatOptions chatOptions;

  private CompletionRequest(Inputs inputs, CallOptions options, ChatOptions chatOptions) {
    this.inputs = inputs;
    this.options = options;
    this.chatOptions = chatOptions;
  }

  /** How a call uses the cache of completions. */
  public enum Caching {
    /** A cached answer is returned; else the new answer is cached. */
    DEFAULT,
    /** The model is called, and its answer replaces the cached one. */
    REFRESH,
    /** The cache is neither read nor written. */
    NONE
  }

  /** What the model gets: messages, or a whole body whose members win over the other parts. */
  private record Inputs(
      List<Message> messages,
      Map<String, Object> body,
      ResponseFormat format,
      List<Tool> tools,
      int maxToolRounds) {

    /** Keeps copies and checks that there is something to send. */
    Inputs {
      messages = List.copyOf(messages);
      tools = List.copyOf(tools);
      body = body.isEmpty() ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(body));
      CallOptions.require(maxToolRounds >= 1, "maxToolRounds must be at least 1", maxToolRounds);
      if (messages.isEmpty() && body.isEmpty()) {
        throw new IllegalArgumentException("a request needs at least one message");
      }
      if (tools.size() > 1 && tools.stream().map(Tool::name).distinct().count() < tools.size()) {
        throw new IllegalArgumentException("each tool needs a name of its own");
      }
    }

    Inputs withMessages(List<Message> other) {
      return new Inputs(other, body, format, tools, maxToolRounds);
    }
  }

  /**
   * A request with one user message.
   *
   * @param prompt the text of the message
   * @return a request
   */
  public static CompletionRequest of(String prompt) {
    return of(Message.user(prompt));
  }

  /**
   * A request with a conversation.
   *
   * @param messages at least one
   * @return a request
   */
  public static CompletionRequest of(Message... messages) {
    return of(List.of(messages));
  }

  /**
   * A request with a conversation.
   *
   * @param messages at least one
   * @return a request
   */
  public static CompletionRequest of(List<Message> messages) {
    return of(messages, Map.of());
  }

  /**
   * A request from a whole Chat Completions body, as in the OpenAI Batch format. The members of the
   * body win over options that are set here.
   *
   * @param body the body; {@code stream} in it is ignored
   * @return a request
   */
  public static CompletionRequest ofBody(Map<String, Object> body) {
    return of(List.of(), body);
  }

  private static CompletionRequest of(List<Message> messages, Map<String, Object> body) {
    return new CompletionRequest(
        new Inputs(messages, body, ResponseFormat.TEXT, List.of(), MAX_TOOL_ROUNDS),
        CallOptions.NONE,
        ChatOptions.NONE);
  }

  /** {@return the conversation; empty when {@link #body()} has it} */
  public List<Message> messages() {
    return inputs.messages();
  }

  @Override
  public CallOptions options() {
    return options;
  }

  /** {@return the format of the answer} */
  public ResponseFormat format() {
    return inputs.format();
  }

  /** {@return the tools that the model may call} */
  public List<Tool> tools() {
    return inputs.tools();
  }

  /** {@return the maximum number of rounds of tools} */
  public int maxToolRounds() {
    return inputs.maxToolRounds();
  }

  /** {@return the whole request body that was given, or an empty map} */
  public Map<String, Object> body() {
    return inputs.body();
  }

  ChatOptions chatOptions() {
    return chatOptions;
  }

  @Override
  public CompletionRequest with(CallOptions other) {
    return new CompletionRequest(inputs, other, chatOptions);
  }

  private CompletionRequest with(ChatOptions other) {
    return new CompletionRequest(inputs, options, other);
  }

  private CompletionRequest with(Inputs other) {
    return new CompletionRequest(other, options, chatOptions);
  }

  /** The same request with another body. */
  CompletionRequest withBody(Map<String, Object> body) {
    return with(new Inputs(messages(), body, format(), tools(), maxToolRounds()));
  }

  /** The same request with more messages at the end. */
  CompletionRequest and(List<Message> more) {
    List<Message> all = new ArrayList<>(messages());
    all.addAll(more);
    return with(inputs.withMessages(all));
  }

  /**
   * The same request with a system message before the others.
   *
   * @param rules the text of the system message
   * @return a new request
   */
  public CompletionRequest withSystem(String rules) {
    List<Message> all = new ArrayList<>(List.of(Message.system(rules)));
    all.addAll(messages());
    return with(inputs.withMessages(all));
  }

  /**
   * The same request with a temperature.
   *
   * @param value at least 0; 0 for the most likely tokens
   * @return a new request
   */
  public CompletionRequest withTemperature(double value) {
    return with(chatOptions.withTemperature(value));
  }

  /**
   * The same request with nucleus sampling.
   *
   * @param share the share of probability from which tokens are sampled; above 0, at most 1
   * @return a new request
   */
  public CompletionRequest withTopP(double share) {
    return with(chatOptions.withTopP(share));
  }

  /**
   * The same request with a maximum length of the answer.
   *
   * @param tokens at least 1; reasoning tokens count
   * @return a new request
   */
  public CompletionRequest withMaxTokens(int tokens) {
    return with(chatOptions.withMaxTokens(tokens));
  }

  /**
   * The same request with a seed.
   *
   * @param value any number
   * @return a new request
   */
  public CompletionRequest withSeed(long value) {
    return with(chatOptions.withSeed(value));
  }

  /**
   * The same request with texts that end the answer.
   *
   * @param texts most servers accept up to four
   * @return a new request
   */
  public CompletionRequest withStop(String... texts) {
    return with(chatOptions.withStop(List.of(texts)));
  }

  /**
   * The same request with a reasoning effort.
   *
   * @param effort {@code none}, {@code minimal}, {@code low}, {@code medium}, {@code high}, {@code
   *     xhigh}; the {@link ModelCatalogue} knows which of them a model accepts
   * @return a new request
   */
  public CompletionRequest withReasoningEffort(String effort) {
    return with(chatOptions.withReasoningEffort(effort));
  }

  /**
   * The same request with another use of the cache of completions, which is off by default.
   *
   * @param way how the call uses the cache
   * @return a new request
   */
  public CompletionRequest withCaching(Caching way) {
    return with(chatOptions.withCaching(way));
  }

  /**
   * The same request with another format of the answer.
   *
   * @param format of the answer
   * @return a new request
   */
  public CompletionRequest withFormat(ResponseFormat format) {
    return with(new Inputs(messages(), body(), format, tools(), maxToolRounds()));
  }

  /**
   * The same request for an answer that is one JSON object.
   *
   * @return a new request
   */
  public CompletionRequest asJson() {
    return withFormat(ResponseFormat.JSON);
  }

  /**
   * The same request with tools that the model may call. The results of the calls are sent back to
   * the model until it answers.
   *
   * @param tools all of them, each with a name of its own
   * @return a new request
   */
  public CompletionRequest withTools(Tool... tools) {
    return with(new Inputs(messages(), body(), format(), List.of(tools), maxToolRounds()));
  }

  /**
   * The same request with another maximum number of rounds of tools.
   *
   * @param max how often the model may call tools before it must answer; 10 by default
   * @return a new request
   */
  public CompletionRequest withMaxToolRounds(int max) {
    return with(new Inputs(messages(), body(), format(), tools(), max));
  }
}
