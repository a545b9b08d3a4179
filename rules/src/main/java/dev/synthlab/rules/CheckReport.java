package dev.synthlab.rules;

import java.util.List;

/** The result of a check. Immutable. */
public final class CheckReport {
  private final List<Violation> violations;
  private final List<Violation> known;
  private final List<String> notChecked;
  private final List<String> notes;
  private final int classes;

  CheckReport(
      List<Violation> violations,
      List<Violation> known,
      List<String> notChecked,
      List<String> notes,
      int classes) {
    this.violations = List.copyOf(violations);
    this.known = List.copyOf(known);
    this.notChecked = List.copyOf(notChecked);
    this.notes = List.copyOf(notes);
    this.classes = classes;
  }

  /**
   * The violations that are not in the baseline.
   *
   * @return sorted by class
   */
  public List<Violation> violations() {
    return violations;
  }

  /**
   * The violations that are in the baseline.
   *
   * @return sorted by class
   */
  public List<Violation> known() {
    return known;
  }

  /**
   * What could not be checked.
   *
   * @return each with the reason
   */
  public List<String> notChecked() {
    return notChecked;
  }

  /**
   * Assumptions of the check, and changes of the baseline.
   *
   * @return one sentence each
   */
  public List<String> notes() {
    return notes;
  }

  /**
   * The number of checked classes.
   *
   * @return at least 1
   */
  public int classes() {
    return classes;
  }

  /**
   * Whether there are no violations other than known ones.
   *
   * @return whether the check passes
   */
  public boolean isClean() {
    return violations.isEmpty();
  }

  /**
   * The report as text: the violations by rule, each rule with its reason and what to do.
   *
   * @return several lines
   */
  public String text() {
    StringBuilder out = new StringBuilder();
    for (Rule rule : Rule.values()) {
      List<Violation> broken = violations.stream().filter(one -> one.rule() == rule).toList();
      if (!broken.isEmpty()) {
        out.append(rule.id()).append(" (").append(broken.size()).append(")\n");
        broken.forEach(
            one ->
                out.append("  ").append(one.where()).append(": ").append(one.what()).append('\n'));
        out.append("  why: ").append(rule.why()).append('\n');
        out.append("  do:  ").append(rule.instead()).append("\n\n");
      }
    }
    notChecked.forEach(one -> out.append("not checked: ").append(one).append('\n'));
    notes.forEach(one -> out.append("note: ").append(one).append('\n'));
    return out.append(summary()).append('\n').toString();
  }

  private String summary() {
    String old = known.isEmpty() ? "" : ", " + known.size() + " known to the baseline";
    return classes + " classes checked: " + violations.size() + " violations" + old;
  }
}
