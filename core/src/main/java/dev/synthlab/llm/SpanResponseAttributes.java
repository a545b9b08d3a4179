package dev.synthlab.llm;

import dev.synthlab.call.CallReport;
import dev.synthlab.spans.OpenSpan;
import dev.synthlab.spans.SpanMessage;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;

/** The span attributes of an answer: model, texts, tool calls, tokens and cost. */
final class SpanResponseAttributes {
  private SpanResponseAttributes() {}

  /** A chat completion. */
  static void completion(OpenSpan span, Completion answer) {
    usage(span, answer.report(), answer.usage());
    span.set("llm.model_name", answer.respondedModel());
    span.set("llm.response.model_name", answer.respondedModel());
    span.set("gen_ai.response.model", answer.respondedModel());
    span.set("llm.finish_reason", answer.finishReason().value());
    span.set("gen_ai.response.finish_reasons", List.of(answer.finishReason().value()));
    answer.requestId().ifPresent(id -> span.set("synthlab.request_id", id));
    span.outputJson(answer.json());
    span.outputMessages(List.of(message(answer)));
    status(span, answer);
  }

  /** Whether the answer can be used. */
  static void status(OpenSpan span, Completion answer) {
    answer
        .problem()
        .ifPresentOrElse(reason -> span.recordFailure(reason.code(), reason), span::succeeded);
  }

  private static SpanMessage message(Completion answer) {
    List<SpanMessage.ToolCall> calls =
        answer.toolCalls().stream()
            .map(call -> new SpanMessage.ToolCall(call.id(), call.tool(), call.arguments()))
            .toList();
    List<SpanMessage.Part> parts =
        answer.text().isEmpty() ? List.of() : List.of(new SpanMessage.Part.Text(answer.text()));
    return new SpanMessage("assistant", parts, calls, Optional.empty());
  }

  /** The vectors of an embedding request. */
  static void embeddings(
      OpenSpan span,
      List<String> texts,
      EmbeddingResponseParser.Vectors answer,
      CallReport report) {
    span.set("embedding.model_name", report.route().resource());
    for (int i = 0; i < texts.size(); i++) {
      span.embedding(i, texts.get(i), answer.vectors().get(i));
    }
    if (!answer.model().isEmpty()) {
      span.set("gen_ai.response.model", answer.model());
    }
    usage(span, report, answer.usage());
    span.succeeded();
  }

  /** The attempts, the tokens and the cost of a call. */
  static void usage(OpenSpan span, CallReport report, Usage usage) {
    span.set("synthlab.attempts", report.attempts().size());
    span.set("synthlab.held_ms", report.queued().toMillis());
    if (report.cached()) {
      span.set("synthlab.cached", "true");
    }
    tokens(span, usage);
    report
        .spend()
        .costUsd()
        .map(BigDecimal::doubleValue)
        .ifPresent(usd -> span.set("llm.cost.total", usd));
  }

  static void tokens(OpenSpan span, Usage usage) {
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
