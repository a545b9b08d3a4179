package dev.synthlab.llm;

import dev.synthlab.Synthlab;
import dev.synthlab.call.Budget;
import dev.synthlab.call.CallException;
import dev.synthlab.call.CallObserver;
import dev.synthlab.call.CallPolicy;
import dev.synthlab.call.Timer;
import dev.synthlab.call.TrafficControl;
import dev.synthlab.call.VirtualThreads;
import dev.synthlab.config.Settings;
import dev.synthlab.config.SuppliedSecret;
import dev.synthlab.http.SharedTransport;
import dev.synthlab.http.Transport;
import dev.synthlab.json.JsonBinding;
import dev.synthlab.spans.Telemetry;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

/**
 * A client for language models: OpenAI's Chat Completions, embeddings and images, and every server
 * with the same API. Safe for use by many threads; its calls block, which suits virtual threads.
 *
 * @see <a href="https://platform.openai.com/docs/api-reference/chat">the Chat Completions API</a>
 */
public final class LlmClient extends CompletionVerbs implements AutoCloseable {
  private final ModelCalls calls;
  private final Parts parts;
  private final boolean owner;
  private final AtomicBoolean closed = new AtomicBoolean();

  LlmClient(ModelCalls calls, Parts parts, boolean owner) {
    super(calls, parts.concurrency());
    this.calls = calls;
    this.parts = parts;
    this.owner = owner;
  }

  /** What a client is made of, for a client that shares it. */
  record Parts(
      Settings.Llm settings,
      Optional<SuppliedSecret> credential,
      Optional<SharedTransport> shared,
      Optional<Transport> transport,
      Timer timer,
      TrafficControl traffic,
      List<CallObserver> observers,
      CallPolicy.WaitMode waiting,
      Optional<Telemetry> telemetry,
      Optional<SingleFlightCache> answers,
      Optional<Budget> budget,
      int concurrency) {}

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
   * A builder for a client of your own. Reads no environment.
   *
   * @return a builder; only a key is required, unless the server needs none
   */
  public static LlmClientBuilder builder() {
    return new LlmClientBuilder();
  }

  /**
   * A builder that begins with settings, for example {@code LlmClient.builder(Settings.get())}:
   * models, limits, and how servers are reached. The client records no calls and has no cache,
   * unless they are added.
   *
   * @param settings the settings
   * @return a builder
   */
  public static LlmClientBuilder builder(Settings settings) {
    return new LlmClientBuilder().process(settings);
  }

  /**
   * A builder of a client that shares connections, limits, observers, cache and budget with this
   * one: a client for each tenant is cheap. Its calls are its own: closing either client does not
   * end calls of the other, and the connections close with the last of them.
   *
   * @return a builder that begins with the values of this client
   */
  public LlmClientBuilder toBuilder() {
    return new LlmClientBuilder(parts);
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
    calls.active().requireOpen();
    return calls.stream(request, calls.deadline(request));
  }

  /**
   * Publishes the answer to a prompt, as {@link #publish(CompletionRequest)}.
   *
   * @param prompt the user message
   * @return the publisher
   */
  public Flow.Publisher<StreamEvent> publish(String prompt) {
    return publish(CompletionRequest.of(prompt));
  }

  /**
   * Publishes the answer to a request. Each subscription is a call of its own, which is made on a
   * virtual thread at the first demand, with the trace context and the MDC of the subscribing
   * thread. Events are signalled on that thread and read as they are demanded: without demand the
   * connection stays open. A cancelled subscription ends its call and closes the socket. A failure
   * is signalled as what {@link #stream(CompletionRequest)} and its iterator throw; that of a
   * closed client is {@link CallException.Cancelled}.
   *
   * <pre>{@code
   * Flux<StreamEvent> events = JdkFlowAdapter.flowPublisherToFlux(llm.publish("Tell me of the sea."));
   * }</pre>
   *
   * @param request the request
   * @return a publisher by the rules of <a href="https://www.reactive-streams.org">Reactive
   *     Streams</a>; it can be subscribed to many times
   */
  public Flow.Publisher<StreamEvent> publish(CompletionRequest request) {
    return new StreamPublisher(() -> calls.stream(request, calls.deadline(request)));
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
    calls.active().requireOpen();
    return call(request).run(calls.deadline(request)).get();
  }

  /**
   * Turns texts into vectors, and gives failures as values.
   *
   * @param request the texts
   * @return their vectors, or why there are none
   */
  public Outcome<Embeddings> askOutcome(EmbeddingRequest request) {
    return calls.asOne(() -> Outcomes.of(call(request).run(calls.deadline(request))));
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
    calls.active().requireOpen();
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

  /**
   * Does not wait, unlike {@code ExecutorService.close()}: calls in flight are cancelled and never
   * sent again, and end as {@link CallException.Cancelled}. Verbs then throw {@link
   * IllegalStateException}; those that return outcomes return {@code Cancelled}. Then the transport
   * is closed, unless other clients share it. A client of {@link Synthlab} is borrowed: this does
   * nothing, since closing the {@code Synthlab} closes it. May be called from any thread, again,
   * and by what a call runs, such as tools and observers.
   *
   * @see #shutdown
   */
  @Override
  public void close() {
    if (owner) {
      calls.active().close();
      release();
    }
  }

  /**
   * Admits no new call, waits for those in flight with all that belongs to them (retries, repairs,
   * rounds of tools), and then closes the client. A borrowed client does nothing.
   *
   * @param grace the maximum time to wait
   * @return whether all calls had ended by themselves
   */
  public boolean shutdown(Duration grace) {
    if (!owner) {
      return true;
    }
    boolean drained = calls.active().shutdown(grace);
    release();
    return drained;
  }

  private void release() {
    if (closed.compareAndSet(false, true)) {
      parts.shared().ifPresent(SharedTransport::close);
    }
  }
}
