package dev.synthlab.rules;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The violations found so far. For one thread. */
final class Violations {
  private static final Comparator<Violation> ORDER =
      Comparator.comparing(Violation::className)
          .thenComparingInt(one -> one.line().orElse(0))
          .thenComparing(Violation::rule)
          .thenComparing(Violation::member)
          .thenComparing(Violation::what);

  private final Scope scope;
  private final Set<Violation> all = new LinkedHashSet<>();
  private final Map<Violation, String> targets = new HashMap<>();
  private final Set<String> classes = new HashSet<>();

  Violations(Scope scope) {
    this.scope = scope;
  }

  void addClass(String internalName) {
    classes.add(internalName);
  }

  int classes() {
    return classes.size();
  }

  void add(Violation violation) {
    if (!scope.exempts(violation)) {
      all.add(violation);
    }
  }

  /** Adds a violation that does not count if the used class (internal name) is itself checked. */
  void add(Violation violation, String target) {
    if (!scope.exempts(violation) && all.add(violation)) {
      targets.put(violation, target);
    }
  }

  List<Violation> sorted() {
    List<Violation> kept = new ArrayList<>();
    for (Violation one : all) {
      if (!Optional.ofNullable(targets.get(one)).map(classes::contains).orElse(false)) {
        kept.add(one);
      }
    }
    kept.sort(ORDER);
    return kept;
  }
}
