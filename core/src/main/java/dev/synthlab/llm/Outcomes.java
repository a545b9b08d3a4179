package dev.synthlab.llm;

import dev.synthlab.call.CallException;
import dev.synthlab.call.CallResult;
import dev.synthlab.call.VirtualThreads;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/** Makes the outcomes that callers get, on the thread that gets them. */
final class Outcomes {
  private Outcomes() {}

  /** The outcome of a completion, which is rejected if it cannot be used. */
  static Outcome<Completion> ofCompletion(CallResult<Completion> result) {
    return switch (result) {
      case CallResult.Answered<Completion> ok -> ofCompletion(ok.value());
      case CallResult.Failed<Completion> failed -> failed(failed);
    };
  }

  /** The outcome of a completion that came. */
  static Outcome<Completion> ofCompletion(Completion answer) {
    Optional<AnswerException> problem = answer.problem();
    return problem.isPresent()
        ? new Outcome.Rejected<>(problem.get(), answer.report())
        : new Outcome.Answered<>(answer, answer.report());
  }

  /** The outcome of a call whose answers can always be used. */
  static <T> Outcome<T> of(CallResult<T> result) {
    return switch (result) {
      case CallResult.Answered<T> ok -> new Outcome.Answered<>(ok.value(), ok.report());
      case CallResult.Failed<T> failed -> failed(failed);
    };
  }

  /** The outcome of a structured call: its completion, value, or both. */
  static <T, R> Outcome<R> ofStructured(
      Supplier<TypedCompletion<T>> call, Function<TypedCompletion<T>, R> value) {
    try {
      TypedCompletion<T> typed = call.get();
      return new Outcome.Answered<>(value.apply(typed), typed.completion().report());
    } catch (AnswerException e) {
      return new Outcome.Rejected<>(e, e.completion().report());
    } catch (CallException e) {
      return new Outcome.Failed<>(e, e.report());
    }
  }

  /** Adds the frames of this thread to the exception of a call that another thread made. */
  static void addCallerFrames(Outcome<?> outcome) {
    switch (outcome) {
      case Outcome.Answered<?> answered -> {}
      case Outcome.Rejected<?> rejected -> VirtualThreads.withCallerFrames(rejected.exception());
      case Outcome.Failed<?> failed -> VirtualThreads.withCallerFrames(failed.exception());
    }
  }

  private static <T, R> Outcome<R> failed(CallResult.Failed<T> failed) {
    return new Outcome.Failed<>(failed.exception(), failed.report());
  }
}
