package dev.synthlab.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Each rule fails on the classes planted against it, and on no others. */
class PlantedViolationsTest {
  private static final String BASE = "dev.synthlab.architecture.planted";
  private static final Pattern PLANTED = Pattern.compile(BASE + "\\.([a-z]+\\.[A-Z]\\w*)");
  private static final JavaClasses CLASSES = new ClassFileImporter().importPackages(BASE);

  private final Rules rules = new Rules(BASE);

  @Test
  void aUseOfAHigherLayerIsFound() {
    assertThat(culprits(rules.arrowsPointUp())).containsExactly("http.KnowsModels");
  }

  @Test
  void aCycleIsFound() {
    assertThat(report(rules.noCycles())).contains("Cycle detected", "Slice http", "Slice llm");
  }

  @Test
  void aUseOfTheRootOutsideOfGetIsFound() {
    assertThat(culprits(rules.onlyGetReachesTheRoot())).containsExactly("llm.AsksTheRoot");
  }

  @Test
  void everyWayToSleepIsFound() {
    assertThat(culprits(rules.onlyTheTimerSleeps())).containsExactly("call.Sleeps");
    assertThat(violations(rules.onlyTheTimerSleeps())).hasSize(3);
  }

  @Test
  void everyReadOfTheEnvironmentIsFound() {
    assertThat(culprits(rules.onlyConfigReadsTheEnvironment()))
        .containsExactly("llm.ReadsTheEnvironment");
    assertThat(violations(rules.onlyConfigReadsTheEnvironment())).hasSize(3);
  }

  @Test
  void everyStartOfAVirtualThreadIsFound() {
    assertThat(culprits(rules.oneClassStartsVirtualThreads()))
        .containsExactly("batch.StartsThreads");
    assertThat(violations(rules.oneClassStartsVirtualThreads())).hasSize(3);
  }

  @Test
  void everyStartOfAProgramIsFound() {
    assertThat(culprits(rules.oneClassStartsPrograms())).containsExactly("batch.StartsPrograms");
    assertThat(violations(rules.oneClassStartsPrograms())).hasSize(2);
  }

  @Test
  void anOkHttpTypeInASignatureIsFound() {
    assertThat(culprits(rules.okHttpStaysInItsClass())).containsExactly("http.UsesOkHttp");
  }

  @Test
  void theHttpClientOfTheJdkIsFound() {
    assertThat(culprits(rules.noHttpClientOfTheJdk())).containsExactly("http.UsesTheJdk");
    assertThat(report(rules.noHttpClientOfTheJdk())).contains("newHttpClient", "openStream");
  }

  @Test
  void everyWayToDeserializeObjectsIsFound() {
    assertThat(culprits(rules.nothingMakesObjectsOfBytes())).containsExactly("http.ReadsObjects");
    assertThat(report(rules.nothingMakesObjectsOfBytes()))
        .contains("ObjectInputStream", "activateDefaultTyping");
  }

  @Test
  void aLookupBelowTheRootIsFound() {
    assertThat(culprits(rules.onlyTheRootDiscovers())).containsExactly("batch.Discovers");
  }

  @Test
  void namesWithEmptyWordsAreFound() {
    assertThat(culprits(rules.namesSaySomething()))
        .containsExactlyInAnyOrder(
            "batch.PromptHelper",
            "batch.WindowManager",
            "batch.AbstractReader",
            "batch.ReaderImpl");
  }

  @Test
  void namesThatAreNoNounsAreFound() {
    assertThat(culprits(rules.namesAreNouns())).containsExactly("batch.Together");
  }

  @Test
  void anExampleThatUsesAnInternalTypeIsFound() {
    assertThat(culprits(rules.examplesUseNoInternalTypes())).containsExactly("call.ExampleSnippet");
  }

  @Test
  void aPackageThatIsNotNullMarkedIsFound() {
    assertThat(culprits(rules.everyPackageIsNullMarked())).containsExactly("unmarked.Unmarked");
  }

  @Test
  void aClassInAnUnknownPackageIsFound() {
    assertThat(culprits(rules.everyClassStandsInARoom())).containsExactly("unmarked.Unmarked");
  }

  private static Set<String> violations(ArchRule rule) {
    return Set.copyOf(rule.evaluate(CLASSES).getFailureReport().getDetails());
  }

  private static String report(ArchRule rule) {
    return String.join("\n", violations(rule));
  }

  /** The planted class that is named first in each violation. */
  private static Set<String> culprits(ArchRule rule) {
    return violations(rule).stream()
        .flatMap(violation -> PLANTED.matcher(violation).results().limit(1))
        .map((MatchResult match) -> match.group(1))
        .collect(Collectors.toSet());
  }
}
