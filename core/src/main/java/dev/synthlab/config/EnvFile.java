package dev.synthlab.config;

import dev.synthlab.config.ConfigException.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
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
  private static final long MAX = 1 << 20;
  private static final Pattern ASSIGNMENT =
      Pattern.compile("(?:export\\s++)?([A-Za-z_][A-Za-z0-9_.]{0,199}+)\\s*+=(.*)", Pattern.DOTALL);

  /** After so many mistakes the file is no such file. */
  private static final int MAX_COMPLAINTS = 20;

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
      file.read(FileOwnership.ofThisUser());
    }
    return file;
  }

  /** A file that was asked for by name. */
  static EnvFile named(Path path) {
    return named(path, FileOwnership.ofThisUser());
  }

  static EnvFile named(Path path, FileOwnership access) {
    EnvFile file = new EnvFile(path, true);
    file.read(access);
    return file;
  }

  /** What such a file says, wherever it stands. */
  static EnvFile of(String text) {
    EnvFile file = new EnvFile(Path.of(".env"), false);
    file.lines(text);
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

  /** What it may say of a name. */
  Optional<Entry> heard(String name) {
    return entry(name).filter(entry -> named || EnvFilePolicy.maySet(name, entry.value()));
  }

  /** What it says of a name and may not. */
  Optional<Entry> unheard(String name) {
    return entry(name).filter(entry -> heard(name).isEmpty());
  }

  /** What it says of a name; to nothing is not at all. */
  Optional<Entry> entry(String name) {
    return Optional.ofNullable(entries.get(name)).filter(entry -> !entry.value().isBlank());
  }

  private void read(FileOwnership access) {
    try {
      if (!Files.exists(path)) {
        refuse("", "no such file");
      } else if (!Files.isRegularFile(path)) {
        refuse("", "must be a file that can be read; this is " + kindOf(path));
      } else if (Files.size(path) > MAX) {
        refuse("", "must be at most 1 MiB of NAME=value lines");
      } else {
        lines(access);
      }
    } catch (IOException | UncheckedIOException e) {
      refuse("", "cannot be read (" + e.getClass().getSimpleName() + ")");
    }
  }

  private void lines(FileOwnership access) throws IOException {
    Optional<String> objection = access.objection(path);
    Optional<String> text = objection.isPresent() ? Optional.empty() : text();
    // Another may have taken its place while it was read.
    objection = objection.isPresent() ? objection : access.objection(path);
    if (objection.isPresent()) {
      refuse("", objection.get());
      return;
    }
    text.ifPresent(this::lines);
    warnWhenOthersMayRead();
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
      if (problems.size() >= MAX_COMPLAINTS) {
        return;
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
    if (before != null && !before.value().equals(value.get()) && warnings.size() < MAX_COMPLAINTS) {
      warnings.add(
          "%s sets %s on line %d and again on line %d: the latter holds"
              .formatted(path.getFileName(), name, before.line(), number));
    }
  }

  /** Empty if a quote is not closed. Each character is looked at once. */
  private static Optional<String> value(String raw) {
    if (raw.startsWith("\"")) {
      return quoted(raw, '"').map(EnvFile::unescaped);
    }
    return raw.startsWith("'") ? quoted(raw, '\'') : Optional.of(raw.substring(0, comment(raw)));
  }

  private static Optional<String> quoted(String raw, char quote) {
    int end = 1;
    while (end < raw.length() && raw.charAt(end) != quote) {
      end += quote == '"' && raw.charAt(end) == '\\' ? 2 : 1;
    }
    if (end >= raw.length()) {
      return Optional.empty();
    }
    String after = raw.substring(end + 1).strip();
    return after.isEmpty() || after.startsWith("#")
        ? Optional.of(raw.substring(1, end))
        : Optional.empty();
  }

  /** Where the white space before a comment begins, or the end. */
  private static int comment(String raw) {
    int space = 0;
    for (int i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      if (c == '#' && (i == 0 || space < i)) {
        return space;
      }
      if (!isSpace(c)) {
        space = i + 1;
      }
    }
    return raw.length();
  }

  private static boolean isSpace(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
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
