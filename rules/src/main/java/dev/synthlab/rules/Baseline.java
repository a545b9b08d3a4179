package dev.synthlab.rules;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A file of known violations. A line has the rule, class, member and text of a violation, but no
 * line number; two equal violations are two lines.
 */
final class Baseline {
  private static final List<String> HEAD =
      List.of(
          "# Known violations of the synthlab rules. Each check removes those that are fixed; new"
              + " ones",
          "# are added only by freezing again.");

  private final Path file;
  private final List<String> lines;

  private Baseline(Path file, List<String> lines) {
    this.file = file;
    this.lines = lines;
  }

  static Baseline read(Path file) {
    if (!Files.exists(file)) {
      throw new IllegalArgumentException(
          file + " does not exist: create it with freeze(), or synthlab check --freeze");
    }
    try {
      List<String> lines =
          Files.readAllLines(file).stream()
              .filter(line -> !line.isBlank() && !line.startsWith("#"))
              .toList();
      for (String line : lines) {
        if (line.split("\t", -1).length != 4) {
          throw new IllegalArgumentException(file + " is no baseline: " + line);
        }
      }
      return new Baseline(file, lines);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    }
  }

  static CheckReport write(Path file, CheckReport report) {
    List<String> keys = report.violations().stream().map(Violation::key).sorted().toList();
    write(file, keys);
    List<String> notes = new ArrayList<>(report.notes());
    notes.add(keys.size() + " violations are frozen in " + file);
    return new CheckReport(
        List.of(), report.violations(), report.notChecked(), notes, report.classes());
  }

  private static void write(Path file, List<String> keys) {
    List<String> all = new ArrayList<>(HEAD);
    all.addAll(keys);
    Path written = file.resolveSibling(file.getFileName() + ".part");
    try {
      Files.deleteIfExists(written);
      Files.write(written, all, StandardOpenOption.CREATE_NEW); // does not follow a link
      Files.move(written, file, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file, e);
    }
  }

  /** Moves known violations of a report to {@code known}, and removes fixed ones from the file. */
  CheckReport apply(ScanResult scan) {
    CheckReport report = scan.report();
    Map<String, Integer> left = new HashMap<>();
    lines.forEach(line -> left.merge(line, 1, Integer::sum));
    List<Violation> fresh = new ArrayList<>();
    List<Violation> known = new ArrayList<>();
    for (Violation violation : report.violations()) {
      boolean old = left.getOrDefault(violation.key(), 0) > 0;
      if (old) {
        left.merge(violation.key(), -1, Integer::sum);
      }
      (old ? known : fresh).add(violation);
    }
    List<String> notes = new ArrayList<>(report.notes());
    shrink(scan, known, left).ifPresent(notes::add);
    return new CheckReport(fresh, known, report.notChecked(), notes, report.classes());
  }

  /** Removes fixed violations from the file; what was not checked is kept. */
  private Optional<String> shrink(
      ScanResult scan, List<Violation> known, Map<String, Integer> left) {
    List<String> kept = new ArrayList<>(known.stream().map(Violation::key).toList());
    int gone = 0;
    for (Map.Entry<String, Integer> entry : left.entrySet()) {
      boolean looked =
          scan.complete()
              && scan.unchecked().stream()
                  .noneMatch(rule -> entry.getKey().startsWith(rule.id() + "\t"));
      for (int i = 0; i < entry.getValue(); i++) {
        if (looked) {
          gone++;
        } else {
          kept.add(entry.getKey());
        }
      }
    }
    if (gone == 0) {
      return Optional.empty();
    }
    if (!Files.isWritable(file)) {
      return Optional.of(gone + " known violations are gone; " + file + " is read-only");
    }
    kept.sort(null);
    write(file, kept);
    return Optional.of(gone + " known violations are gone and no longer allowed: see " + file);
  }
}
