package dev.synthlab.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.EvaluationResult;
import java.util.List;
import org.junit.jupiter.api.Test;

class ArchRulesTest {
  private static final List<ArchRule> RULES = ArchRules.of(Checklist.of("planted"));

  private static JavaClasses imported(String service) {
    return new ClassFileImporter().importPath(ChecklistTest.CLASSES.resolve(service));
  }

  @Test
  void findsTheViolationsOfTheChecklist() {
    JavaClasses planted = imported("planted");

    int found = 0;
    for (ArchRule rule : RULES) {
      EvaluationResult result = rule.evaluate(planted);
      assertThat(result.hasViolation()).as(rule.getDescription()).isTrue();
      found += result.getFailureReport().getDetails().size();
    }

    assertThat(found).isEqualTo(ChecklistTest.planted().report().violations().size());
  }

  @Test
  void passesTheRepairedService() {
    JavaClasses repaired = imported("repaired");

    for (ArchRule rule : RULES) {
      assertThatCode(() -> rule.check(repaired)).doesNotThrowAnyException();
    }
  }
}
