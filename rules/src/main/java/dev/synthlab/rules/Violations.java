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

/** What was found so far. Not safe for use by several threads. */
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

  /**
   * What only counts if the class that is used, by its internal name, is not one of those checked.
   */
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
