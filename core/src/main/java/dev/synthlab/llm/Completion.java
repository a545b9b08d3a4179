package dev.synthlab.llm;

import dev.synthlab.call.CallReport;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A model's whole answer.
 *
 * @param text what it said; may be empty when {@link #problem()} says why
 * @param finishReason why it stopped
 * @param usage the tokens
 * @param requestedModel the model the request named
 * @param respondedModel the model that answered, by its own word
 * @param requestId the server's name for the request
 * @param json the whole answer as one line of JSON, in the form of the chat completion object
 * @param toolCalls the tools it wants called, when it was offered any
 * @param problem set when the answer is not what was asked: refused, filtered, or a tool call
 *     nobody asked for
 * @param earlier the answers that the same call had before this one, oldest first: rounds of tools,
 *     and answers that were asked for again because they did not fit
 * @param report how the call went: attempts, waits, times
 */
public record Completion(
    String text,
    FinishReason finishReason,
    Usage usage,
    String requestedModel,
    String respondedModel,
    Optional<String> requestId,
    String json,
    List<Part.ToolCall> toolCalls,
    Optional<AnswerException> problem,
    List<Completion> earlier,
    CallReport report) {

  /** Keeps copies. */
  public Completion {
    toolCalls = List.copyOf(toolCalls);
    earlier = List.copyOf(earlier);
  }

  Completion after(List<Completion> earlier) {
    return new Completion(
        text,
        finishReason,
        usage,
        requestedModel,
        respondedModel,
        requestId,
        json,
        toolCalls,
        problem,
        earlier,
        report);
  }

  Completion with(AnswerException reason) {
    return new Completion(
        text,
        finishReason,
        usage,
        requestedModel,
        respondedModel,
        requestId,
        json,
        toolCalls,
        Optional.of(reason),
        earlier,
        report);
  }

  Completion withText(String other) {
    return new Completion(
        other,
        finishReason,
        usage,
        requestedModel,
        respondedModel,
        requestId,
        json,
        toolCalls,
        problem,
        earlier,
        report);
  }

  /**
   * The tokens of this answer and of those {@link #earlier} it: what the whole call used.
   *
   * @return known if all of them are
   */
  public Usage totalUsage() {
    return earlier.stream().map(Completion::usage).reduce(usage, Usage::plus);
  }

  /**
   * Whether it was kept from an equal request, so that nothing was paid for it now; with those
   * {@link #earlier} it, whether all of them were.
   *
   * @return true when nothing was sent; then there are no tokens and the cost is 0
   */
  public boolean cached() {
    return report.cached() && earlier.stream().allMatch(each -> each.report().cached());
  }

  /**
   * What was said, as the next turn of a conversation knows it.
   *
   * @return text and tool calls
   */
  public Message message() {
    List<Part> parts = new ArrayList<>();
    if (!text.isEmpty() || toolCalls.isEmpty()) {
      parts.add(new Part.Text(text));
    }
    parts.addAll(toolCalls);
    return new Message(Message.Role.ASSISTANT, parts);
  }

  /**
   * What it cost, by the price list of the {@link ModelCatalogue}: an estimate where the tokens are
   * one, that is, where {@link Usage#known()} is false.
   *
   * @return US dollars; empty when the price is not known, 0 only for the embedded model
   */
  public Optional<BigDecimal> costUsd() {
    return report.spend().costUsd();
  }

  /**
   * What this answer and those {@link #earlier} it cost.
   *
   * @return US dollars; empty when the price of one of them is not known
   */
  public Optional<BigDecimal> totalCostUsd() {
    Optional<BigDecimal> sum = costUsd();
    for (Completion each : earlier) {
      sum = sum.flatMap(so -> each.costUsd().map(so::add));
    }
    return sum;
  }

  /**
   * Whether the token limit cut the text off.
   *
   * @return true when the finish reason is {@code length}
   */
  public boolean truncated() {
    return finishReason.equals(FinishReason.LENGTH);
  }
}
