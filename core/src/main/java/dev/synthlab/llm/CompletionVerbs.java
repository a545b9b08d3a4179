package dev.synthlab.llm;

import dev.synthlab.call.CallException;
import java.util.List;
import java.util.Map;

/** The verbs of a client that ask for completions and wait for them. */
abstract sealed class CompletionVerbs permits LlmClient {
  private final ModelCalls calls;
  private final int concurrency;

  CompletionVerbs(ModelCalls calls, int concurrency) {
    this.calls = calls;
    this.concurrency = concurrency;
  }

  /**
   * Completes a prompt.
   *
   * @param prompt the user message
   * @return the text of the answer
   * @throws CallException when the call failed
   * @throws AnswerException when the model refused, or the answer was filtered or cut off
   */
  public String complete(String prompt) {
    return complete(CompletionRequest.of(prompt));
  }

  /**
   * Completes a request.
   *
   * @param request the request
   * @return the text of the answer
   * @throws CallException when the call failed
   * @throws AnswerException when the model refused, or the answer was filtered or cut off ({@link
   *     AnswerException.Truncated}; {@link #ask(CompletionRequest)} returns such an answer)
   */
  public String complete(CompletionRequest request) {
    Completion answer = ask(request);
    if (answer.truncated()) {
      throw new AnswerException.Truncated(answer);
    }
    return answer.text();
  }

  /**
   * Completes a prompt; the model may call tools before it answers.
   *
   * @param prompt the user message
   * @param tools the tools that it may call
   * @return the text of the last answer
   * @throws CallException when the call failed
   * @throws AnswerException when the model refused, the answer was filtered or cut off, or the
   *     model only called tools
   */
  public String complete(String prompt, Tool... tools) {
    return complete(CompletionRequest.of(prompt).withTools(tools));
  }

  /**
   * Completes a prompt with a value of a type, as {@link #ask(CompletionRequest, Class)}.
   *
   * @param prompt the user message
   * @param type for example a record
   * @param tools the tools that the model may call before it answers
   * @param <T> the type
   * @return the value
   */
  public <T> T complete(String prompt, Class<T> type, Tool... tools) {
    return complete(CompletionRequest.of(prompt), type, tools);
  }

  /**
   * Completes a request with a value of a type, as {@link #ask(CompletionRequest, Class)}.
   *
   * @param request the request
   * @param type for example a record
   * @param tools the tools that the model may call before it answers, instead of those of the
   *     request
   * @param <T> the type
   * @return the value
   */
  public <T> T complete(CompletionRequest request, Class<T> type, Tool... tools) {
    return typed(with(request, tools), AnswerType.of(type)).value();
  }

  /**
   * Completes a prompt with a value of a generic type, as {@link #ask(CompletionRequest, Class)}.
   *
   * @param prompt the user message
   * @param type for example {@code new TypeRef<List<City>>() {}}
   * @param tools the tools that the model may call before it answers
   * @param <T> the type
   * @return the value
   */
  public <T> T complete(String prompt, TypeRef<T> type, Tool... tools) {
    return complete(CompletionRequest.of(prompt), type, tools);
  }

  /**
   * Completes a request with a value of a generic type, as {@link #ask(CompletionRequest, Class)}.
   *
   * @param request the request
   * @param type for example {@code new TypeRef<List<City>>() {}}
   * @param tools the tools that the model may call before it answers, instead of those of the
   *     request
   * @param <T> the type
   * @return the value
   */
  public <T> T complete(CompletionRequest request, TypeRef<T> type, Tool... tools) {
    return typed(with(request, tools), AnswerType.of(type)).value();
  }

  /**
   * Completes a prompt with a list of values, as {@link #ask(CompletionRequest, Class)}.
   *
   * @param prompt the user message
   * @param type of the elements
   * @param <T> the type of the elements
   * @return the values
   */
  public <T> List<T> completeList(String prompt, Class<T> type) {
    return completeList(CompletionRequest.of(prompt), type);
  }

  /**
   * Completes a request with a list of values, as {@link #ask(CompletionRequest, Class)}.
   *
   * @param request the request
   * @param type of the elements
   * @param <T> the type of the elements
   * @return the values
   */
  public <T> List<T> completeList(CompletionRequest request, Class<T> type) {
    return typed(request, AnswerType.listOf(type)).value();
  }

  /**
   * Completes a prompt with one JSON object, as {@link #completeJson(CompletionRequest)}.
   *
   * @param prompt the user message; it should say that JSON is expected
   * @return the object as maps, lists, strings, numbers, booleans
   */
  public Map<String, Object> completeJson(String prompt) {
    return completeJson(CompletionRequest.of(prompt));
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
    calls.active().requireOpen();
    return calls.asOne(
        () -> StructuredCall.json(request).run(calls.asking(false, calls.deadline(request))));
  }

  /**
   * Completes a prompt and returns the completion, as {@link #ask(CompletionRequest)}.
   *
   * @param prompt the user message
   * @return text, usage, finish reason, attempts
   */
  public Completion ask(String prompt) {
    return ask(CompletionRequest.of(prompt));
  }

  /**
   * Completes a request and returns the completion. An answer that the token limit cut off is
   * returned too; {@link Completion#truncated()} tells.
   *
   * @param request the request
   * @return text, usage, finish reason, attempts
   * @throws CallException when the call failed
   * @throws AnswerException when the model refused or the answer was filtered
   */
  public Completion ask(CompletionRequest request) {
    calls.active().requireOpen();
    return calls.answer(request, false, calls.deadline(request)).get().orThrow();
  }

  /**
   * Completes a prompt with a value of a type, as {@link #ask(CompletionRequest, Class)}.
   *
   * @param prompt the user message
   * @param type for example a record
   * @param <T> the type
   * @return the value, and the completion with usage and attempts
   */
  public <T> TypedCompletion<T> ask(String prompt, Class<T> type) {
    return ask(CompletionRequest.of(prompt), type);
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
    return typed(request, AnswerType.of(type));
  }

  /**
   * Completes a prompt with a value of a generic type, as {@link #ask(CompletionRequest, Class)}.
   *
   * @param prompt the user message
   * @param type for example {@code new TypeRef<List<City>>() {}}
   * @param <T> the type
   * @return the value, and the completion with usage and attempts
   */
  public <T> TypedCompletion<T> ask(String prompt, TypeRef<T> type) {
    return ask(CompletionRequest.of(prompt), type);
  }

  /**
   * Completes a request with a value of a generic type, as {@link #ask(CompletionRequest, Class)}.
   *
   * @param request the request
   * @param type for example {@code new TypeRef<List<City>>() {}}
   * @param <T> the type
   * @return the value, and the completion with usage and attempts
   */
  public <T> TypedCompletion<T> ask(CompletionRequest request, TypeRef<T> type) {
    return typed(request, AnswerType.of(type));
  }

  /**
   * Completes a prompt and returns failures as values.
   *
   * @param prompt the user message
   * @return the answer, the rejected answer, or the failure
   */
  public Outcome<Completion> askOutcome(String prompt) {
    return askOutcome(CompletionRequest.of(prompt));
  }

  /**
   * Completes a request and returns failures as values.
   *
   * @param request the request
   * @return the answer, the rejected answer, or the failure
   */
  public Outcome<Completion> askOutcome(CompletionRequest request) {
    return calls.outcome(request, calls.deadline(request));
  }

  /**
   * Completes a request with a value of a type, as {@link #ask(CompletionRequest, Class)}, and
   * returns failures as values.
   *
   * @param request the request
   * @param type for example a record
   * @param <T> the type
   * @return the value, the rejected answer, or the failure
   */
  public <T> Outcome<TypedCompletion<T>> askOutcome(CompletionRequest request, Class<T> type) {
    return calls.outcome(request, AnswerType.of(type), calls.deadline(request));
  }

  /**
   * Completes a request with a value of a generic type, as {@link #ask(CompletionRequest, Class)},
   * and returns failures as values.
   *
   * @param request the request
   * @param type for example {@code new TypeRef<List<City>>() {}}
   * @param <T> the type
   * @return the value, the rejected answer, or the failure
   */
  public <T> Outcome<TypedCompletion<T>> askOutcome(CompletionRequest request, TypeRef<T> type) {
    return calls.outcome(request, AnswerType.of(type), calls.deadline(request));
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
   * Completes many requests in parallel.
   *
   * @param requests the requests
   * @param options concurrency and deadline
   * @return one outcome for each request, in the same order
   */
  public List<Outcome<Completion>> askAll(
      List<CompletionRequest> requests, ParallelOptions options) {
    return askAll(requests, options, (index, outcome) -> {});
  }

  /**
   * Completes many requests in parallel, with the concurrency of the client, and reports each
   * outcome when it is known.
   *
   * @param requests the requests
   * @param listener gets each outcome
   * @return one outcome for each request, in the same order
   */
  public List<Outcome<Completion>> askAll(
      List<CompletionRequest> requests, ParallelOptions.Listener<Completion> listener) {
    return askAll(requests, ParallelOptions.DEFAULT, listener);
  }

  /**
   * Completes many requests in parallel and reports each outcome when it is known. An interrupt
   * cancels the calls in flight and those that have not started; the outcomes that are known are
   * returned, and the thread stays interrupted.
   *
   * @param requests the requests
   * @param options concurrency and deadline
   * @param listener gets each outcome
   * @return one outcome for each request, in the same order
   */
  public List<Outcome<Completion>> askAll(
      List<CompletionRequest> requests,
      ParallelOptions options,
      ParallelOptions.Listener<Completion> listener) {
    return calls.outcomes(requests, sized(options), listener, calls::outcome);
  }

  /**
   * Completes many requests in parallel, each with a value of a type, as {@link
   * #ask(CompletionRequest, Class)}.
   *
   * @param requests the requests
   * @param type for example a record
   * @param <T> the type
   * @return one outcome for each request, in the same order
   */
  public <T> List<Outcome<TypedCompletion<T>>> askAll(
      List<CompletionRequest> requests, Class<T> type) {
    return askAll(requests, type, ParallelOptions.DEFAULT, (index, outcome) -> {});
  }

  /**
   * Completes many requests in parallel, each with a value of a generic type.
   *
   * @param requests the requests
   * @param type for example {@code new TypeRef<List<City>>() {}}
   * @param <T> the type
   * @return one outcome for each request, in the same order
   */
  public <T> List<Outcome<TypedCompletion<T>>> askAll(
      List<CompletionRequest> requests, TypeRef<T> type) {
    return askAll(requests, type, ParallelOptions.DEFAULT, (index, outcome) -> {});
  }

  /**
   * Completes many requests in parallel, each with a value of a type, and reports each outcome when
   * it is known.
   *
   * @param requests the requests
   * @param type for example a record
   * @param options concurrency and deadline
   * @param listener gets each outcome
   * @param <T> the type
   * @return one outcome for each request, in the same order
   */
  public <T> List<Outcome<TypedCompletion<T>>> askAll(
      List<CompletionRequest> requests,
      Class<T> type,
      ParallelOptions options,
      ParallelOptions.Listener<TypedCompletion<T>> listener) {
    return all(requests, AnswerType.of(type), options, listener);
  }

  /**
   * Completes many requests in parallel, each with a value of a generic type, and reports each
   * outcome when it is known.
   *
   * @param requests the requests
   * @param type for example {@code new TypeRef<List<City>>() {}}
   * @param options concurrency and deadline
   * @param listener gets each outcome
   * @param <T> the type
   * @return one outcome for each request, in the same order
   */
  public <T> List<Outcome<TypedCompletion<T>>> askAll(
      List<CompletionRequest> requests,
      TypeRef<T> type,
      ParallelOptions options,
      ParallelOptions.Listener<TypedCompletion<T>> listener) {
    return all(requests, AnswerType.of(type), options, listener);
  }

  private <T> List<Outcome<TypedCompletion<T>>> all(
      List<CompletionRequest> requests,
      AnswerType<T> type,
      ParallelOptions options,
      ParallelOptions.Listener<TypedCompletion<T>> listener) {
    return calls.outcomes(
        requests,
        sized(options),
        listener,
        (request, until) -> calls.outcome(request, type, until));
  }

  private ParallelOptions sized(ParallelOptions options) {
    return options.withConcurrency(options.concurrency().orElse(concurrency));
  }

  private <T> TypedCompletion<T> typed(CompletionRequest request, AnswerType<T> type) {
    calls.active().requireOpen();
    return calls.typed(request, type, calls.deadline(request));
  }

  private static CompletionRequest with(CompletionRequest request, Tool... tools) {
    return tools.length == 0 ? request : request.withTools(tools);
  }

  ModelCalls calls() {
    return calls;
  }
}
