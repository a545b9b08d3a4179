package dev.synthlab.bench.peer;

import java.time.Duration;

/**
 * What the caller of a library saw.
 *
 * @param end how it ended
 * @param type the simple class of the exception, or an empty text
 * @param message its message
 * @param text what had come of the answer, the pieces of a stream joined
 * @param kept what of the answer the exception itself carries
 * @param took from the call to its end
 * @param showsKey whether the key stands anywhere in the exception's stack trace
 */
public record Seen(
    End end,
    String type,
    String message,
    String text,
    String kept,
    Duration took,
    boolean showsKey) {

  /** How a call may end. */
  public enum End {
    /** By an answer. */
    ANSWERED,
    /** By an exception. */
    FAILED,
    /** Not at all, within the time that was granted. */
    HANGS
  }

  String line() {
    return Fields.line(
        end.name(), type, message, text, kept, took.toString(), String.valueOf(showsKey));
  }

  /**
   * Reads it back.
   *
   * @param line as the seat wrote it
   * @return the same
   */
  public static Seen of(String line) {
    String[] fields = Fields.of(line);
    return new Seen(
        End.valueOf(fields[0]),
        fields[1],
        fields[2],
        fields[3],
        fields[4],
        Duration.parse(fields[5]),
        Boolean.parseBoolean(fields[6]));
  }
}
