package dev.synthlab.rules;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The checklist: checks the classes of a service against the {@link Rule}s, in a test of its build:
 *
 * <pre>{@code
 * @Test
 * void followsTheSynthlabRules() {
 *   Checklist.of("com.acme").withInfrastructure("com.acme.infrastructure..").check();
 * }
 * }</pre>
 *
 * Package patterns are those of ArchUnit: {@code ..} matches any number of packages, {@code *} a
 * part of a name. Immutable; every {@code with} method returns a copy. Safe for use by many
 * threads.
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
   * A checklist of the classes of some packages on the class path. Test classes ({@code
   * test-classes}, {@code classes/java/test} and similar directories) are excluded.
   *
   * @param basePackages for example {@code com.acme}
   * @return the checklist; by default packages with {@code infrastructure} or {@code config} in
   *     their name are the infrastructure and configuration packages
   */
  public static Checklist of(String... basePackages) {
    return new Checklist(
        ClassFiles.onClassPath(List.of(basePackages)),
        Scope.defaults(),
        List.of(),
        Optional.empty());
  }

  /**
   * A checklist of class files.
   *
   * @param paths jars, directories of classes, or single class files
   * @return the checklist
   * @throws IllegalArgumentException if there is no such file
   */
  public static Checklist over(List<Path> paths) {
    return new Checklist(ClassFiles.in(paths), Scope.defaults(), List.of(), Optional.empty());
  }

  /**
   * A copy with these packages as infrastructure packages, which may call external systems.
   *
   * @param packages for example {@code com.acme.infrastructure..}
   * @return a copy
   */
  public Checklist withInfrastructure(String... packages) {
    return with(scope.withInfrastructure(Packages.of(packages)));
  }

  /**
   * A copy with these packages or classes as configuration, which may read the environment.
   *
   * @param packages for example {@code com.acme.config..}
   * @return a copy
   */
  public Checklist withConfiguration(String... packages) {
    return with(scope.withConfiguration(Packages.of(packages)));
  }

  /**
   * A copy that also checks sources and resources. Without them, the rules that need them are
   * reported as not checked.
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
   * A copy with a baseline of known violations, which do not fail a check. Each check removes fixed
   * violations from the file. {@link #freeze()} creates it.
   *
   * @param file the baseline, which belongs into version control
   * @return a copy
   */
  public Checklist withBaseline(Path file) {
    return new Checklist(classes, scope, sources, Optional.of(file));
  }

  /**
   * A copy that exempts classes from one rule.
   *
   * @param rule the rule
   * @param classes a package or a class, for example {@code com.acme.jobs.Clock}
   * @param because the reason
   * @return a copy
   */
  public Checklist except(Rule rule, String classes, String because) {
    if (because.isBlank()) {
      throw new IllegalArgumentException("an exception from " + rule.id() + " needs a reason");
    }
    return with(scope.except(Objects.requireNonNull(rule), Packages.of(classes), because));
  }

  /**
   * Checks all classes.
   *
   * @return the violations
   * @throws IllegalArgumentException if there are no classes, or no baseline file
   * @throws java.io.UncheckedIOException if a file cannot be read
   */
  public CheckReport report() {
    Optional<Baseline> known = baseline.map(Baseline::read);
    ScanResult scan = scan();
    return known.map(each -> each.apply(scan)).orElse(scan.report());
  }

  /**
   * Checks all classes and fails if there are violations.
   *
   * @throws AssertionError with the text of the report, if there are violations
   * @throws IllegalArgumentException if there are no classes, or no baseline file
   * @throws java.io.UncheckedIOException if a file cannot be read
   */
  public void check() {
    CheckReport report = report();
    if (!report.isClean()) {
      throw new AssertionError("the checklist is not kept\n\n" + report.text());
    }
  }

  /**
   * Writes all current violations into the baseline.
   *
   * @return a report with these violations as known
   * @throws IllegalStateException if no baseline is named
   * @throws java.io.UncheckedIOException if it cannot be written
   */
  public CheckReport freeze() {
    Path file =
        baseline.orElseThrow(() -> new IllegalStateException("call withBaseline(file) first"));
    return Baseline.write(file, scan().report());
  }

  /** The same rules for other classes. */
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
