package dev.synthlab.llm;

import dev.synthlab.Synthlab;
import dev.synthlab.call.CallException;
import dev.synthlab.call.Deadline;
import dev.synthlab.call.Outcome;
import dev.synthlab.call.Timer;
import dev.synthlab.call.VirtualThreads;
import dev.synthlab.http.Transport;
import dev.synthlab.json.JsonBinding;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * Speaks to a language model: OpenAI's Chat Completions, and every server that speaks them. Safe
 * for use by many threads; blocking calls are meant for virtual threads.
 *
 * @see <a href="https://platform.openai.com/docs/api-reference/chat">the Chat Completions API</a>
 */
public final class LlmClient implements AutoCloseable {
  private final ModelCalls requests;
  private final int concurrency;
  private final Optional<Transport> owned;

  LlmClient(ModelCalls requests, int concurrency, Optional<Transport> owned) {
    this.requests = requests;
    this.concurrency = concurrency;
    this.owned = owned;
  }

  /**
   * The client of the process, set up from the environment.
   *
   * @return the one client, made at the first call
   * @throws dev.synthlab.config.ConfigException when the environment does not allow one
   */
  public static LlmClient get() {
    return Synthlab.get().llm();
  }

  /**
   * A client by hand: for tests, for several accounts. Reads no environment.
   *
   * @return a builder that wants at least settings and a transport
   */
  public static LlmClientBuilder builder() {
    return new LlmClientBuilder();
  }

  /**
   * Asks one question.
   *
   * @param prompt what is asked
   * @return what the model said
   * @throws CallException when no answer came
   * @throws AnswerException when the model refused or was filtered
   */
  public String complete(String prompt) {
    return ask(CompletionRequest.of(prompt)).text();
  }

  /**
   * Goes on with a conversation.
   *
   * @param messages what was said so far
   * @return what the model said
   * @throws CallException when no answer came
   * @throws AnswerException when the model refused or was filtered
   */
  public String complete(List<Message> messages) {
    return ask(CompletionRequest.of(messages)).text();
  }

  /**
   * Asks for one JSON object.
   *
   * @param prompt what is asked; it should say that JSON is wanted
   * @return the object as maps, lists, strings, numbers, booleans
   * @throws CallException when no answer came
   * @throws AnswerException when the answer is not a whole JSON object
   */
  public Map<String, Object> completeJson(String prompt) {
    return completeJson(List.of(Message.user(prompt)));
  }

  /**
   * Goes on with a conversation by one JSON object.
   *
   * @param messages what was said so far
   * @return the object as maps, lists, strings, numbers, booleans
   * @throws CallException when no answer came
   * @throws AnswerException when the answer is not a whole JSON object
   */
  public Map<String, Object> completeJson(List<Message> messages) {
    return completeJson(CompletionRequest.of(messages));
  }

  /**
   * Asks with every option for one JSON object. It is found in what the model wrote, and if it is
   * not of the request's {@link ResponseFormat.Schema}, or not to be found, the model is shown what
   * is wrong, once, within the same deadline.
   *
   * @param request what is asked; of which form, if a schema is its format
   * @return the object as maps, lists, strings, numbers, booleans
   * @throws CallException when no answer came
   * @throws StructuredOutputException when there is no such object in the answers
   * @throws AnswerException when the model refused, was filtered, or was cut off
   */
  public Map<String, Object> completeJson(CompletionRequest request) {
    return askJson(request).value();
  }

  /**
   * As {@link #completeJson(CompletionRequest)}, with everything there is to know of the answer.
   *
   * @param request what is asked
   * @return the object, usage, rounds
   * @throws CallException when no answer came
   * @throws AnswerException when the answer is not a whole JSON object of that form
   */
  public TypedCompletion<Map<String, Object>> askJson(CompletionRequest request) {
    Deadline until = requests.deadline(request);
    return StructuredCall.json(request).run((now, fit) -> requests.answer(now, false, until, fit));
  }

  /**
   * Asks one question and gets a value of a type, as {@link #ask(CompletionRequest, Class)}.
   *
   * @param prompt what is asked
   * @param type a record, for one
   * @param <T> the type
   * @return the value
   */
  public <T> T complete(String prompt, Class<T> type) {
    return complete(CompletionRequest.of(prompt), type);
  }

  /**
   * Goes on with a conversation by a value of a type, as {@link #ask(CompletionRequest, Class)}.
   *
   * @param messages what was said so far
   * @param type a record, for one
   * @param <T> the type
   * @return the value
   */
  public <T> T complete(List<Message> messages, Class<T> type) {
    return complete(CompletionRequest.of(messages), type);
  }

  /**
   * Asks with every option for a value of a type, as {@link #ask(CompletionRequest, Class)}.
   *
   * @param request what is asked
   * @param type a record, for one
   * @param <T> the type
   * @return the value
   */
  public <T> T complete(CompletionRequest request, Class<T> type) {
    return ask(request, type).value();
  }

  /**
   * Asks for a value of a type. Its schema goes out with the request, strictly where the server
   * knows that; what comes is read with patience, and if it does not fit, the model is shown what
   * is wrong, once, within the same deadline.
   *
   * @param request what is asked
   * @param type a record, enum, array, or sealed interface of records, of parts that are such,
   *     lists, sets, maps, optionals, texts, numbers, booleans or dates
   * @param <T> the type
   * @return the value, usage, rounds
   * @throws IllegalArgumentException when a part of the type cannot be filled by a model
   * @throws CallException when no answer came
   * @throws StructuredOutputException when the answers do not fit the type
   * @throws AnswerException when the model refused, was filtered, or was cut off
   */
  public <T> TypedCompletion<T> ask(CompletionRequest request, Class<T> type) {
    Deadline until = requests.deadline(request);
    return StructuredCall.typed(request, type)
        .run((now, fit) -> requests.answer(now, false, until, fit));
  }

  /**
   * Asks one question for a list, as {@link #streamList(CompletionRequest, Class)}.
   *
   * @param prompt what is asked
   * @param type of the elements
   * @param <T> the type
   * @return a stream the caller closes
   */
  public <T> ElementStream<T> streamList(String prompt, Class<T> type) {
    return streamList(CompletionRequest.of(prompt), type);
  }

  /**
   * Asks for a list and hands each element on as soon as it is whole. What was handed on cannot be
   * mended: an element that does not fit ends the stream.
   *
   * @param request what is asked
   * @param type of the elements, as for {@link #ask(CompletionRequest, Class)}
   * @param <T> the type
   * @return a stream the caller closes
   * @throws IllegalArgumentException when a part of the type cannot be filled by a model
   * @throws CallException when no answer began
   */
  public <T> ElementStream<T> streamList(CompletionRequest request, Class<T> type) {
    JsonBinding list = JsonBinding.listOf(type);
    return new StreamedElements<>(
        stream(request.withFormat(new ResponseFormat.Schema(list.schema()))), type, list);
  }

  /**
   * Asks with every option, and gets everything there is to know of the answer.
   *
   * @param request what is asked
   * @return text, usage, finish reason, attempts
   * @throws CallException when no answer came
   * @throws AnswerException when the model refused or was filtered
   */
  public Completion ask(CompletionRequest request) {
    Completion answer = askOutcome(request).get();
    answer
        .problem()
        .ifPresent(
            problem -> {
              throw problem;
            });
    return answer;
  }

  /**
   * Asks one question, and lets the model call tools before it answers.
   *
   * @param prompt what is asked
   * @param tools what it may call
   * @return what the model said at last
   * @throws CallException when no answer came
   * @throws AnswerException when the model refused, was filtered, or never came to an answer
   */
  public String complete(String prompt, Tool... tools) {
    return ask(CompletionRequest.of(prompt).withTools(tools)).text();
  }

  /**
   * Asks on a thread of its own.
   *
   * @param request what is asked
   * @return the answer to come, or what {@link #ask} would throw; cancelling it ends the call and
   *     closes its socket
   */
  public CompletableFuture<Completion> askAsync(CompletionRequest request) {
    return async(llm -> llm.ask(request));
  }

  /**
   * Does any of these verbs on a thread of its own: {@code llm.async(it -> it.complete("..."))}.
   * That thread has the trace context and the MDC of the caller's.
   *
   * @param verb what to do
   * @param <T> what it gives
   * @return its end, or what it throws; cancelling it ends the call and closes its socket
   */
  public <T> CompletableFuture<T> async(Function<LlmClient, T> verb) {
    return VirtualThreads.async(() -> verb.apply(this));
  }

  /**
   * Asks many questions at once, as many as the client was set up for.
   *
   * @param questions what is asked
   * @return one outcome for each, in the same order; an answer may have a {@link
   *     Completion#problem()}
   */
  public List<Outcome<Completion>> askAll(List<CompletionRequest> questions) {
    return askAll(questions, ParallelOptions.DEFAULT);
  }

  /**
   * Asks many questions at once and tells of each answer as it comes.
   *
   * @param questions what is asked
   * @param listener hears of each as it ends
   * @return one outcome for each, in the same order
   */
  public List<Outcome<Completion>> askAll(
      List<CompletionRequest> questions, ParallelOptions.Listener listener) {
    return askAll(questions, ParallelOptions.DEFAULT.withListener(listener));
  }

  /**
   * Asks many questions at once. An interrupt ends the calls in flight, and all that had not begun;
   * what was answered is kept, and the thread stays interrupted.
   *
   * @param questions what is asked
   * @param how many at once, by when, and who hears of it
   * @return one outcome for each, in the same order
   */
  public List<Outcome<Completion>> askAll(List<CompletionRequest> questions, ParallelOptions how) {
    Optional<Deadline> all = how.deadline().map(within -> Deadline.in(requests.timer(), within));
    return new ParallelCalls(
            questions,
            how.listener(),
            request -> requests.answer(request, false, requests.deadline(request, all)))
        .run(how.concurrency().orElse(concurrency));
  }

  /**
   * Asks, and gives failures as values.
   *
   * @param request what is asked
   * @return the answer, which may have a {@link Completion#problem()}, or why there is none
   */
  public Outcome<Completion> askOutcome(CompletionRequest request) {
    return requests.answer(request, false, requests.deadline(request));
  }

  /**
   * Asks for one JSON object, as {@link #askJson}, and gives failures as values.
   *
   * @param request what is asked; of which form, if a schema is its format
   * @return the answer, with the JSON it was read as for its text; or an answer that has a {@link
   *     Completion#problem()}, a {@link StructuredOutputException} for one; or why there is none
   */
  public Outcome<Completion> outcomeJson(CompletionRequest request) {
    Deadline until = requests.deadline(request);
    return new StructuredJsonCall((now, fit) -> requests.answer(now, false, until, fit))
        .of(request);
  }

  /**
   * As {@link #outcomeJson}, over streams that are read to their ends.
   *
   * @param request what is asked
   * @return the answer, an answer with a problem, or why there is none
   */
  public Outcome<Completion> streamedJson(CompletionRequest request) {
    Deadline until = requests.deadline(request);
    return new StructuredJsonCall((now, fit) -> requests.answer(now, true, until, fit)).of(request);
  }

  /**
   * Asks over a stream that is read to its end, so that a long answer is not taken for silence; the
   * whole answer is repeated when the stream breaks.
   *
   * @param request what is asked
   * @return the answer, which may have a {@link Completion#problem()}, or why there is none
   */
  public Outcome<Completion> streamed(CompletionRequest request) {
    return requests.answer(request, true, requests.deadline(request));
  }

  /**
   * Asks one question and hands the answer on as it comes.
   *
   * @param prompt what is asked
   * @return a stream the caller closes
   * @throws CallException when no answer began
   */
  public TextStream stream(String prompt) {
    return stream(CompletionRequest.of(prompt));
  }

  /**
   * Asks with every option and hands the answer on as it comes. Until the first text the call is
   * repeated like any other. Tools run between the pieces, while the next is waited for.
   *
   * @param request what is asked
   * @return a stream the caller closes
   * @throws CallException when no answer began
   */
  public TextStream stream(CompletionRequest request) {
    return requests.stream(request, requests.deadline(request));
  }

  /**
   * Turns a text into a vector.
   *
   * @param text not blank
   * @return its vector
   * @throws CallException when no answer came
   */
  public float[] embed(String text) {
    return embed(List.of(text)).vectors().getFirst();
  }

  /**
   * Turns texts into vectors.
   *
   * @param texts at least one; there may be more than a server takes at once
   * @return their vectors, in the order of the texts
   * @throws CallException when no answer came
   */
  public Embeddings embed(List<String> texts) {
    return embed(EmbeddingRequest.of(texts));
  }

  /**
   * Turns texts into vectors, with every option. Texts that are more than a server takes at once go
   * in several requests, some of them at the same time, all within the one deadline.
   *
   * @param request the texts
   * @return their vectors, in the order of the texts
   * @throws CallException when one of the requests had no answer; the others are then ended
   */
  public Embeddings embed(EmbeddingRequest request) {
    return askOutcome(request).get();
  }

  /**
   * Turns texts into vectors, and gives failures as values.
   *
   * @param request the texts
   * @return their vectors, or why there are none
   */
  public Outcome<Embeddings> askOutcome(EmbeddingRequest request) {
    return call(request).run(requests.deadline(request));
  }

  private EmbeddingCall call(EmbeddingRequest request) {
    return new EmbeddingCall(requests.client(), requests.loop(request), requests.timer(), request);
  }

  /**
   * Has a picture made.
   *
   * @param prompt what is to be seen
   * @return the file, a PNG if the model was not told otherwise
   * @throws CallException when no answer came
   */
  public byte[] generateImage(String prompt) {
    return switch (generateImage(ImageRequest.of(prompt)).images().getFirst()) {
      case GeneratedImage.Bytes image -> image.bytes();
      case GeneratedImage.Url elsewhere ->
          throw new IllegalStateException("bytes were asked for, and checked: " + elsewhere);
    };
  }

  /**
   * Has pictures made, with every option. They take their time: unless the request names another,
   * an attempt has 180 s, or the client's own time if that is longer; the deadline of the call
   * stands. A picture that came but cannot be read is not asked for again, since it is paid for.
   *
   * @param request what is to be seen
   * @return the pictures
   * @throws CallException when no answer came
   * @throws IllegalArgumentException when the model has no such form to give
   */
  public Images generateImage(ImageRequest request) {
    return askOutcome(request).get();
  }

  /**
   * Has pictures made, and gives failures as values.
   *
   * @param request what is to be seen
   * @return the pictures, or why there are none
   */
  public Outcome<Images> askOutcome(ImageRequest request) {
    return new ImageCall(requests.client(), requests.loop(request), requests.timer(), request)
        .run(requests.deadline(request));
  }

  /**
   * What the answer to a request may cost at most: the longest answer it allows, or the longest the
   * model writes, at the price of the dearest model that may be asked. Repeated attempts that were
   * billed are not in it.
   *
   * @param request what would be asked
   * @return US dollars; empty when price or length have no known bound
   */
  public Optional<BigDecimal> maxCostUsd(CompletionRequest request) {
    return PreparedChat.of(requests.client(), request, false).maxCostOfAny();
  }

  /**
   * What the vectors of a request may cost at most.
   *
   * @param request the texts
   * @return US dollars; empty when the price is not known
   */
  public Optional<BigDecimal> maxCostUsd(EmbeddingRequest request) {
    return call(request).maxCost();
  }

  /**
   * Asks the server which models it serves; one attempt, for diagnosis.
   *
   * @param within how long it may take
   * @return the raw answer's text, or why there is none
   */
  public Outcome<String> models(Duration within) {
    Endpoint endpoint = requests.endpoint();
    Timer timer = requests.timer();
    return requests
        .once(within)
        .run(
            new ModelExchange<>(
                new PreparedGet(endpoint.route("models"), endpoint.models()),
                new ResponseTextReader(),
                timer),
            Deadline.in(timer, within));
  }

  /** Closes the transport, if it is the client's own. */
  @Override
  public void close() {
    owned.ifPresent(Transport::close);
  }
}
