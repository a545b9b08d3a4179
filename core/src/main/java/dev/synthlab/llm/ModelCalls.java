package dev.synthlab.llm;

import dev.synthlab.call.ActiveCalls;
import dev.synthlab.call.CallLoop;
import dev.synthlab.call.CallPolicy;
import dev.synthlab.call.CallResult;
import dev.synthlab.call.Deadline;
import dev.synthlab.call.Timer;
import dev.synthlab.spans.Telemetry;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Makes the calls of a client: each request is one run of the call loop, with a span of its own.
 * Safe for use by many threads.
 */
final class ModelCalls {
  private static final int UNREADABLE_TRIES = 3;

  private final Endpoint endpoint;
  private final CallLoop loop;
  private final UnsupportedParameters unsupported = new UnsupportedParameters();
  private final Timer timer;
  private final CacheLookup cacheLookup;
  private final PreparedChat.ModelContext client;

  ModelCalls(Endpoint endpoint, CallLoop loop, Timer timer, CacheLookup cacheLookup) {
    this.endpoint = endpoint;
    this.loop = loop;
    this.timer = timer;
    this.cacheLookup = cacheLookup;
    CallPolicy policy = loop.policy();
    boolean bulk = policy.waiting() == CallPolicy.WaitMode.UNBOUNDED;
    this.client =
        new PreparedChat.ModelContext(
            endpoint, unsupported, bulk ? policy.maxAttempts() : UNREADABLE_TRIES);
  }

  Endpoint endpoint() {
    return endpoint;
  }

  Timer timer() {
    return timer;
  }

  /** The call loop with the settings of the client. */
  CallLoop loop() {
    return loop;
  }

  /** The call loop with the timeout and the attempts of a request. */
  CallLoop loop(ModelRequest<?> request) {
    CallOptions options = request.options();
    if (options.timeout().isEmpty() && options.maxAttempts().isEmpty()) {
      return loop;
    }
    CallPolicy policy = loop.policy();
    return loop.with(
        policy
            .withTimeout(options.timeout().orElse(policy.timeout()))
            .withMaxAttempts(options.maxAttempts().orElse(policy.maxAttempts())));
  }

  /** The call loop for one attempt of a check, which is not recorded as a call. */
  CallLoop once(Duration within) {
    CallPolicy policy = loop.policy();
    return loop.with(policy.withMaxAttempts(1).withTimeout(within)).unobserved();
  }

  /** The deadline of a call, within that of all calls. */
  Deadline deadline(ModelRequest<?> request, Optional<Deadline> all) {
    Duration own = request.options().deadline().orElse(endpoint.settings().callDeadline());
    return all.isPresent() ? all.get().inside(own) : Deadline.in(timer, own);
  }

  Deadline deadline(ModelRequest<?> request) {
    return deadline(request, Optional.empty());
  }

  /**
   * What all requests have in common. A single call fails early when responses are unreadable; a
   * row of a bulk run uses all of its attempts.
   */
  PreparedChat.ModelContext client() {
    return client;
  }

  /** The answer after the last round of tools. */
  CallResult<Completion> answer(CompletionRequest request, boolean streamed, Deadline until) {
    return answer(request, streamed, until, text -> JsonAnswer.usable(request, text));
  }

  /** The answer after the last round of tools; only a usable text is cached. */
  CallResult<Completion> answer(
      CompletionRequest request, boolean streamed, Deadline until, Predicate<String> usable) {
    if (request.tools().isEmpty()) {
      return one(new CacheLookup.Query(request, until, usable), streamed);
    }
    ToolLoop tools = new ToolLoop(loop.telemetry(), request, until);
    return asOne(() -> tools.run(now -> one(new CacheLookup.Query(now, until, usable), streamed)));
  }

  /** What the owner of the calls ends when it is closed. */
  ActiveCalls active() {
    return loop.active();
  }

  /** Runs several requests as one call, which the end of its owner lets finish or cancels whole. */
  <T> T asOne(Supplier<T> requests) {
    return loop.active().run(requests);
  }

  /** What a structured call asks for each of its answers. */
  StructuredCall.Ask asking(boolean streamed, Deadline until) {
    return new StructuredCall.Ask() {
      @Override
      public CallResult<Completion> result(CompletionRequest request, Predicate<String> usable) {
        return answer(request, streamed, until, usable);
      }

      @Override
      public Telemetry telemetry() {
        return loop.telemetry();
      }
    };
  }

  /** The value of an answer, whose type is sent as a schema. */
  <T> TypedCompletion<T> typed(CompletionRequest request, AnswerType<T> type, Deadline until) {
    return asOne(() -> StructuredCall.typed(request, type).run(asking(false, until)));
  }

  /** The outcome of one request. */
  Outcome<Completion> outcome(CompletionRequest request, Deadline until) {
    return Outcomes.ofCompletion(answer(request, false, until));
  }

  /** The outcome of one request for a value. */
  <T> Outcome<TypedCompletion<T>> outcome(
      CompletionRequest request, AnswerType<T> type, Deadline until) {
    return Outcomes.ofStructured(() -> typed(request, type, until), Function.identity());
  }

  /** The outcomes of many requests, in their order; the listener is called by one at a time. */
  <T> List<Outcome<T>> outcomes(
      List<CompletionRequest> requests,
      ParallelOptions options,
      ParallelOptions.Listener<T> listener,
      BiFunction<CompletionRequest, Deadline, Outcome<T>> call) {
    Optional<Deadline> all = options.deadline().map(within -> Deadline.in(timer, within));
    ReentrantLock listening = new ReentrantLock();
    List<CompletionRequest> copy = List.copyOf(requests);
    List<Outcome<T>> outcomes =
        new ParallelTasks<>(
                copy.size(),
                options.concurrency().orElse(1),
                i -> {
                  Outcome<T> outcome = call.apply(copy.get(i), deadline(copy.get(i), all));
                  listening.lock();
                  try {
                    listener.ended(i, outcome);
                  } finally {
                    listening.unlock();
                  }
                  return outcome;
                })
            .runAll();
    outcomes.forEach(Outcomes::addCallerFrames);
    return outcomes;
  }

  /** The stream of the answer, and of the rounds of tools before it. */
  EventStream stream(CompletionRequest request, Deadline until) {
    if (request.tools().isEmpty()) {
      return openStream(request, until);
    }
    ToolLoop tools = new ToolLoop(loop.telemetry(), request, until);
    ActiveCalls.Call call = loop.active().begin();
    try {
      return new ToolStream(tools, request, call, now -> openStream(now, until));
    } catch (RuntimeException | Error e) {
      call.end();
      throw e;
    }
  }

  private CallResult<Completion> one(CacheLookup.Query asked, boolean streamed) {
    PreparedChat chat = PreparedChat.of(client, asked.request(), streamed);
    LlmSpan span = LlmSpan.ofChat(loop.telemetry(), chat, asked.request().options());
    return span.around(
        () -> {
          CallResult<Completion> result =
              cacheLookup.result(
                  asked, () -> sent(asked, chat, new ChatBodyReader(streamed, span::firstToken)));
          span.ended(result);
          return result;
        });
  }

  private CallResult<Completion> sent(
      CacheLookup.Query asked, PreparedChat chat, ChatBodyReader reader) {
    CompletionRequest request = asked.request();
    var exchange = new ModelExchange<>(chat, reader, timer);
    return switch (loop(request).run(exchange, asked.until())) {
      case CallResult.Answered<ChatResult> ok ->
          new CallResult.Answered<>(
              ok.value().completion(endpoint.model(request), ok.report()), ok.report());
      case CallResult.Failed<ChatResult> failed ->
          new CallResult.Failed<>(failed.fault(), failed.report());
    };
  }

  private EventStream openStream(CompletionRequest request, Deadline until) {
    PreparedChat chat = PreparedChat.of(client, request, true);
    LlmSpan span = LlmSpan.ofChat(loop.telemetry(), chat, request.options());
    return span.opening(
        () -> {
          Optional<Completion> known = cacheLookup.find(request);
          if (known.isPresent()) {
            return new CachedStream(known.get(), span);
          }
          var exchange = new ModelExchange<>(chat, new ChatStreamReader(), timer);
          CallResult<ChatStream> result = loop(request).run(exchange, until);
          ChatStream stream = result.get();
          stream.reported(result.report(), span, answer -> cacheLookup.keep(request, answer));
          return stream;
        });
  }
}
