package dev.synthlab.llm;

import dev.synthlab.Synthlab;
import dev.synthlab.call.CallException;
import dev.synthlab.call.Deadline;
import dev.synthlab.call.VirtualThreads;
import dev.synthlab.http.Transport;
import dev.synthlab.json.JsonBinding;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * A client for language models: OpenAI's Chat Completions, embeddings and images, and every server
 * with the same API. Safe for use by many threads; its calls block, which suits virtual threads.
 *
 * @see <a href="https://platform.openai.com/docs/api-reference/chat">the Chat Completions API</a>
 */
public final class LlmClient implements AutoCloseable {
  private final ModelCalls calls;
  private final int concurrency;
  private final Optional<Transport> owned;

  LlmClient(ModelCalls calls, int concurrency, Optional<Transport> owned) {
    this.calls = calls;
    this.concurrency = concurrency;
    this.owned = owned;
  }

  /**
   * The client of the process, configured by environment variables.
   *
   * @return the same client at every call; created at the first
   * @throws dev.synthlab.config.ConfigException when a variable has a value that is not allowed
   */
  public static LlmClient get() {
    return Synthlab.get().llm();
  }

  /**
   * A builder for a client of your own, for tests or several accounts. Reads no environment.
   *
   * @return a builder; settings and a transport are required
   */
  public static LlmClientBuilder builder() {
    return new LlmClientBuilder();
  }

  /**
   * Completes a prompt.
   *
   * @param prompt the user message
   * @return the text of the answer
   * @throws CallException when the call failed
   * @throws AnswerException when the model refused or the answer was filtered
   */
  public String complete(String prompt) {
    return ask(CompletionRequest.of(prompt)).text();
  }

  /**
   * Completes a conversation.
   *
   * @param messages the messages so far
   * @return the text of the answer
   * @throws CallException when the call failed
   * @throws AnswerException when the model refused or the answer was filtered
   */
  public String complete(List<Message> messages) {
    return ask(CompletionRequest.of(messages)).text();
  }

  /**
   * Completes a prompt with one JSON object.
   *
   * @param prompt the user message; it should say that JSON is expected
   * @return the object as maps, lists, strings, numbers, booleans
   * @throws CallException when the call failed
   * @throws AnswerException when the answer is not a complete JSON object
   */
  public Map<String, Object> completeJson(String prompt) {
    return completeJson(List.of(Message.user(prompt)));
  }

  /**
   * Completes a conversation with one JSON object.
   *
   * @param messages the messages so far
   * @return the object as maps, lists, strings, numbers, booleans
   * @throws CallException when the call failed
   * @throws AnswerException when the answer is not a complete JSON object
   */
  public Map<String, Object> completeJson(List<Message> messages) {
    return completeJson(CompletionRequest.of(messages));
  }

  /**
   * Completes a request with one JSON object. The object is extracted from the answer. If there is
   * none, or it does not fit the {@link ResponseFormat.Schema} of the request, the model gets the
   * violations and one chance to correct its answer, within the same deadline.
   *
   * @param request the request; its format may be a schema
   * @return the object as maps, lists, strings, numbers, booleans
   * @throws CallException when the call failed
   * @throws StructuredOutputException when no answer has such an object
   * @throws AnswerException when the model refused, or the answer was filtered or cut off
   */
  public Map<String, Object> completeJson(CompletionRequest request) {
    return askJson(request).value();
  }

  /**
   * Completes a request with one JSON object, as {@link #completeJson(CompletionRequest)}, and
   * returns the completion too.
   *
   * @param request the request
   * @return the object, and the completion with usage and attempts
   * @throws CallException when the call failed
   * @throws AnswerException when the answer is not a complete JSON object that fits the schema
   */
  public TypedCompletion<Map<String, Object>> askJson(CompletionRequest request) {
    Deadline until = calls.deadline(request);
    return StructuredCall.json(request).run(calls.asking(false, until));
  }

  /**
   * Completes a prompt with a value of a type, as {@link #ask(CompletionRequest, Class)}.
   *
   * @param prompt the user message
   * @param type for example a record
   * @param <T> the type
   * @return the value
   */
  public <T> T complete(String prompt, Class<T> type) {
    return complete(CompletionRequest.of(prompt), type);
  }

  /**
   * Completes a conversation with a value of a type, as {@link #ask(CompletionRequest, Class)}.
   *
   * @param messages the messages so far
   * @param type for example a record
   * @param <T> the type
   * @return the value
   */
  public <T> T complete(List<Message> messages, Class<T> type) {
    return complete(CompletionRequest.of(messages), type);
  }

  /**
   * Completes a request with a value of a type, as {@link #ask(CompletionRequest, Class)}.
   *
   * @param request the request
   * @param type for example a record
   * @param <T> the type
   * @return the value
   */
  public <T> T complete(CompletionRequest request, Class<T> type) {
    return ask(request, type).value();
  }

  /**
   * Completes a request with a value of a type, and returns the completion too. The schema of the
   * type is sent with the request, as a strict schema where the server supports it. If the answer
   * does not fit, the model gets the violations and one chance to correct it, within the same
   * deadline.
   *
   * @param request the request
   * @param type a record, enum, array, or sealed interface of records; their components are such
   *     types, or lists, sets, maps, optionals, strings, numbers, booleans or dates
   * @param <T> the type
   * @return the value, and the completion with usage and attempts
   * @throws IllegalArgumentException when the type has a component that JSON cannot describe
   * @throws CallException when the call failed
   * @throws StructuredOutputException when no answer fits the type
   * @throws AnswerException when the model refused, or the answer was filtered or cut off
   */
  public <T> TypedCompletion<T> ask(CompletionRequest request, Class<T> type) {
    Deadline until = calls.deadline(request);
    return StructuredCall.typed(request, type)
        .run(calls.asking(false, until));
  }

  /**
   * Streams a list of values, as {@link #streamList(CompletionRequest, Class)}.
   *
   * @param prompt the user message
   * @param type of the elements
   * @param <T> the type
   * @return a stream that the caller closes
   */
  public <T> ElementStream<T> streamList(String prompt, Class<T> type) {
    return streamList(CompletionRequest.of(prompt), type);
  }

  /**
   * Streams a list of values, each as soon as it is complete. An element that does not fit ends the
   * stream with an exception: a stream cannot be repaired.
   *
   * @param request the request
   * @param type of the elements, as for {@link #ask(CompletionRequest, Class)}
   * @param <T> the type
   * @return a stream that the caller closes
   * @throws IllegalArgumentException when the type has a component that JSON cannot describe
   * @throws CallException when the call failed before the first text
   */
  public <T> ElementStream<T> streamList(CompletionRequest request, Class<T> type) {
    JsonBinding list = JsonBinding.listOf(type);
    return new StreamedElements<>(
        stream(request.withFormat(new ResponseFormat.Schema(list.schema()))), type, list);
  }

  /**
   * Completes a request and returns the completion.
   *
   * @param request the request
   * @return text, usage, finish reason, attempts
   * @throws CallException when the call failed
   * @throws AnswerException when the model refused or the answer was filtered
   */
  public Completion ask(CompletionRequest request) {
    return calls.answer(request, false, calls.deadline(request)).get().orThrow();
  }

  /**
   * Completes a prompt; the model may call tools before it answers.
   *
   * @param prompt the user message
   * @param tools the tools that it may call
   * @return the text of the last answer
   * @throws CallException when the call failed
   * @throws AnswerException when the model refused, the answer was filtered, or the model only
   *     called tools
   */
  public String complete(String prompt, Tool... tools) {
    return ask(CompletionRequest.of(prompt).withTools(tools)).text();
  }

  /**
   * Completes a request on a virtual thread of its own.
   *
   * @param request the request
   * @return a future of the completion, or of what {@link #ask} throws; cancelling it ends the call
   *     and closes its socket
   */
  public CompletableFuture<Completion> askAsync(CompletionRequest request) {
    return async(llm -> llm.ask(request));
  }

  /**
   * Runs calls of this client on a virtual thread of its own, for example {@code llm.async(it ->
   * it.complete("..."))}. The thread has the trace context and the MDC of the caller.
   *
   * @param verb makes the calls
   * @param <T> what it returns
   * @return a future of the result or the exception; cancelling it ends the call and closes its
   *     socket
   */
  public <T> CompletableFuture<T> async(Function<LlmClient, T> verb) {
    return VirtualThreads.async(() -> verb.apply(this));
  }

  /**
   * Completes many requests in parallel, with the concurrency of the client.
   *
   * @param requests the requests
   * @return one outcome for each request, in the same order
   */
  public List<Outcome<Completion>> askAll(List<CompletionRequest> requests) {
    return askAll(requests, ParallelOptions.DEFAULT);
  }

  /**
   * Completes many requests in parallel and reports each outcome when it is known.
   *
   * @param requests the requests
   * @param listener gets each outcome
   * @return one outcome for each request, in the same order
   */
  public List<Outcome<Completion>> askAll(
      List<CompletionRequest> requests, ParallelOptions.Listener listener) {
    return askAll(requests, ParallelOptions.DEFAULT.withListener(listener));
  }

  /**
   * Completes many requests in parallel. An interrupt cancels the calls in flight and those that
   * have not started; the outcomes that are known are returned, and the thread stays interrupted.
   *
   * @param requests the requests
   * @param how concurrency, deadline and listener
   * @return one outcome for each request, in the same order
   */
  public List<Outcome<Completion>> askAll(List<CompletionRequest> requests, ParallelOptions how) {
    return calls.answerAll(requests, how, how.concurrency().orElse(concurrency));
  }

  /**
   * Completes a request and returns failures as values.
   *
   * @param request the request
   * @return the answer, the rejected answer, or the failure
   */
  public Outcome<Completion> askOutcome(CompletionRequest request) {
    return Outcomes.ofCompletion(calls.answer(request, false, calls.deadline(request)));
  }

  /**
   * Streams the answer to a prompt.
   *
   * @param prompt the user message
   * @return a stream that the caller closes
   * @throws CallException when the call failed before the first text
   */
  public TextStream stream(String prompt) {
    return stream(CompletionRequest.of(prompt));
  }

  /**
   * Streams the answer to a request. Before the first text, failed attempts are retried as for any
   * call. Tools run while the iterator waits for the next text.
   *
   * @param request the request
   * @return a stream that the caller closes
   * @throws CallException when the call failed before the first text
   */
  public TextStream stream(CompletionRequest request) {
    return calls.stream(request, calls.deadline(request));
  }

  /**
   * Embeds a text.
   *
   * @param text not blank
   * @return its vector
   * @throws CallException when the call failed
   */
  public float[] embed(String text) {
    return embed(List.of(text)).vectors().getFirst();
  }

  /**
   * Embeds texts.
   *
   * @param texts at least one; may be more than a server accepts in one request
   * @return their vectors, in the order of the texts
   * @throws CallException when the call failed
   */
  public Embeddings embed(List<String> texts) {
    return embed(EmbeddingRequest.of(texts));
  }

  /**
   * Embeds the texts of a request. More texts than a server accepts in one request are sent in
   * several requests, some of them in parallel, all within one deadline.
   *
   * @param request the texts
   * @return their vectors, in the order of the texts
   * @throws CallException when one of the requests had no answer; the others are then ended
   */
  public Embeddings embed(EmbeddingRequest request) {
    return call(request).run(calls.deadline(request)).get();
  }

  /**
   * Turns texts into vectors, and gives failures as values.
   *
   * @param request the texts
   * @return their vectors, or why there are none
   */
  public Outcome<Embeddings> askOutcome(EmbeddingRequest request) {
    return Outcomes.of(call(request).run(calls.deadline(request)));
  }

  private EmbeddingCall call(EmbeddingRequest request) {
    return new EmbeddingCall(calls.client(), calls.loop(request), calls.timer(), request);
  }

  /**
   * Generates an image.
   *
   * @param prompt describes the image
   * @return the bytes of the image file, a PNG unless a parameter chooses another format
   * @throws CallException when the call failed
   */
  public byte[] generateImage(String prompt) {
    return switch (generateImage(ImageRequest.of(prompt)).images().getFirst()) {
      case GeneratedImage.Bytes image -> image.bytes();
      case GeneratedImage.Url elsewhere ->
          throw new IllegalStateException(
              "the response reader returns bytes only, but was: " + elsewhere);
    };
  }

  /**
   * Generates images. Images take longer than texts: the timeout of an attempt is 180 s, or that of
   * the client if it is longer, unless the request sets one; the deadline of the call stays. An
   * image that arrived but cannot be read is not requested again, since it is paid for.
   *
   * @param request describes the images
   * @return the images
   * @throws CallException when the call failed
   * @throws IllegalArgumentException when the model does not support the output kind
   */
  public Images generateImage(ImageRequest request) {
    return call(request).run(calls.deadline(request)).get();
  }

  /**
   * Generates images and returns failures as values.
   *
   * @param request describes the images
   * @return the images, or the failure
   */
  public Outcome<Images> askOutcome(ImageRequest request) {
    return Outcomes.of(call(request).run(calls.deadline(request)));
  }

  private ImageCall call(ImageRequest request) {
    return new ImageCall(calls.client(), calls.loop(request), calls.timer(), request);
  }

  /**
   * The maximum cost of the answer to a request: the longest answer that the request allows, or
   * that the model can write, at the price of the most expensive model among the fallbacks. Retried
   * attempts that are billed are not included.
   *
   * @param request the request
   * @return US dollars; empty when the price or the maximum length is not known
   */
  public Optional<BigDecimal> maxCostUsd(CompletionRequest request) {
    return PreparedChat.of(calls.client(), request, false).maxCostOfAny();
  }

  /**
   * The maximum cost of the vectors of a request.
   *
   * @param request the texts
   * @return US dollars; empty when the price is not known
   */
  public Optional<BigDecimal> maxCostUsd(EmbeddingRequest request) {
    return call(request).maxCost();
  }

  ModelCalls calls() {
    return calls;
  }

  /** Closes the transport if the client owns it. */
  @Override
  public void close() {
    owned.ifPresent(Transport::close);
  }
}
