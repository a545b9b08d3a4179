package dev.synthlab.batch;

import dev.synthlab.call.CallReport;
import dev.synthlab.call.FailedCalls;
import dev.synthlab.call.Fault;
import dev.synthlab.json.Json;
import dev.synthlab.llm.AnswerException;
import dev.synthlab.llm.Completion;
import dev.synthlab.llm.CompletionRequest;
import dev.synthlab.llm.EmbeddingRequest;
import dev.synthlab.llm.Embeddings;
import dev.synthlab.llm.FinishReason;
import dev.synthlab.llm.Outcome;
import dev.synthlab.llm.Problems;
import dev.synthlab.llm.ResponseFactory;
import dev.synthlab.llm.Usage;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;

/** Answers every prompt with itself in capitals, but for those it was told otherwise. */
final class Script implements BulkRun.RowClient {
  final List<CompletionRequest> requests = Collections.synchronizedList(new ArrayList<>());
  private final Map<String, Function<CompletionRequest, Outcome<Completion>>> others =
      Collections.synchronizedMap(new HashMap<>());

  Script on(String prompt, Function<CompletionRequest, Outcome<Completion>> reply) {
    others.put(prompt, reply);
    return this;
  }

  void forget(String prompt) {
    others.remove(prompt);
  }

  Script fails(String prompt, Fault fault) {
    return on(prompt, request -> Problems.failed(fault));
  }

  Script fails(String prompt, Fault.Kind kind) {
    return fails(prompt, Fault.of(kind, kind.code() + " it is"));
  }

  static Fault withStatus(Fault.Kind kind, int status, String code) {
    return new Fault(
        kind,
        "the server said " + code,
        OptionalInt.of(status),
        Optional.of(code),
        Optional.empty(),
        Optional.of("req-9"),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  final List<EmbeddingRequest> embedded = Collections.synchronizedList(new ArrayList<>());

  /** A vector of each text's length and a tenth; a text that fails as a prompt fails here too. */
  @Override
  public Outcome<Embeddings> embed(EmbeddingRequest request) {
    embedded.add(request);
    for (String text : request.inputs()) {
      if (others.containsKey(text)) {
        Outcome<Completion> other = others.get(text).apply(CompletionRequest.of(text));
        return new Outcome.Failed<>(
            ((Outcome.Failed<Completion>) other).exception(), other.report());
      }
    }
    CallReport report = FailedCalls.report(1, Optional.empty());
    List<float[]> vectors =
        request.inputs().stream().map(text -> new float[] {text.length(), 0.1f}).toList();
    Usage usage = Usage.of(10L * vectors.size(), 0);
    String model = request.options().model().orElse("none");
    return new Outcome.Answered<>(
        ResponseFactory.embeddings(vectors, model, model + "-2026", usage, report), report);
  }

  @Override
  public Outcome<Completion> call(CompletionRequest request) {
    requests.add(request);
    String prompt = prompt(request);
    return others
        .getOrDefault(prompt, r -> answer(prompt.toUpperCase(java.util.Locale.ROOT)))
        .apply(request);
  }

  List<String> prompts() {
    return requests.stream().map(Script::prompt).toList();
  }

  static String prompt(CompletionRequest request) {
    List<?> messages =
        (List<?>) Objects.requireNonNull(request.body().get("messages"), "no messages");
    return String.valueOf(((Map<?, ?>) messages.getLast()).get("content"));
  }

  static Outcome<Completion> answer(String text) {
    return answer(text, FinishReason.STOP, Optional.empty());
  }

  static Outcome<Completion> answer(
      String text, FinishReason reason, Optional<Function<Completion, AnswerException>> problem) {
    CallReport report = FailedCalls.report(1, Optional.empty());
    Map<String, Object> message = Map.of("role", "assistant", "content", text);
    String json =
        Json.mapper()
            .writeValueAsString(
                Map.of("id", "chatcmpl-1", "choices", List.of(Map.of("message", message))));
    Completion completion =
        ResponseFactory.completion(
            text, reason, Usage.of(5, 3), "m", "m-2026", Optional.of("req-1"), json, report);
    return problem
        .<Outcome<Completion>>map(
            rejection -> new Outcome.Rejected<>(rejection.apply(completion), report))
        .orElseGet(() -> new Outcome.Answered<>(completion, report));
  }
}
