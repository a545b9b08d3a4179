package dev.synthlab.llm;

import dev.synthlab.call.CallException;
import dev.synthlab.call.CallReport;
import dev.synthlab.call.Outcome;
import dev.synthlab.call.Route;
import dev.synthlab.json.Json;
import dev.synthlab.spans.Labels;
import dev.synthlab.spans.Metrics;
import dev.synthlab.spans.OpenSpan;
import dev.synthlab.spans.OperationTimer;
import dev.synthlab.spans.SpanMessage;
import dev.synthlab.spans.Tracing;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The span of one request to a model, by the names of OpenInference and of OpenTelemetry's GenAI
 * conventions: what was asked, what came, what it took. Ends once; safe for use by many threads.
 *
 * @see <a
 *     href="https://github.com/Arize-ai/openinference/blob/main/spec/semantic_conventions.md">OpenInference</a>
 * @see <a href="https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/">GenAI spans</a>
 */
final class LlmSpan {
  private static final Set<String> NO_PARAMETERS =
      Set.of("messages", "tools", "functions", "input", "prompt");

  private final OpenSpan span;
  private final OperationTimer operation;
  private final AtomicBoolean over = new AtomicBoolean();

  private LlmSpan(OpenSpan span, OperationTimer operation) {
    this.span = span;
    this.operation = operation;
  }

  /** A chat completion. */
  static LlmSpan ofChat(PreparedChat chat, CallOptions options) {
    OpenSpan span = open(Tracing.Kind.LLM, "chat " + chat.route().resource(), options);
    if (span.recorded()) {
      start(span, "chat", chat.route(), options);
      Map<String, Object> body = chat.body();
      request(span, body);
      span.inputMessages(body.get("messages") instanceof List<?> said ? spoken(said) : List.of());
      span.tools(offered(body));
    }
    return new LlmSpan(span, measured("chat", chat.route()));
  }

  /** Another verb, for which the body says all. */
  static LlmSpan of(
      Tracing.Kind kind, String name, Route route, Map<String, Object> body, CallOptions options) {
    OpenSpan span = open(kind, name, options);
    boolean embedding = kind == Tracing.Kind.EMBEDDING;
    String operation = embedding ? "embeddings" : "image";
    if (span.recorded()) {
      start(span, operation, route, options);
      request(span, body);
      if (embedding) {
        span.set("embedding.model_name", route.resource());
      }
    }
    return new LlmSpan(span, measured(operation, route));
  }

  private static OperationTimer measured(String operation, Route route) {
    if (!Metrics.isEnabled()) {
      return OperationTimer.NOOP;
    }
    int port = route.base().getPort();
    return Metrics.startTimer(
        new OperationTimer.Operation(
            operation,
            named(route),
            route.resource(),
            server(route),
            port > 0 ? OptionalInt.of(port) : OptionalInt.empty()));
  }

  private static String server(Route route) {
    return Optional.ofNullable(route.base().getHost()).orElse("local");
  }

  /** The provider, or whose interface a server speaks that is not known. */
  private static String spoken(Route route) {
    String provider = provider(route);
    return provider.isEmpty() ? "openai" : provider;
  }

  /** The same as OpenTelemetry's conventions write it, which know other words. */
  private static String named(Route route) {
    String provider = spoken(route);
    return switch (provider) {
      case "azure" -> "azure.ai.openai";
      case "google" -> "gcp.gemini";
      case "mistralai" -> "mistral_ai";
      case "xai" -> "x_ai";
      default -> provider;
    };
  }

  private static OpenSpan open(Tracing.Kind kind, String name, CallOptions options) {
    Labels labels = new Labels(options.session(), options.user(), options.tags(), Map.of());
    return Tracing.open(kind, "llm", name, labels);
  }

  private static void start(OpenSpan span, String operation, Route route, CallOptions options) {
    String model = route.resource();
    String provider = provider(route);
    // The convention has it on LLM spans only.
    if (!operation.equals("embeddings")) {
      span.set("llm.system", spoken(route));
    }
    if (!provider.isEmpty()) {
      span.set("llm.provider", provider);
    }
    span.set("llm.model_name", model);
    span.set("llm.request.model_name", model);
    span.set("gen_ai.operation.name", operation);
    span.set("gen_ai.provider.name", named(route));
    span.set("gen_ai.request.model", model);
    span.set("server.address", server(route));
    if (route.base().getPort() > 0) {
      span.set("server.port", route.base().getPort());
    }
    options.operation().ifPresent(name -> span.set("synthlab.operation", name));
  }

  private static void request(OpenSpan span, Map<String, Object> body) {
    Map<String, Object> parameters = new LinkedHashMap<>(body);
    parameters.keySet().removeAll(NO_PARAMETERS);
    span.parameters(parameters);
    span.inputJson(body);
    number(body, "temperature").ifPresent(n -> span.set("gen_ai.request.temperature", n));
    number(body, "top_p").ifPresent(n -> span.set("gen_ai.request.top_p", n));
    number(body, "max_tokens")
        .or(() -> number(body, "max_completion_tokens"))
        .ifPresent(n -> span.set("gen_ai.request.max_tokens", n.longValue()));
    number(body, "seed").ifPresent(n -> span.set("gen_ai.request.seed", n.longValue()));
  }

  private static Optional<Double> number(Map<String, Object> body, String name) {
    return body.get(name) instanceof Number number
        ? Optional.of(number.doubleValue())
        : Optional.empty();
  }

  /** The provider by its host, as far as hosts are known. */
  private static String provider(Route route) {
    String host = Optional.ofNullable(route.base().getHost()).orElse("").toLowerCase(Locale.ROOT);
    if (host.endsWith(".azure.com")) {
      return "azure";
    }
    return switch (host) {
      case "api.openai.com" -> "openai";
      case "api.anthropic.com" -> "anthropic";
      case "generativelanguage.googleapis.com" -> "google";
      case "api.mistral.ai" -> "mistralai";
      case "api.deepseek.com" -> "deepseek";
      case "api.groq.com" -> "groq";
      case "api.x.ai" -> "xai";
      default -> "";
    };
  }

  private static List<String> offered(Map<String, Object> body) {
    return body.get("tools") instanceof List<?> tools
        ? tools.stream().map(tool -> Json.mapper().writeValueAsString(tool)).toList()
        : List.of();
  }

  private static List<SpanMessage> spoken(List<?> messages) {
    List<SpanMessage> all = new ArrayList<>();
    for (Object message : messages) {
      if (message instanceof Map<?, ?> said) {
        all.add(
            new SpanMessage(
                text(said.get("role")),
                deltas(said.get("content")),
                calls(said.get("tool_calls")),
                Optional.ofNullable(said.get("tool_call_id")).map(String::valueOf)));
      }
    }
    return all;
  }

  private static List<SpanMessage.Part> deltas(@Nullable Object content) {
    if (content instanceof String text) {
      return List.of(new SpanMessage.Part.Text(text));
    }
    List<SpanMessage.Part> deltas = new ArrayList<>();
    if (content instanceof List<?> parts) {
      for (Object part : parts) {
        if (part instanceof Map<?, ?> delta) {
          Object image = delta.get("image_url");
          deltas.add(
              image instanceof Map<?, ?> at
                  ? new SpanMessage.Part.Image(text(at.get("url")))
                  : new SpanMessage.Part.Text(text(delta.get("text"))));
        }
      }
    }
    return deltas;
  }

  private static List<SpanMessage.ToolCall> calls(@Nullable Object calls) {
    List<SpanMessage.ToolCall> all = new ArrayList<>();
    if (calls instanceof List<?> list) {
      for (Object call : list) {
        if (call instanceof Map<?, ?> asked && asked.get("function") instanceof Map<?, ?> what) {
          all.add(
              new SpanMessage.ToolCall(
                  text(asked.get("id")), text(what.get("name")), text(what.get("arguments"))));
        }
      }
    }
    return all;
  }

  private static String text(@Nullable Object value) {
    return value == null ? "" : String.valueOf(value);
  }

  /** Does the work of the request, which {@link #ended} must be told of, within the span. */
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

  /** Opens what ends the span later, unless it cannot be opened. */
  <T> T opening(Supplier<T> work) {
    try {
      T opened = span.around(work::get);
      span.event("First Token Stream Event");
      return opened;
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

  /** The first piece of a stream came from the server. */
  void firstToken() {
    operation.recordFirstToken();
  }

  /** Does some of the work of a request that was opened. */
  void within(Runnable work) {
    try {
      span.around(Executors.callable(work));
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) { // a runnable throws no others
      throw new IllegalStateException(e);
    }
  }

  /** Requests that belong to one call, under a span of their own. */
  static Outcome<Completion> steps(
      Tracing.Kind kind,
      String name,
      CompletionRequest request,
      Supplier<Outcome<Completion>> work) {
    LlmSpan steps = new LlmSpan(open(kind, name, request.options()), OperationTimer.NOOP);
    steps.span.input(question(request));
    return steps.around(
        () -> {
          Outcome<Completion> outcome = work.get();
          switch (outcome) {
            case Outcome.Answered<Completion> ok -> steps.recordAnswer(ok.value());
            case Outcome.Failed<Completion> failed ->
                steps.span.recordFailure(failed.reason().fault().kind().code(), failed.reason());
          }
          return outcome;
        });
  }

  /** Requests for one value, under a span of their own. */
  static <T> TypedCompletion<T> steps(
      String name, CompletionRequest request, Supplier<TypedCompletion<T>> work) {
    LlmSpan steps =
        new LlmSpan(open(Tracing.Kind.CHAIN, name, request.options()), OperationTimer.NOOP);
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
    answer
        .problem()
        .ifPresentOrElse(reason -> span.recordFailure(reason.code(), reason), span::succeeded);
  }

  private static String question(CompletionRequest request) {
    return request.messages().isEmpty() ? "" : request.messages().getLast().text();
  }

  private void end() {
    if (over.compareAndSet(false, true)) {
      span.end();
    }
  }

  void ended(Outcome<Completion> outcome) {
    switch (outcome) {
      case Outcome.Answered<Completion> ok -> answered(ok.value());
      case Outcome.Failed<Completion> failed -> failed(failed.reason());
    }
  }

  void answered(Completion answer) {
    if (answer.report().cached()) {
      operation.recordCacheHit(answer.respondedModel());
    } else {
      answeredBy(
          answer.respondedModel(), answer.problem().map(AnswerException::code), answer.usage());
    }
    if (span.recorded()) {
      recordUsage(answer.report(), answer.usage());
      span.set("llm.model_name", answer.respondedModel());
      span.set("llm.response.model_name", answer.respondedModel());
      span.set("gen_ai.response.model", answer.respondedModel());
      span.set("llm.finish_reason", answer.finishReason().value());
      span.set("gen_ai.response.finish_reasons", List.of(answer.finishReason().value()));
      answer.requestId().ifPresent(id -> span.set("synthlab.request_id", id));
      span.outputJson(answer.json());
      span.outputMessages(List.of(spoken(answer)));
      answer
          .problem()
          .ifPresentOrElse(reason -> span.recordFailure(reason.code(), reason), span::succeeded);
    }
    end();
  }

  private void answeredBy(String model, Optional<String> problem, Usage usage) {
    boolean known = usage.known();
    operation.recordAnswer(
        model, problem, known ? usage.inputTokens() : 0, known ? usage.outputTokens() : 0);
  }

  private static SpanMessage spoken(Completion answer) {
    List<SpanMessage.ToolCall> calls =
        answer.toolCalls().stream()
            .map(call -> new SpanMessage.ToolCall(call.id(), call.tool(), call.arguments()))
            .toList();
    List<SpanMessage.Part> said =
        answer.text().isEmpty() ? List.of() : List.of(new SpanMessage.Part.Text(answer.text()));
    return new SpanMessage("assistant", said, calls, Optional.empty());
  }

  /** The vectors of an embedding request. */
  void embedded(List<String> texts, EmbeddingResponseReader.Vectors answer, CallReport report) {
    answeredBy(answer.model(), Optional.empty(), answer.usage());
    if (span.recorded()) {
      span.set("embedding.model_name", report.route().resource());
      for (int i = 0; i < texts.size(); i++) {
        span.embedding(i, texts.get(i), answer.vectors().get(i));
      }
      if (!answer.model().isEmpty()) {
        span.set("gen_ai.response.model", answer.model());
      }
      recordUsage(report, answer.usage());
      span.succeeded();
    }
    end();
  }

  /** Pictures came: they are not shown. */
  void imagesGenerated(Usage usage, CallReport report) {
    answeredBy("", Optional.empty(), usage);
    if (span.recorded()) {
      recordUsage(report, usage);
      span.succeeded();
    }
    end();
  }

  void failed(CallException reason) {
    operation.recordFailure(reason.fault().kind().code());
    if (span.recorded()) {
      recordUsage(reason.report(), Usage.UNKNOWN);
      reason.partial().ifPresent(span::output);
      span.recordFailure(reason.fault().kind().code(), reason);
    }
    end();
  }

  /** The caller wanted no more of it. */
  void cancelled(String soFar, Usage used) {
    answeredBy("", Optional.empty(), used);
    if (span.recorded()) {
      tokens(used);
      span.output(soFar);
      span.event("closed before its end");
      span.succeeded();
    }
    end();
  }

  /** What it took. */
  private void recordUsage(CallReport report, Usage usage) {
    span.set("synthlab.attempts", report.attempts().size());
    span.set("synthlab.held_ms", report.queued().toMillis());
    if (report.cached()) {
      span.set("synthlab.cached", "true");
    }
    tokens(usage);
    report.spend().costUsd().map(BigDecimal::doubleValue).ifPresent(this::cost);
  }

  private void cost(double usd) {
    span.set("llm.cost.total", usd);
  }

  private void tokens(Usage usage) {
    if (usage.totalTokens() == 0) {
      return;
    }
    span.set("llm.token_count.prompt", usage.inputTokens());
    span.set("llm.token_count.completion", usage.outputTokens());
    span.set("llm.token_count.total", usage.totalTokens());
    span.set("gen_ai.usage.input_tokens", usage.inputTokens());
    span.set("gen_ai.usage.output_tokens", usage.outputTokens());
    if (usage.cachedTokens() > 0) {
      span.set("llm.token_count.prompt_details.cache_read", usage.cachedTokens());
      span.set("gen_ai.usage.cache_read.input_tokens", usage.cachedTokens());
    }
    if (usage.reasoningTokens() > 0) {
      span.set("llm.token_count.completion_details.reasoning", usage.reasoningTokens());
      span.set("gen_ai.usage.reasoning.output_tokens", usage.reasoningTokens());
    }
    if (!usage.known()) {
      span.set("synthlab.usage_estimated", "true");
    }
  }
}
