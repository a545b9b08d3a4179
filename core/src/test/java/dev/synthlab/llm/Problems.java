package dev.synthlab.llm;

/** Answers that are not what was asked, for the tests of rooms below. */
public final class Problems {
  private Problems() {}

  public static AnswerException refused(String text) {
    return new AnswerException.Refused(text);
  }
}
