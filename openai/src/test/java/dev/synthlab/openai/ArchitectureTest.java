package dev.synthlab.openai;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import dev.synthlab.architecture.Rules;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The architecture rules for this module, which is not on the class path of the command. */
class ArchitectureTest {
  private static final JavaClasses OURS =
      new ClassFileImporter()
          .importUrl(SynthlabOpenAi.class.getProtectionDomain().getCodeSource().getLocation());

  static List<ArchRule> rules() {
    return new Rules("dev.synthlab").all();
  }

  @ParameterizedTest
  @MethodSource("rules")
  void holdsInThisModule(ArchRule rule) {
    rule.check(OURS);
  }

  @Test
  void hasOnePublicType() {
    assertThat(OURS.stream().filter(type -> type.getModifiers().contains(JavaModifier.PUBLIC)))
        .extracting(type -> type.getSimpleName())
        .containsExactly("SynthlabOpenAi");
  }
}
