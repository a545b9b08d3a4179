package dev.synthlab.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The rules over all modules at once, as they lie on the command's class path. */
class ProjectArchitectureTest {
  private static final JavaClasses OURS =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.synthlab");

  static List<ArchRule> rules() {
    return new Rules("dev.synthlab").all();
  }

  @Test
  void looksAtEveryModule() {
    assertThat(OURS.contain("dev.synthlab.config.Settings")).isTrue();
    assertThat(OURS.contain("dev.synthlab.cli.Main")).isTrue();
    assertThat(OURS.stream().map(type -> type.getPackageName()))
        .contains("dev.synthlab.local", "dev.synthlab.trace");
  }

  @ParameterizedTest
  @MethodSource("rules")
  void holdsInAllModulesTogether(ArchRule rule) {
    rule.check(OURS);
  }
}
