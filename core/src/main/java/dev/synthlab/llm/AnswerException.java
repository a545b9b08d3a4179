package dev.synthlab.llm;

import dev.synthlab.error.SynthlabException;
import dev.synthlab.logging.Redactor;
import java.util.List;

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
  private final transient Completion completion;

  AnswerException(String code, String message, String partial, Completion completion) {
    super(Redactor.printableLine(Redactor.redact(message)));
    this.code = code;
    this.partial = partial;
    this.completion = completion;
  }

  /**
   * Creates the exception of a refusal, for tests.
   *
   * @param refusal the text of the refusal
   * @return the exception
   */
  public static Refused refused(String refusal) {
    return new Refused(refusal, Completion.withoutCall("", FinishReason.STOP));
  }

  /**
   * Creates the exception of a filtered answer, for tests.
   *
   * @param partial the text that the filter left
   * @return the exception
   */
  public static ContentFiltered contentFiltered(String partial) {
    return new ContentFiltered(Completion.withoutCall(partial, FinishReason.CONTENT_FILTER));
  }

  /**
   * Creates the exception of an answer that was cut off, for tests.
   *
   * @param partial the text before the limit
   * @return the exception
   */
  public static Truncated truncated(String partial) {
    return new Truncated(Completion.withoutCall(partial, FinishReason.LENGTH));
  }

  /**
   * Creates the exception of a call of a tool that was not offered, for tests.
   *
   * @param tool the name of the tool
   * @return the exception
   */
  public static UnexpectedToolCall unexpectedToolCall(String tool) {
    return new UnexpectedToolCall(tool, Completion.withoutCall("", FinishReason.TOOL_CALLS));
  }

  /**
   * Creates the exception of too many rounds of tools, for tests.
   *
   * @param rounds the number of rounds
   * @return the exception
   */
  public static ToolRoundsExceeded toolRoundsExceeded(int rounds) {
    return new ToolRoundsExceeded(rounds, Completion.withoutCall("", FinishReason.TOOL_CALLS));
  }

  /**
   * Creates the exception of an answer that does not fit its type or schema, for tests.
   *
   * @param text the answer
   * @param violations sentences
   * @return the exception
   */
  public static StructuredOutputException structuredOutput(String text, List<String> violations) {
    Completion answer = Completion.withoutCall(text, FinishReason.STOP);
    return new StructuredOutputException("JSON", List.of(answer), violations);
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
   * The text of the answer, or of the refusal.
   *
   * @return may be empty
   */
  public String partial() {
    return partial;
  }

  /**
   * The answer that came, with its tokens and report. Of a stream that has not ended, only the text
   * is known.
   *
   * @return the last answer of the call
   */
  public Completion completion() {
    return completion;
  }

  /** The model refused to answer. */
  public static final class Refused extends AnswerException {
    private static final long serialVersionUID = 1L;

    Refused(String refusal, Completion completion) {
      super("refusal", "the model refused: " + refusal, refusal, completion);
    }
  }

  /** The content filter of the provider removed the answer or a part of it. */
  public static final class ContentFiltered extends AnswerException {
    private static final long serialVersionUID = 1L;

    ContentFiltered(Completion completion) {
      super(
          "content_filter",
          "the provider's content filter stopped the answer",
          completion.text(),
          completion);
    }
  }

  /** The token limit cut off an answer that is only usable when it is complete. */
  public static final class Truncated extends AnswerException {
    private static final long serialVersionUID = 1L;

    Truncated(Completion completion) {
      super(
          "length",
          "the token limit cut the answer off; allow more tokens",
          completion.text(),
          completion);
    }
  }

  /** The model called a tool that the request did not offer. */
  public static final class UnexpectedToolCall extends AnswerException {
    private static final long serialVersionUID = 1L;

    UnexpectedToolCall(String tool, Completion completion) {
      super(
          "unasked_tool_call",
          "the model called a tool that was not offered: " + tool,
          completion.text(),
          completion);
    }
  }

  /** The model called tools in every round and did not answer. */
  public static final class ToolRoundsExceeded extends AnswerException {
    private static final long serialVersionUID = 1L;

    ToolRoundsExceeded(int rounds, Completion completion) {
      super(
          "tool_rounds",
          "the model called tools in " + rounds + " rounds and has not answered",
          completion.text(),
          completion);
    }
  }
}
