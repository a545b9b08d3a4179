package dev.synthlab.llm;

import dev.synthlab.error.SynthlabException;
import dev.synthlab.logging.Redactor;

/** The model answered, but the answer cannot be used. It is paid for; its text is kept. */
public abstract sealed class AnswerException extends SynthlabException
    permits AnswerException.Refused,
        AnswerException.ContentFiltered,
        AnswerException.Truncated,
        AnswerException.UnexpectedToolCall,
        AnswerException.ToolRoundsExceeded,
        StructuredOutputException {
  private static final long serialVersionUID = 1L;

  private final transient String code;
  private final transient String partial;

  AnswerException(String code, String message, String partial) {
    super(Redactor.printableLine(Redactor.redact(message)));
    this.code = code;
    this.partial = partial;
  }

  /**
   * The code of the problem in records and reports.
   *
   * @return a word in lower case, with underscores
   */
  public String code() {
    return code;
  }

  /**
   * The text of the answer.
   *
   * @return may be empty
   */
  public String partial() {
    return partial;
  }

  /** The model refused to answer. */
  public static final class Refused extends AnswerException {
    private static final long serialVersionUID = 1L;

    Refused(String refusal) {
      super("refusal", "the model refused: " + refusal, refusal);
    }
  }

  /** The content filter of the provider removed the answer or a part of it. */
  public static final class ContentFiltered extends AnswerException {
    private static final long serialVersionUID = 1L;

    ContentFiltered(String partial) {
      super("content_filter", "the provider's content filter stopped the answer", partial);
    }
  }

  /** The token limit cut off an answer that is only usable when it is complete. */
  public static final class Truncated extends AnswerException {
    private static final long serialVersionUID = 1L;

    Truncated(String partial) {
      super("length", "the token limit cut the answer off; allow more tokens", partial);
    }
  }

  /** The model called a tool that the request did not offer. */
  public static final class UnexpectedToolCall extends AnswerException {
    private static final long serialVersionUID = 1L;

    UnexpectedToolCall(String tool, String partial) {
      super("unasked_tool_call", "the model called a tool that was not offered: " + tool, partial);
    }
  }

  /** The model called tools in every round and did not answer. */
  public static final class ToolRoundsExceeded extends AnswerException {
    private static final long serialVersionUID = 1L;

    ToolRoundsExceeded(int rounds, String partial) {
      super(
          "tool_rounds",
          "the model called tools in " + rounds + " rounds and has not answered",
          partial);
    }
  }
}
