package dev.synthlab.llm;

import dev.synthlab.call.CallReport;
import dev.synthlab.call.CallResult;
import dev.synthlab.call.Deadline;
import dev.synthlab.call.Fault;
import dev.synthlab.logging.Logging;
import dev.synthlab.logging.Redactor;
import dev.synthlab.spans.Telemetry;
import dev.synthlab.spans.Tracing;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.slf4j.Logger;

/**
 * The loop of one call with tools: runs the tool calls of an answer in parallel and sends their
 * results to the model, until it answers. For one call.
 */
final class ToolLoop {
  private static final Logger log = Logging.component("llm");

  private final Telemetry telemetry;
  private final CompletionRequest request;
  private final Deadline deadline;
  private final List<Message> said = new ArrayList<>();
  private final List<Completion> before = new ArrayList<>();

  ToolLoop(Telemetry telemetry, CompletionRequest request, Deadline deadline) {
    this.telemetry = telemetry;
    this.request = request;
    this.deadline = deadline;
  }

  /** Sends one request. */
  interface Ask {
    CallResult<Completion> result(CompletionRequest request);
  }

  /** What follows an answer. */
  sealed interface Next {
    /** The answer is the last. */
    record Answered(Completion completion) implements Next {}

    /** Tools ran, and their results are sent to the model. */
    record Asked(CompletionRequest request) implements Next {}

    /** The tools did not end in time. */
    record Failed(Fault fault) implements Next {}
  }

  /** Sends requests until the model answers without tool calls. */
  CallResult<Completion> run(Ask ask) {
    return LlmSpan.steps(telemetry, Tracing.Kind.AGENT, "tools", request, () -> rounds(ask));
  }

  private CallResult<Completion> rounds(Ask ask) {
    CompletionRequest now = request;
    while (true) {
      CallResult<Completion> result = ask.result(now);
      switch (result) {
        case CallResult.Failed<Completion> failed -> {
          return failed;
        }
        case CallResult.Answered<Completion> ok -> {
          switch (after(ok.value())) {
            case Next.Answered last -> {
              return new CallResult.Answered<>(last.completion(), ok.report());
            }
            case Next.Asked again -> now = again.request();
            case Next.Failed failed -> {
              return failed(failed.fault(), ok.report());
            }
          }
        }
      }
    }
  }

  static <T> CallResult<T> failed(Fault fault, CallReport last) {
    CallReport report = last.with(last.spend(), Optional.of(fault));
    return new CallResult.Failed<>(fault, report);
  }

  /** Runs the tool calls of an answer. */
  Next after(Completion answer) {
    Completion known = answer.after(before);
    if (answer.toolCalls().isEmpty() || answer.problem().isPresent()) {
      return new Next.Answered(known);
    }
    if (before.size() >= request.maxToolRounds()) {
      return new Next.Answered(
          known.with(new AnswerProblem.ToolRoundsExceeded(request.maxToolRounds())));
    }
    try {
      List<Part> results = results(answer.toolCalls());
      before.add(answer);
      said.add(answer.message());
      said.add(new Message(Message.Role.TOOL, results));
      return new Next.Asked(request.and(said));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Next.Failed(
          Fault.of(Fault.Kind.CANCELLED, "the call was interrupted while its tools ran"));
    } catch (TimeoutException e) {
      String words = "the deadline of the call was over while its tools ran: " + names(answer);
      return new Next.Failed(Fault.of(Fault.Kind.DEADLINE_EXCEEDED, words));
    }
  }

  private static String names(Completion answer) {
    return answer.toolCalls().stream().map(Part.ToolCall::tool).collect(Collectors.joining(", "));
  }

  private List<Part> results(List<Part.ToolCall> calls)
      throws InterruptedException, TimeoutException {
    return new ParallelTasks<>(calls.size(), calls.size(), i -> result(calls.get(i)))
        .runWithin(deadline);
  }

  private Part result(Part.ToolCall call) {
    Optional<Tool> tool =
        request.tools().stream().filter(t -> t.name().equals(call.tool())).findFirst();
    if (tool.isEmpty()) {
      String there = request.tools().stream().map(Tool::name).collect(Collectors.joining(", "));
      return new Part.ToolResult(
          call.id(), "error: there is no tool \"" + call.tool() + "\"; there are: " + there);
    }
    try {
      String told =
          telemetry.around(
              () ->
                  Tracing.tool(
                      call.tool(), call.arguments(), () -> tool.get().action().call(call)));
      return new Part.ToolResult(call.id(), told);
    } catch (Exception | StackOverflowError | AssertionError | LinkageError e) {
      // any failure of a tool is a result that the model gets
      log.warn("the tool {} failed; the model gets the message: {}", call.tool(), e.toString());
      return new Part.ToolResult(call.id(), "error: " + Redactor.redact(words(e)));
    }
  }

  private static String words(Throwable e) {
    String said = e.getMessage();
    return said == null || said.isBlank() ? e.getClass().getSimpleName() : said;
  }
}
