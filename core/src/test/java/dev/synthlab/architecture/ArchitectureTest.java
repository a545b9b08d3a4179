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
  void looksAtTheClassesOfThisModule() {
    assertThat(OURS.contain("dev.synthlab.config.Settings")).isTrue();
    assertThat(OURS.contain("dev.synthlab.architecture.ArchitectureTest")).isFalse();
  }

  @Test
  void arrowsBetweenRoomsPointUp() {
    rules.arrowsPointUp().check(OURS);
  }

  @Test
  void roomsFormNoCycle() {
    rules.noCycles().check(OURS);
  }

  @Test
  void roomsReachTheRootByGetOnly() {
    rules.onlyGetReachesTheRoot().check(OURS);
  }

  @Test
  void onlyTheTimerOfTheCallRoomSleeps() {
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
  void okHttpStaysInItsClass() {
    rules.okHttpStaysInItsClass().check(OURS);
  }

  @Test
  void nothingMakesObjectsOfBytes() {
    rules.nothingMakesObjectsOfBytes().check(OURS);
  }

  @Test
  void nobodyUsesTheHttpClientOfTheJdk() {
    rules.noHttpClientOfTheJdk().check(OURS);
  }

  @Test
  void onlyTheRootDiscoversImplementations() {
    rules.onlyTheRootDiscovers().check(OURS);
  }

  @Test
  void namesSaySomething() {
    rules.namesSaySomething().check(OURS);
  }

  @Test
  void everyPackageIsNullMarked() {
    rules.everyPackageIsNullMarked().check(OURS);
  }

  @Test
  void everyClassStandsInARoomWithRules() {
    rules.everyClassStandsInARoom().check(OURS);
  }
}
