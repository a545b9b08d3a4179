package dev.synthlab.llm;

import dev.synthlab.call.CallReport;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The answers of a model do not fit the type or schema, also after the model got a chance to
 * correct the first one. Has all answers and the violations of the last one.
 */
public final class StructuredOutputException extends AnswerException {
  private static final long serialVersionUID = 1L;
  private static final int SHOWN = 5;

  private final transient List<Completion> rounds;
  private final transient List<String> violations;

  StructuredOutputException(String wanted, List<Completion> rounds, List<String> violations) {
    super(
        "structured_output",
        message(wanted, rounds, violations),
        rounds.getLast().text(),
        rounds.getLast().after(rounds.subList(0, rounds.size() - 1)));
    this.rounds = List.copyOf(rounds);
    this.violations = List.copyOf(violations);
  }

  /** For a stream that was not read to its end. */
  StructuredOutputException(
      String wanted, String text, List<String> violations, Completion completion) {
    super("structured_output", message(wanted, List.of(), violations), text, completion);
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
   * The text of the last answer, as the model wrote it.
   *
   * @return any text
   */
  public String rawText() {
    return partial();
  }

  /**
   * Every answer of the call, each with its text, tokens and report.
   *
   * @return the answers, oldest first; empty for a stream
   */
  public List<Completion> rounds() {
    return rounds;
  }

  /**
   * The violations of the last answer.
   *
   * @return sentences; if the answer is JSON, each begins with a path, for example {@code
   *     $.people[2].age}
   */
  public List<String> violations() {
    return violations;
  }

  /**
   * The report of each round.
   *
   * @return oldest first
   */
  public List<CallReport> reports() {
    return rounds.stream().map(Completion::report).toList();
  }

  /**
   * The tokens of all rounds.
   *
   * @return the sum; known if the tokens of every round are
   */
  public Usage totalUsage() {
    return rounds.stream().map(Completion::usage).reduce(Usage::plus).orElse(Usage.UNKNOWN);
  }
}
