package dev.synthlab.rules;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import java.net.URI;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The checklist as ArchUnit rules, which can be frozen by {@code FreezingArchRule} and appear in
 * ArchUnit's reports. Needs ArchUnit on the class path.
 */
public final class ArchRules {
  private ArchRules() {}

  /**
   * One ArchUnit rule for each rule that needs no sources.
   *
   * @param checklist the packages and exemptions; the classes are those that ArchUnit imported
   * @return the rules, named by their ids
   */
  public static List<ArchRule> of(Checklist checklist) {
    return Arrays.stream(Rule.values())
        .filter(rule -> rule != Rule.DOCUMENTED)
        .map(rule -> one(checklist, rule))
        .toList();
  }

  private static ArchRule one(Checklist checklist, Rule rule) {
    return ArchRuleDefinition.classes()
        .should(new ChecklistCondition(checklist, rule))
        .as(rule.id())
        .because(rule.why() + " " + rule.instead())
        .allowEmptyShould(true);
  }

  /** Checks all classes at once, since some rules concern several classes. */
  private static final class ChecklistCondition extends ArchCondition<JavaClass> {
    private final Checklist checklist;
    private final Rule rule;
    private Map<String, List<Violation>> broken = Map.of();

    ChecklistCondition(Checklist checklist, Rule rule) {
      super("keep " + rule.id());
      this.checklist = checklist;
      this.rule = rule;
    }

    @Override
    public void init(Collection<JavaClass> types) {
      List<URI> files =
          types.stream()
              .flatMap(type -> type.getSource().stream())
              .map(source -> source.getUri())
              .distinct()
              .toList();
      CheckReport report = checklist.over(ClassFiles.at(files)).report();
      broken =
          report.violations().stream()
              .filter(one -> one.rule() == rule)
              .collect(Collectors.groupingBy(Violation::className));
    }

    @Override
    public void check(JavaClass type, ConditionEvents events) {
      for (Violation one : Optional.ofNullable(broken.get(type.getName())).orElse(List.of())) {
        events.add(SimpleConditionEvent.violated(type, one.what() + " in " + one.where()));
      }
    }
  }
}
