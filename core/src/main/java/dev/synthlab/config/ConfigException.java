package dev.synthlab.config;

import dev.synthlab.error.SynthlabException;
import java.io.Serial;
import java.util.List;
import java.util.stream.Collectors;

/** All problems of the configuration. The message has one line for each problem. */
public final class ConfigException extends SynthlabException {
  @Serial private static final long serialVersionUID = 1L;

  /** Replaces the value of a secret. */
  static final String NOT_SHOWN = "(value not shown)";

  private final transient List<Problem> problems;

  /**
   * One problem.
   *
   * @param variable the name of the variable
   * @param value its value, never that of a secret; empty if it is not set
   * @param allowed the end of a sentence that begins with the variable: what is allowed
   * @param where the origin of the value, or empty
   */
  public record Problem(String variable, String value, String allowed, String where) {
    private static final int MAX_SHOWN = 120;

    /** Makes the value safe to print. */
    public Problem {
      value = printable(value);
    }

    /**
     * A problem without an origin.
     *
     * @param variable the name of the variable
     * @param value its value, never that of a secret; empty if it is not set
     * @param allowed the end of a sentence that begins with the variable: what is allowed
     */
    public Problem(String variable, String value, String allowed) {
      this(variable, value, allowed, "");
    }

    @Override
    public String toString() {
      String shown = value.isEmpty() || value.equals(NOT_SHOWN) ? value : "\"" + value + "\"";
      String place = where.isEmpty() ? "" : "(" + where + ")";
      String subject = (variable + " " + shown).strip();
      return (subject + " " + place).strip() + ": " + allowed;
    }

    private static String printable(String value) {
      String oneLine = value.replaceAll("[\\p{Cntrl}\\p{Cf}\u0080-\u009f\u2028\u2029]", "?");
      return oneLine.length() > MAX_SHOWN ? oneLine.substring(0, cut(oneLine)) + "..." : oneLine;
    }

    /** Does not cut a secret in two, because the redactor would not find its half. */
    private static int cut(String text) {
      int end = MAX_SHOWN;
      for (String secret : Secret.known()) {
        for (int at = text.indexOf(secret);
            at >= 0 && at < end;
            at = text.indexOf(secret, at + 1)) {
          end = at + secret.length() > end ? at : end;
        }
      }
      return end;
    }
  }

  /**
   * An exception with these problems.
   *
   * @param problems at least one
   */
  public ConfigException(List<Problem> problems) {
    this(problems, List.of());
  }

  /** With warnings that may explain a problem, such as a misspelled name. */
  ConfigException(List<Problem> problems, List<String> warnings) {
    super(message(problems) + warnings.stream().map(w -> "\n  " + w).collect(Collectors.joining()));
    this.problems = List.copyOf(problems);
  }

  /**
   * The problems.
   *
   * @return in the order in which they were found
   */
  public List<Problem> problems() {
    return problems;
  }

  private static String message(List<Problem> problems) {
    if (problems.isEmpty()) {
      throw new IllegalArgumentException("a ConfigException needs at least one problem");
    }
    if (problems.size() == 1) {
      return problems.getFirst().toString();
    }
    return problems.stream()
        .map(problem -> "\n  " + problem)
        .collect(Collectors.joining("", problems.size() + " problems with the configuration:", ""));
  }
}
