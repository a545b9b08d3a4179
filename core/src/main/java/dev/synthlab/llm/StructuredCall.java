package dev.synthlab.llm;

import dev.synthlab.call.CallException;
import dev.synthlab.call.CallResult;
import dev.synthlab.json.JsonExtractor;
import dev.synthlab.json.JsonSchema;
import dev.synthlab.logging.Logging;
import dev.synthlab.spans.Labels;
import dev.synthlab.spans.Telemetry;
import dev.synthlab.spans.Tracing;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.slf4j.Logger;

/**
 * One call whose answer must fit a type or schema. If it does not, the model gets the violations
 * and one chance to correct it. For one call.
 *
 * @param <T> what the answer is read as
 */
final class StructuredCall<T> {
  private static final Logger log = Logging.component("llm");
  private static final int ROUNDS = 2;

  private final String wanted;
  private final CompletionRequest request;
  private final Function<Object, Read<T>> reads;
  private final List<Completion> rounds = new ArrayList<>();
  private Optional<StructuredOutputException> failure = Optional.empty();

  private StructuredCall(
      String wanted, CompletionRequest request, Function<Object, Read<T>> reads) {
    this.wanted = wanted;
    this.request = request;
    this.reads = reads;
  }

  /**
   * The value of an answer, or its violations.
   *
   * @param value empty when there are violations
   * @param violations sentences
   */
  record Read<T>(Optional<T> value, List<String> violations) {}

  /** Sends one request; an answer that is not usable is not cached. */
  interface Ask {
    CallResult<Completion> result(CompletionRequest request, Predicate<String> usable);

    /** Gets the span of the whole call. */
    Telemetry telemetry();
  }

  /** A call for a Java value. */
  static <T> StructuredCall<T> typed(CompletionRequest request, AnswerType<T> type) {
    return new StructuredCall<>(
        type.name(),
        request.withFormat(new ResponseFormat.Schema(type.binding().schema())),
        type::read);
  }

  /** A call for a JSON object that fits the schema of the request, if it has one. */
  static StructuredCall<Map<String, Object>> json(CompletionRequest request) {
    Optional<JsonSchema> schema =
        request.format() instanceof ResponseFormat.Schema shape
            ? Optional.of(shape.schema())
            : Optional.empty();
    return new StructuredCall<>(
        schema.map(JsonSchema::name).orElse("JSON object"),
        schema.isPresent() ? request : request.asJson(),
        tree -> JsonAnswer.object(tree, schema));
  }

  /** Sends the request until the answer fits, at most twice. */
  TypedCompletion<T> run(Ask ask) {
    return LlmSpan.steps(ask.telemetry(), "complete " + wanted, request, () -> rounds(ask));
  }

  private TypedCompletion<T> rounds(Ask ask) {
    CompletionRequest now = request;
    while (true) {
      Completion answer = answered(result(ask, now));
      rounds.addAll(answer.earlier());
      rounds.add(answer);
      Read<T> read = read(answer.text());
      int asked = failure.isEmpty() ? 1 : ROUNDS;
      if (read.value().isPresent()) {
        Completion whole = answer.after(rounds.subList(0, rounds.size() - 1));
        return new TypedCompletion<>(read.value().get(), whole, asked);
      }
      StructuredOutputException unfit =
          new StructuredOutputException(wanted, rounds, read.violations());
      if (asked == ROUNDS) {
        throw unfit;
      }
      failure = Optional.of(unfit);
      log.info("the answer does not fit {}; the model gets one chance to correct it", wanted);
      now = again(answer.text(), read.violations());
    }
  }

  private CallResult<Completion> result(Ask ask, CompletionRequest now) {
    Predicate<String> fits = text -> read(text).value().isPresent();
    return failure.isEmpty()
        ? ask.result(now, fits)
        : Tracing.with(Labels.NONE.with(Labels.REPAIR, "true"), () -> ask.result(now, fits));
  }

  private Completion answered(CallResult<Completion> result) {
    return switch (result) {
      case CallResult.Answered<Completion> ok -> {
        Completion answer = ok.value();
        List<Completion> earlier = new ArrayList<>(rounds);
        earlier.addAll(answer.earlier());
        Completion whole = answer.after(earlier);
        Optional<AnswerException> problem =
            answer.truncated()
                ? Optional.of(new AnswerException.Truncated(whole))
                : whole.problem();
        if (problem.isPresent()) {
          failure.ifPresent(problem.get()::addSuppressed);
          throw problem.get();
        }
        yield answer;
      }
      case CallResult.Failed<Completion> failed -> throw unanswered(failed.exception());
    };
  }

  /** If the second request fails, the exception has the first answer, which is paid for. */
  private RuntimeException unanswered(CallException reason) {
    if (failure.isEmpty()) {
      return reason;
    }
    if (reason instanceof CallException.Cancelled) {
      reason.addSuppressed(failure.get());
      return reason;
    }
    failure.get().initCause(reason);
    return failure.get();
  }

  private Read<T> read(String text) {
    try {
      return parsed(text);
    } catch (StackOverflowError e) {
      String reason = "the answer cannot be read: it is nested too deeply for the stack";
      return new Read<>(Optional.empty(), List.of(reason));
    }
  }

  private Read<T> parsed(String text) {
    return switch (JsonExtractor.read(text)) {
      case JsonExtractor.Tree tree -> reads.apply(tree.value());
      case JsonExtractor.Unreadable none ->
          new Read<>(Optional.empty(), List.of("the answer is not JSON: " + none.reason()));
    };
  }

  private CompletionRequest again(String text, List<String> violations) {
    String words =
        violations.stream()
            .collect(
                Collectors.joining(
                    "\n- ",
                    "That answer cannot be used:\n- ",
                    "\nGive the whole JSON again, with this put right, and nothing else."));
    if (!request.body().containsKey("messages")) {
      return request.withTools().and(List.of(Message.assistant(text), Message.user(words)));
    }
    Map<String, Object> body = new LinkedHashMap<>(request.body());
    List<Object> messages = new ArrayList<>();
    if (body.get("messages") instanceof List<?> said) {
      messages.addAll(said);
    }
    messages.add(ChatRequestBody.object("role", "assistant", "content", text));
    messages.add(ChatRequestBody.object("role", "user", "content", words));
    body.put("messages", messages);
    return request.withBody(body).withTools();
  }
}
