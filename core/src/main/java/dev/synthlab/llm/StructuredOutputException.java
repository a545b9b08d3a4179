package dev.synthlab.llm;

import dev.synthlab.call.CallReport;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A model answered, and was asked again, but the answer has not the form that was asked for. All
 * that it said is kept, and what was wrong with it.
 */
public final class StructuredOutputException extends AnswerException {
  private static final long serialVersionUID = 1L;
  private static final int SHOWN = 5;

  private final transient List<Completion> rounds;
  private final transient List<String> violations;

  StructuredOutputException(String wanted, List<Completion> rounds, List<String> violations) {
    super("structured_output", message(wanted, rounds, violations), rounds.getLast().text());
    this.rounds = List.copyOf(rounds);
    this.violations = List.copyOf(violations);
  }

  /** Of a stream, whose answer was not awaited to its end. */
  StructuredOutputException(String wanted, String text, List<String> violations) {
    super("structured_output", message(wanted, List.of(), violations), text);
    this.rounds = List.of();
    this.violations = List.copyOf(violations);
  }

  private static String message(String wanted, List<Completion> rounds, List<String> violations) {
    String what = violations.stream().limit(SHOWN).collect(Collectors.joining("; "));
    String more = violations.size() > SHOWN ? "; and " + (violations.size() - SHOWN) + " more" : "";
    String often = rounds.size() <= 1 ? "the answer" : "the answer of round " + rounds.size();
    return often + " is not the " + wanted + " that was asked for: " + what + more;
  }

  /**
   * The last text, as the model wrote it.
   *
   * @return may hold anything
   */
  public String rawText() {
    return partial();
  }

  /**
   * Every answer of the call, each with its text, tokens and report.
   *
   * @return oldest first; empty when an element of a stream did not fit
   */
  public List<Completion> rounds() {
    return rounds;
  }

  /**
   * What was wrong with the last answer.
   *
   * @return sentences; where it was JSON, each begins with the path of the part, as {@code
   *     $.people[2].age}
   */
  public List<String> violations() {
    return violations;
  }

  /**
   * How each round went.
   *
   * @return oldest first
   */
  public List<CallReport> reports() {
    return rounds.stream().map(Completion::report).toList();
  }

  /**
   * The tokens of all rounds.
   *
   * @return known if those of every round are
   */
  public Usage totalUsage() {
    return rounds.stream().map(Completion::usage).reduce(Usage::plus).orElse(Usage.UNKNOWN);
  }
}
