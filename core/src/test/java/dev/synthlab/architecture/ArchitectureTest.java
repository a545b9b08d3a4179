package dev.synthlab.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
  private static final JavaClasses OURS =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.synthlab");

  private final Rules rules = new Rules("dev.synthlab");

  @Test
  void importsTheClassesOfThisModule() {
    assertThat(OURS.contain("dev.synthlab.config.Settings")).isTrue();
    assertThat(OURS.contain("dev.synthlab.architecture.ArchitectureTest")).isFalse();
  }

  @Test
  void packagesUseLowerLayersOnly() {
    rules.arrowsPointUp().check(OURS);
  }

  @Test
  void packagesHaveNoCycles() {
    rules.noCycles().check(OURS);
  }

  @Test
  void packagesUseTheRootPackageOnlyInGet() {
    rules.onlyGetReachesTheRoot().check(OURS);
  }

  @Test
  void onlyTheTimerOfCallSleeps() {
    rules.onlyTheTimerSleeps().check(OURS);
  }

  @Test
  void onlyConfigReadsTheEnvironment() {
    rules.onlyConfigReadsTheEnvironment().check(OURS);
  }

  @Test
  void oneClassStartsVirtualThreads() {
    rules.oneClassStartsVirtualThreads().check(OURS);
  }

  @Test
  void onlyTheTransportUsesOkHttp() {
    rules.okHttpStaysInItsClass().check(OURS);
  }

  @Test
  void nothingDeserializesNamedClasses() {
    rules.nothingMakesObjectsOfBytes().check(OURS);
  }

  @Test
  void nothingUsesTheHttpClientOfTheJdk() {
    rules.noHttpClientOfTheJdk().check(OURS);
  }

  @Test
  void onlyTheRootLooksUpImplementations() {
    rules.onlyTheRootDiscovers().check(OURS);
  }

  @Test
  void namesHaveNoEmptyWords() {
    rules.namesSaySomething().check(OURS);
  }

  @Test
  void namesAreNouns() {
    rules.namesAreNouns().check(OURS);
  }

  @Test
  void everyPackageIsNullMarked() {
    rules.everyPackageIsNullMarked().check(OURS);
  }

  @Test
  void everyClassIsInAKnownPackage() {
    rules.everyClassStandsInARoom().check(OURS);
  }
}
