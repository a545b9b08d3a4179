package dev.synthlab.llm;

import java.util.List;

/** Answers that are not what was asked, for the tests of rooms below. */
public final class Problems {
  private Problems() {}

  public static AnswerException refused(String text) {
    return new AnswerException.Refused(text);
  }

  /** One of each kind, with the text so far. */
  public static List<AnswerException> ofEveryKind(String partial) {
    return List.of(
        refused(partial),
        new AnswerException.ContentFiltered(partial),
        new AnswerException.Truncated(partial),
        new AnswerException.UnaskedToolCall("weather", partial),
        new AnswerException.TooManyRounds(3, partial));
  }
}
