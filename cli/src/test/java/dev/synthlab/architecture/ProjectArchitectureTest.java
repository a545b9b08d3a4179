package dev.synthlab.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The rules for the classes of all modules on the class path of the command. */
class ProjectArchitectureTest {
  private static final JavaClasses OURS =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.synthlab");

  private static final Pattern JAVA_BLOCK = Pattern.compile("(?s)```java\\n(.*?)```");
  private static final Pattern TYPE = Pattern.compile("\\b[A-Z]\\w+\\b");

  static List<ArchRule> rules() {
    return new Rules("dev.synthlab").all();
  }

  @Test
  void importsEveryModule() {
    assertThat(OURS.contain("dev.synthlab.config.Settings")).isTrue();
    assertThat(OURS.contain("dev.synthlab.cli.Main")).isTrue();
    assertThat(OURS.stream().map(type -> type.getPackageName()))
        .contains("dev.synthlab.local", "dev.synthlab.trace");
  }

  @Test
  void snippetsUseNoInternalTypes() {
    JavaClasses tests =
        new ClassFileImporter()
            .withImportOption(new ImportOption.OnlyIncludeTests())
            .importPackages("dev.synthlab.cli");

    new Rules("dev.synthlab").examplesUseNoInternalTypes().allowEmptyShould(false).check(tests);
  }

  @Test
  void javaBlocksOfTheDocumentationUseNoInternalTypes() throws IOException {
    Map<Boolean, Set<String>> names =
        OURS.stream()
            .filter(type -> type.isTopLevelClass())
            .collect(
                Collectors.partitioningBy(
                    type -> type.isAnnotatedWith("dev.synthlab.Internal"),
                    Collectors.mapping(JavaClass::getSimpleName, Collectors.toSet())));
    Set<String> internal = new TreeSet<>(names.get(true));
    internal.removeAll(names.get(false));

    assertThat(typesInJavaBlocks()).isNotEmpty().doesNotContainAnyElementsOf(internal);
  }

  private static Set<String> typesInJavaBlocks() throws IOException {
    Path root = Path.of("..").toAbsolutePath().normalize();
    Set<String> types = new TreeSet<>();
    try (Stream<Path> pages = Files.list(root.resolve("docs"))) {
      Stream<Path> all = Stream.concat(Stream.of(root.resolve("README.md")), pages);
      for (Path page : all.filter(each -> each.toString().endsWith(".md")).toList()) {
        JAVA_BLOCK
            .matcher(Files.readString(page))
            .results()
            .flatMap(block -> TYPE.matcher(block.group(1)).results())
            .forEach(type -> types.add(type.group()));
      }
    }
    return types;
  }

  @ParameterizedTest
  @MethodSource("rules")
  void holdsInAllModules(ArchRule rule) {
    rule.check(OURS);
  }
}
