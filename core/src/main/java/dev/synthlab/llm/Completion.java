package dev.synthlab.llm;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import dev.synthlab.call.CallReport;
import dev.synthlab.call.CallReports;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The whole answer of a model. Immutable. */
@JsonAutoDetect(fieldVisibility = Visibility.ANY, getterVisibility = Visibility.NONE)
public final class Completion {
  private final String text;
  private final String reasoning;
  private final FinishReason finishReason;
  private final Usage usage;
  private final String requestedModel;
  private final String respondedModel;
  private final Optional<String> requestId;
  private final JsonLine json;
  private final List<Part.ToolCall> toolCalls;
  private final Optional<AnswerProblem> problem;
  private final List<Completion> earlier;
  private final CallReport report;

  Completion(
      String text,
      String reasoning,
      FinishReason finishReason,
      Usage usage,
      String requestedModel,
      String respondedModel,
      Optional<String> requestId,
      JsonLine json,
      List<Part.ToolCall> toolCalls,
      Optional<AnswerProblem> problem,
      List<Completion> earlier,
      CallReport report) {
    this.text = text;
    this.reasoning = reasoning;
    this.finishReason = finishReason;
    this.usage = usage;
    this.requestedModel = requestedModel;
    this.respondedModel = respondedModel;
    this.requestId = requestId;
    this.json = json;
    this.toolCalls = List.copyOf(toolCalls);
    this.problem = problem;
    this.earlier = List.copyOf(earlier);
    this.report = report;
  }

  /** {@return the text of the answer; may be empty} */
  public String text() {
    return text;
  }

  /** {@return what the model thought before its answer, if the server shows it; else empty} */
  public String reasoning() {
    return reasoning;
  }

  /** {@return why the model stopped} */
  public FinishReason finishReason() {
    return finishReason;
  }

  /** {@return the tokens of this answer} */
  public Usage usage() {
    return usage;
  }

  /** {@return the model that the request names} */
  public String requestedModel() {
    return requestedModel;
  }

  /** {@return the model that the response names} */
  public String respondedModel() {
    return respondedModel;
  }

  /** {@return the id that the server gave the request} */
  public Optional<String> requestId() {
    return requestId;
  }

  /** {@return the chat completion object of the API, as one line of JSON} */
  public String json() {
    return json.text();
  }

  /** {@return the tool calls that the model asks for, if it was offered tools} */
  public List<Part.ToolCall> toolCalls() {
    return toolCalls;
  }

  /** A new exception if the answer cannot be used. */
  Optional<AnswerException> problem() {
    return problem.map(reason -> reason.exception(this));
  }

  /** This answer, unless it cannot be used. */
  Completion orThrow() {
    if (problem.isPresent()) {
      throw problem.get().exception(this);
    }
    return this;
  }

  /**
   * {@return the earlier answers of the same call, oldest first: rounds of tools, and answers that
   * did not fit}
   */
  public List<Completion> earlier() {
    return earlier;
  }

  /** {@return how the call went: attempts, waits, times} */
  public CallReport report() {
    return report;
  }

  /** A text without a call: for exceptions of tests, and of streams that have not ended. */
  static Completion withoutCall(String text, FinishReason reason) {
    return new Completion(
        text,
        "",
        reason,
        Usage.UNKNOWN,
        "",
        "",
        Optional.empty(),
        JsonLine.of(""),
        List.of(),
        Optional.empty(),
        List.of(),
        CallReports.none(Optional.empty()));
  }

  Completion after(List<Completion> earlier) {
    return new Completion(
        text,
        reasoning,
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

  Completion with(AnswerProblem reason) {
    return new Completion(
        text,
        reasoning,
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
        reasoning,
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
   * The tokens of this answer and of the {@link #earlier} ones: the usage of the whole call.
   *
   * @return the sum; known if all of them are known
   */
  public Usage totalUsage() {
    return earlier.stream().map(Completion::usage).reduce(usage, Usage::plus);
  }

  /**
   * Whether this answer and all {@link #earlier} ones come from the cache.
   *
   * @return true when nothing was sent; then there are no tokens and the cost is 0
   */
  public boolean cached() {
    return report.cached() && earlier.stream().allMatch(each -> each.report().cached());
  }

  /**
   * The answer as an assistant message, for the next request of a conversation.
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
   * The cost of this answer, by the prices of the {@link ModelCatalogue}. It is an estimate where
   * {@link Usage#known()} is false.
   *
   * @return US dollars; empty when the price is not known, 0 only for the embedded model
   */
  public Optional<BigDecimal> costUsd() {
    return report.spend().costUsd();
  }

  /**
   * The cost of this answer and of the {@link #earlier} ones.
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

  @Override
  public String toString() {
    return "a completion of " + respondedModel + " (" + finishReason.value() + ", " + usage + ")";
  }
}
