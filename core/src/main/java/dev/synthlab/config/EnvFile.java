package dev.synthlab.config;

import dev.synthlab.config.ConfigException.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A file of variables, read line by line. What cannot be read is a problem, never a guess. */
final class EnvFile {
  private static final long LARGEST = 1 << 20;
  private static final Pattern ASSIGNMENT =
      Pattern.compile("(?:export\\s+)?([A-Za-z_][A-Za-z0-9_.]*)\\s*=(.*)", Pattern.DOTALL);
  private static final Pattern DOUBLE_QUOTED = Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*+)\"(.*)");
  private static final Pattern SINGLE_QUOTED = Pattern.compile("'([^']*+)'(.*)");

  private final Path path;
  private final boolean named;
  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private final List<Problem> problems = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();

  /** A value and the line it stands on. */
  record Entry(String value, int line) {}

  private EnvFile(Path path, boolean named) {
    this.path = path;
    this.named = named;
  }

  /** No file. */
  static EnvFile none() {
    return new EnvFile(Path.of(".env"), false);
  }

  /** The file that is there without being asked for, or none. */
  static EnvFile beneath(Path directory) {
    EnvFile file = new EnvFile(directory.resolve(".env"), false);
    if (Files.exists(file.path)) {
      file.read();
    }
    return file;
  }

  /** A file that was asked for by name. */
  static EnvFile named(Path path) {
    EnvFile file = new EnvFile(path, true);
    file.read();
    return file;
  }

  Path path() {
    return path;
  }

  /** Whether somebody asked for this file by name. */
  boolean named() {
    return named;
  }

  Map<String, Entry> entries() {
    return entries;
  }

  List<Problem> problems() {
    return problems;
  }

  List<String> warnings() {
    return warnings;
  }

  private void read() {
    try {
      if (!Files.exists(path)) {
        refuse("", "no such file");
      } else if (!Files.isRegularFile(path)) {
        refuse("", "must be a file that can be read; this is " + kindOf(path));
      } else if (Files.size(path) > LARGEST) {
        refuse("", "must be at most 1 MiB of NAME=value lines");
      } else {
        text().ifPresent(this::lines);
        warnWhenOthersMayRead();
      }
    } catch (IOException e) {
      refuse("", "cannot be read (" + e.getClass().getSimpleName() + ")");
    }
  }

  private static String kindOf(Path path) {
    return Files.isDirectory(path) ? "a directory" : "no ordinary file";
  }

  private Optional<String> text() throws IOException {
    try {
      return Optional.of(Utf8.read(path, IllegalArgumentException::new));
    } catch (IllegalArgumentException e) {
      refuse("", "must be UTF-8 text, and it " + e.getMessage());
      return Optional.empty();
    }
  }

  private void lines(String text) {
    int number = 0;
    for (String line : text.split("\r?\n", -1)) {
      number++;
      String content = line.strip();
      if (!content.isEmpty() && !content.startsWith("#")) {
        line(content, number);
      }
    }
  }

  private void line(String content, int number) {
    Matcher assignment = ASSIGNMENT.matcher(content);
    if (!assignment.matches()) {
      refuse("line " + number, "must be NAME=value, a comment (#) or empty");
      return;
    }
    String name = assignment.group(1);
    Optional<String> value = value(assignment.group(2).strip());
    if (value.isEmpty()) {
      refuse("line " + number, name + " has a quote that is not closed, or text after the quote");
      return;
    }
    Entry before = entries.put(name, new Entry(value.get(), number));
    if (before != null && !before.value().equals(value.get())) {
      warnings.add(
          "%s sets %s on line %d and again on line %d: the latter holds"
              .formatted(path.getFileName(), name, before.line(), number));
    }
  }

  /** Empty if a quote is not closed. */
  private static Optional<String> value(String raw) {
    if (raw.startsWith("\"")) {
      return quoted(DOUBLE_QUOTED.matcher(raw)).map(EnvFile::unescaped);
    }
    if (raw.startsWith("'")) {
      return quoted(SINGLE_QUOTED.matcher(raw));
    }
    if (raw.startsWith("#")) {
      return Optional.of("");
    }
    return Optional.of(raw.replaceFirst("\\s+#.*", ""));
  }

  private static Optional<String> quoted(Matcher matcher) {
    if (!matcher.matches()) {
      return Optional.empty();
    }
    String after = matcher.group(2).strip();
    return after.isEmpty() || after.startsWith("#")
        ? Optional.of(matcher.group(1))
        : Optional.empty();
  }

  private static String unescaped(String inner) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < inner.length(); i++) {
      char c = inner.charAt(i);
      if (c != '\\') {
        out.append(c);
        continue;
      }
      char next = inner.charAt(++i);
      switch (next) {
        case 'n' -> out.append('\n');
        case 'r' -> out.append('\r');
        case 't' -> out.append('\t');
        case '"', '\\', '$', '\'' -> out.append(next);
        default -> out.append('\\').append(next);
      }
    }
    return out.toString();
  }

  private void warnWhenOthersMayRead() throws IOException {
    try {
      Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(path);
      if (permissions.contains(PosixFilePermission.GROUP_READ)
          || permissions.contains(PosixFilePermission.OTHERS_READ)) {
        warnings.add(
            "%s can be read by other users (%s): chmod 600 %s"
                .formatted(path, PosixFilePermissions.toString(permissions), path));
      }
    } catch (UnsupportedOperationException e) {
      // A file system without such permissions has nothing to warn about.
    }
  }

  private void refuse(String where, String allowed) {
    problems.add(new Problem(path.toString(), "", allowed, where));
  }
}
