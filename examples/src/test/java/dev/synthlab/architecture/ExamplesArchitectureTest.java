package dev.synthlab.architecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The rule for the classes of the examples. */
class ExamplesArchitectureTest {
  private static final JavaClasses EXAMPLES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.synthlab.examples");

  @Test
  void useNoInternalTypes() {
    new Rules("dev.synthlab").examplesUseNoInternalTypes().allowEmptyShould(false).check(EXAMPLES);
  }
}
