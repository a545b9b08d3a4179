package dev.synthlab.rules;

import java.util.List;

/**
 * What a check found. Immutable.
 *
 * @param violations what is wrong and not known to the baseline, sorted by class
 * @param known what is wrong and known to the baseline
 * @param notChecked what could not be looked at, each with the reason; nothing is passed silently
 * @param notes what was assumed, and what became of the baseline
 * @param classes how many classes were read
 */
public record CheckReport(
    List<Violation> violations,
    List<Violation> known,
    List<String> notChecked,
    List<String> notes,
    int classes) {

  /** Copies the lists. */
  public CheckReport {
    violations = List.copyOf(violations);
    known = List.copyOf(known);
    notChecked = List.copyOf(notChecked);
    notes = List.copyOf(notes);
  }

  /**
   * Whether there is no violation beside the known ones.
   *
   * @return whether the check passes
   */
  public boolean isClean() {
    return violations.isEmpty();
  }

  /**
   * All of it in words: the violations by rule, each rule with its reason and what to do.
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
