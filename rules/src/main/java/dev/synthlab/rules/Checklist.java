package dev.synthlab.rules;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The checklist of the layer over the classes of a service, for a test of its build:
 *
 * <pre>{@code
 * @Test
 * void keepsTheChecklist() {
 *   Checklist.of("com.acme").withInfrastructure("com.acme.infrastructure..").check();
 * }
 * }</pre>
 *
 * Packages are named as in ArchUnit: {@code ..} stands for any number of packages, {@code *} for a
 * part of a name. Immutable; every {@code with} gives a copy. Safe for use by many threads.
 */
public final class Checklist {
  private final ClassFiles classes;
  private final Scope scope;
  private final List<Path> sources;
  private final Optional<Path> baseline;

  private Checklist(ClassFiles classes, Scope scope, List<Path> sources, Optional<Path> baseline) {
    this.classes = classes;
    this.scope = scope;
    this.sources = List.copyOf(sources);
    this.baseline = baseline;
  }

  /**
   * Over the classes below some packages, as they lie on the class path. Tests are left out: what
   * lies in {@code test-classes}, {@code classes/java/test} and the like.
   *
   * @param basePackages their names, for example {@code com.acme}
   * @return the checklist, with the packages that have a part {@code infrastructure} or {@code
   *     config} in their name taken as those of infrastructure and of configuration
   */
  public static Checklist of(String... basePackages) {
    return new Checklist(
        ClassFiles.onClassPath(List.of(basePackages)),
        Scope.defaults(),
        List.of(),
        Optional.empty());
  }

  /**
   * Over class files wherever they lie.
   *
   * @param paths jars, directories of classes, or single class files
   * @return the checklist
   * @throws IllegalArgumentException if there is no such file
   */
  public static Checklist over(List<Path> paths) {
    return new Checklist(ClassFiles.in(paths), Scope.defaults(), List.of(), Optional.empty());
  }

  /**
   * Says which packages may reach outside.
   *
   * @param packages for example {@code com.acme.infrastructure..}
   * @return a copy
   */
  public Checklist withInfrastructure(String... packages) {
    return with(scope.withInfrastructure(Packages.of(packages)));
  }

  /**
   * Says which packages, or single classes, read the environment.
   *
   * @param packages for example {@code com.acme.config..}
   * @return a copy
   */
  public Checklist withConfiguration(String... packages) {
    return with(scope.withConfiguration(Packages.of(packages)));
  }

  /**
   * Adds sources and resources, for the rules that need them. Without any, these rules are told as
   * not checked.
   *
   * @param directories for example {@code src/main/java} and {@code src/main/resources}
   * @return a copy
   * @throws IllegalArgumentException if one is no directory
   */
  public Checklist withSources(Path... directories) {
    for (Path directory : directories) {
      if (!Files.isDirectory(directory)) {
        throw new IllegalArgumentException(directory + " is no directory of sources");
      }
    }
    List<Path> all = Stream.concat(sources.stream(), Stream.of(directories)).toList();
    return new Checklist(classes, scope, all, baseline);
  }

  /**
   * Takes the violations that a file lists as known. Those that are gone are removed from the file
   * by each check, so that they cannot come back. {@link #freeze()} writes it at first.
   *
   * @param file the file, to be kept with the code
   * @return a copy
   */
  public Checklist withBaseline(Path file) {
    return new Checklist(classes, scope, sources, Optional.of(file));
  }

  /**
   * Takes classes out of one rule, for good and with a reason.
   *
   * @param rule the rule
   * @param classes a package or a class, for example {@code com.acme.jobs.Clock}
   * @param because why it does not hold there
   * @return a copy
   */
  public Checklist except(Rule rule, String classes, String because) {
    if (because.isBlank()) {
      throw new IllegalArgumentException("an exception from " + rule.id() + " needs a reason");
    }
    return with(scope.except(Objects.requireNonNull(rule), Packages.of(classes), because));
  }

  /**
   * Looks at everything.
   *
   * @return what was found
   * @throws IllegalArgumentException if there are no classes to look at, or no baseline
   * @throws java.io.UncheckedIOException if a file cannot be read
   */
  public CheckReport report() {
    Optional<Baseline> known = baseline.map(Baseline::read);
    ScanResult scan = scan();
    return known.map(each -> each.apply(scan)).orElse(scan.report());
  }

  /**
   * Looks at everything and fails if something is wrong.
   *
   * @throws AssertionError with the report in words, if there are violations
   * @throws IllegalArgumentException if there are no classes to look at, or no baseline
   * @throws java.io.UncheckedIOException if a file cannot be read
   */
  public void check() {
    CheckReport report = report();
    if (!report.isClean()) {
      throw new AssertionError("the checklist is not kept\n\n" + report.text());
    }
  }

  /**
   * Writes all that is wrong now into the baseline.
   *
   * @return what was written, as known
   * @throws IllegalStateException if no baseline is named
   * @throws java.io.UncheckedIOException if it cannot be written
   */
  public CheckReport freeze() {
    Path file =
        baseline.orElseThrow(() -> new IllegalStateException("withBaseline names the file"));
    return Baseline.write(file, scan().report());
  }

  /** The same rules over other classes. */
  Checklist over(ClassFiles other) {
    return new Checklist(other, scope, sources, Optional.empty());
  }

  private Checklist with(Scope changed) {
    return new Checklist(classes, changed, sources, baseline);
  }

  private ScanResult scan() {
    ClassScan inspection = new ClassScan(scope);
    classes.each(inspection::scan, inspection::unreadable);
    inspection.sources().read(sources);
    ScanResult scan = inspection.finish();
    if (inspection.classes() == 0) {
      List<String> unread = scan.complete() ? List.of() : scan.report().notChecked();
      throw new IllegalArgumentException(
          "there is no class in " + classes + (unread.isEmpty() ? "" : ": " + unread.getFirst()));
    }
    return scan;
  }
}
