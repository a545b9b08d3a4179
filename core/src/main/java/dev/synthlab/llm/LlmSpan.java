package dev.synthlab.llm;

import dev.synthlab.call.CallException;
import dev.synthlab.call.CallReport;
import dev.synthlab.call.CallResult;
import dev.synthlab.call.Route;
import dev.synthlab.spans.Labels;
import dev.synthlab.spans.Metrics;
import dev.synthlab.spans.OpenSpan;
import dev.synthlab.spans.OperationTimer;
import dev.synthlab.spans.Telemetry;
import dev.synthlab.spans.Tracing;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * The span of one request to a model, with the attributes of OpenInference and of OpenTelemetry's
 * GenAI conventions. Ends once; safe for use by many threads.
 *
 * @see <a
 *     href="https://github.com/Arize-ai/openinference/blob/main/spec/semantic_conventions.md">OpenInference</a>
 * @see <a href="https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/">GenAI spans</a>
 */
final class LlmSpan {
  private final OpenSpan span;
  private final OperationTimer operation;
  private final AtomicBoolean begun = new AtomicBoolean();
  private final AtomicBoolean over = new AtomicBoolean();

  private LlmSpan(OpenSpan span, OperationTimer operation) {
    this.span = span;
    this.operation = operation;
  }

  /** A chat completion. */
  static LlmSpan ofChat(Telemetry telemetry, PreparedChat chat, CallOptions options) {
    return ofChat(telemetry, chat.route(), chat.body(), options);
  }

  /** A chat completion with that body. */
  static LlmSpan ofChat(
      Telemetry telemetry, Route route, Map<String, Object> body, CallOptions options) {
    OpenSpan span = open(telemetry, Tracing.Kind.LLM, "chat " + route.resource(), options);
    if (span.recorded()) {
      SpanRequestAttributes.address(span, "chat", route, options);
      SpanRequestAttributes.parameters(span, body);
      SpanRequestAttributes.chat(span, body);
    }
    return new LlmSpan(span, measured(telemetry, "chat", route));
  }

  /** A request whose bodies are not recorded, such as an upload. */
  static LlmSpan ofTransfer(Telemetry telemetry, String name, Route route) {
    OpenSpan span = open(telemetry, Tracing.Kind.CHAIN, name, CallOptions.NONE);
    if (span.recorded()) {
      span.set("server.address", ModelProvider.server(route));
    }
    return new LlmSpan(span, OperationTimer.NOOP);
  }

  /** An embedding or image request. */
  static LlmSpan of(
      Telemetry telemetry,
      Tracing.Kind kind,
      String name,
      Route route,
      Map<String, Object> body,
      CallOptions options) {
    OpenSpan span = open(telemetry, kind, name, options);
    boolean embedding = kind == Tracing.Kind.EMBEDDING;
    String operation = embedding ? "embeddings" : "image";
    if (span.recorded()) {
      SpanRequestAttributes.address(span, operation, route, options);
      SpanRequestAttributes.parameters(span, body);
      if (embedding) {
        span.set("embedding.model_name", route.resource());
      }
    }
    return new LlmSpan(span, measured(telemetry, operation, route));
  }

  private static OperationTimer measured(Telemetry telemetry, String operation, Route route) {
    Metrics metrics = telemetry.metrics();
    if (!metrics.isEnabled()) {
      return OperationTimer.NOOP;
    }
    int port = route.base().getPort();
    return metrics.startTimer(
        new OperationTimer.Operation(
            operation,
            ModelProvider.name(route),
            route.resource(),
            ModelProvider.server(route),
            port > 0 ? OptionalInt.of(port) : OptionalInt.empty()));
  }

  private static OpenSpan open(
      Telemetry telemetry, Tracing.Kind kind, String name, CallOptions options) {
    boolean none =
        options.session().isEmpty() && options.user().isEmpty() && options.tags().isEmpty();
    Labels labels =
        none
            ? Labels.NONE
            : new Labels(options.session(), options.user(), options.tags(), Map.of());
    return telemetry.open(kind, "llm", name, labels);
  }

  /** Runs the request within the span, which then ends. */
  <T> T around(Supplier<T> work) {
    try {
      return span.around(work::get);
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) { // a supplier throws no others
      throw new IllegalStateException(e);
    } finally {
      end();
    }
  }

  /** Opens a stream that ends the span later, unless it cannot be opened. */
  <T> T opening(Supplier<T> work) {
    try {
      return span.around(work::get);
    } catch (CallException e) {
      failed(e);
      throw e;
    } catch (RuntimeException e) {
      end();
      throw e;
    } catch (Exception e) { // a supplier throws no others
      throw new IllegalStateException(e);
    }
  }

  /** The id by which the caller knows the call. */
  void callId(String id) {
    span.set("synthlab.call_id", id);
  }

  /** The first delta of a stream arrived; the streams of later attempts are not counted. */
  void firstToken() {
    if (!begun.getAndSet(true)) {
      span.event("First Token Stream Event");
      operation.recordFirstToken();
    }
  }

  /** Runs a part of the work of an open stream within the span. */
  void within(Runnable work) {
    try {
      span.around(Executors.callable(work));
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) { // a runnable throws no others
      throw new IllegalStateException(e);
    }
  }

  /** Runs the requests of one call under a parent span. */
  static CallResult<Completion> steps(
      Telemetry telemetry,
      Tracing.Kind kind,
      String name,
      CompletionRequest request,
      Supplier<CallResult<Completion>> work) {
    LlmSpan steps =
        new LlmSpan(open(telemetry, kind, name, request.options()), OperationTimer.NOOP);
    steps.span.input(question(request));
    return steps.around(
        () -> {
          CallResult<Completion> result = work.get();
          switch (result) {
            case CallResult.Answered<Completion> ok -> steps.recordAnswer(ok.value());
            case CallResult.Failed<Completion> failed ->
                steps.span.recordFailure(failed.fault().kind().code(), failed.exception());
          }
          return result;
        });
  }

  /** Runs the requests for one value under a parent span. */
  static <T> TypedCompletion<T> steps(
      Telemetry telemetry,
      String name,
      CompletionRequest request,
      Supplier<TypedCompletion<T>> work) {
    LlmSpan steps =
        new LlmSpan(
            open(telemetry, Tracing.Kind.CHAIN, name, request.options()), OperationTimer.NOOP);
    steps.span.input(question(request));
    return steps.around(
        () -> {
          try {
            TypedCompletion<T> typed = work.get();
            steps.span.set("synthlab.rounds", typed.rounds());
            steps.recordAnswer(typed.completion());
            return typed;
          } catch (RuntimeException e) {
            steps.span.recordFailure(e.getClass().getSimpleName(), e);
            throw e;
          }
        });
  }

  private void recordAnswer(Completion answer) {
    span.output(answer.text());
    SpanResponseAttributes.status(span, answer);
  }

  private static String question(CompletionRequest request) {
    return request.messages().isEmpty() ? "" : request.messages().getLast().text();
  }

  private void end() {
    if (over.compareAndSet(false, true)) {
      span.end();
    }
  }

  void ended(CallResult<Completion> result) {
    switch (result) {
      case CallResult.Answered<Completion> ok -> answered(ok.value());
      case CallResult.Failed<Completion> failed -> failed(failed.exception());
    }
  }

  void answered(Completion answer) {
    if (answer.report().cached()) {
      operation.recordCacheHit(answer.respondedModel());
    } else {
      answeredBy(answer);
    }
    if (span.recorded()) {
      SpanResponseAttributes.completion(span, answer);
    }
    end();
  }

  private void answeredBy(Completion answer) {
    if (operation.isRecorded()) {
      answeredBy(
          answer.respondedModel(), answer.problem().map(AnswerException::code), answer.usage());
    }
  }

  private void answeredBy(String model, Optional<String> problem, Usage usage) {
    boolean known = usage.known();
    operation.recordAnswer(
        model, problem, known ? usage.inputTokens() : 0, known ? usage.outputTokens() : 0);
  }

  /** The vectors of an embedding request. */
  void embedded(List<String> texts, EmbeddingResponseParser.Vectors answer, CallReport report) {
    answeredBy(answer.model(), Optional.empty(), answer.usage());
    if (span.recorded()) {
      SpanResponseAttributes.embeddings(span, texts, answer, report);
    }
    end();
  }

  /** Images, which are not recorded. */
  void imagesGenerated(Usage usage, CallReport report) {
    answeredBy("", Optional.empty(), usage);
    if (span.recorded()) {
      SpanResponseAttributes.usage(span, report, usage);
      span.succeeded();
    }
    end();
  }

  /** A response whose body is not recorded. */
  void transferred(CallReport report) {
    if (span.recorded()) {
      SpanResponseAttributes.usage(span, report, Usage.UNKNOWN);
      span.succeeded();
    }
    end();
  }

  void failed(CallException reason) {
    operation.recordFailure(reason.fault().kind().code());
    if (span.recorded()) {
      SpanResponseAttributes.usage(span, reason.report(), Usage.UNKNOWN);
      reason.partial().ifPresent(span::output);
      span.recordFailure(reason.fault().kind().code(), reason);
    }
    end();
  }

  /** The caller closed the stream before its end. */
  void cancelled(String soFar, Usage used) {
    answeredBy("", Optional.empty(), used);
    if (span.recorded()) {
      SpanResponseAttributes.tokens(span, used);
      span.output(soFar);
      span.event("closed before its end");
      span.succeeded();
    }
    end();
  }
}
