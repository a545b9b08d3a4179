package dev.synthlab.llm;

/** The reason why an answer cannot be used. Its exception is made where it is thrown. */
sealed interface AnswerProblem {

  /** The model refused to answer. */
  record Refused(String refusal) implements AnswerProblem {}

  /** The content filter of the provider removed the answer or a part of it. */
  record ContentFiltered() implements AnswerProblem {}

  /** The token limit cut off an answer that is only usable when it is complete. */
  record Truncated() implements AnswerProblem {}

  /** The model called tools that the request did not offer. */
  record UnexpectedToolCall(String tools) implements AnswerProblem {}

  /** The model called tools in every round and did not answer. */
  record ToolRoundsExceeded(int rounds) implements AnswerProblem {}

  /** A new exception about an answer. */
  default AnswerException exception(Completion answer) {
    return switch (this) {
      case Refused refused -> new AnswerException.Refused(refused.refusal(), answer);
      case ContentFiltered filtered -> new AnswerException.ContentFiltered(answer);
      case Truncated truncated -> new AnswerException.Truncated(answer);
      case UnexpectedToolCall call -> new AnswerException.UnexpectedToolCall(call.tools(), answer);
      case ToolRoundsExceeded exceeded ->
          new AnswerException.ToolRoundsExceeded(exceeded.rounds(), answer);
    };
  }
}
