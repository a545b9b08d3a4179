package dev.synthlab.config;

import dev.synthlab.config.ConfigException.Problem;
import dev.synthlab.files.TrustedPath;
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

/** The content of an environment file. A line that cannot be read is a problem, never a guess. */
final class EnvFile {
  private static final long MAX = 1 << 20;
  private static final Pattern ASSIGNMENT =
      Pattern.compile("(?:export\\s++)?([A-Za-z_][A-Za-z0-9_.]{0,199}+)\\s*+=(.*)", Pattern.DOTALL);

  private static final Pattern NAME =
      Pattern.compile("(?:export\\s++)?([A-Za-z_][A-Za-z0-9_.]{0,199}+)");

  /** A name that begins like this is meant for this library, also if it is misspelled. */
  private static final List<String> OUR_PREFIXES = List.of("SYNTHLAB_", "OPENAI_", "PHOENIX_");

  /** With more problems than that it is a file of another kind. */
  private static final int MAX_PROBLEMS = 20;

  private final Path path;
  private final boolean named;
  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private final List<Problem> problems = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();
  private int foreign;
  private int firstForeign;

  /** The quotes that no later line closes. */
  private String unclosed = "";

  /** A value and the number of its line. */
  record Entry(String value, int line) {}

  private EnvFile(Path path, boolean named) {
    this.path = path;
    this.named = named;
  }

  /** No file. */
  static EnvFile none() {
    return new EnvFile(Path.of(".env"), false);
  }

  /** The {@code .env} of a directory, if there is one. */
  static EnvFile in(Path directory) {
    EnvFile file = new EnvFile(directory.resolve(".env"), false);
    if (Files.exists(file.path)) {
      file.read();
    }
    return file;
  }

  /** A file that the user has named. */
  static EnvFile named(Path path) {
    EnvFile file = new EnvFile(path, true);
    file.read();
    return file;
  }

  /** A file with this content. */
  static EnvFile of(String text) {
    EnvFile file = new EnvFile(Path.of(".env"), false);
    file.lines(text);
    return file;
  }

  Path path() {
    return path;
  }

  /** Whether the user has named this file. */
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

  /** The entry of a name, if this file may set it. */
  Optional<Entry> applied(String name) {
    return entry(name).filter(entry -> named || EnvFilePolicy.maySet(name, entry.value()));
  }

  /** The entry of a name, if this file may not set it. */
  Optional<Entry> ignored(String name) {
    return entry(name).filter(entry -> applied(name).isEmpty());
  }

  /** The entry of a name; a blank value counts as none. */
  Optional<Entry> entry(String name) {
    return Optional.ofNullable(entries.get(name)).filter(entry -> !entry.value().isBlank());
  }

  private void read() {
    try {
      if (!Files.exists(path)) {
        refuse("", "does not exist");
      } else if (!Files.isRegularFile(path)) {
        refuse("", "must be a regular file, and is " + kindOf(path));
      } else if (isOfTheKernel(path)) {
        refuse("", "must be a file on a disk, and is a view of the kernel");
      } else if (Files.size(path) > MAX) {
        refuse("", "must be at most 1 MiB of NAME=value lines");
      } else {
        lines();
      }
    } catch (IOException e) {
      refuse("", "cannot be read (" + e.getClass().getSimpleName() + ")");
    }
  }

  private void lines() throws IOException {
    Optional<Problem> objection = objection();
    Optional<String> text = objection.isPresent() ? Optional.empty() : text();
    // The file may have been replaced while it was read.
    objection = objection.isPresent() ? objection : objection();
    if (objection.isPresent()) {
      problems.add(objection.get());
      return;
    }
    text.ifPresent(this::lines);
    warnWhenOthersMayRead();
  }

  private Optional<Problem> objection() throws IOException {
    return TrustedPath.objectionToSettings(path).map(this::problem);
  }

  private Problem problem(TrustedPath.Objection objection) {
    boolean ofDirectory = objection.path().equals(path.toAbsolutePath().getParent());
    String remedy =
        objection
            .remedy()
            .map(command -> ofDirectory ? command : "check its content, then chmod 600 " + path)
            .orElse("check its content, and use a copy of your own");
    return new Problem(
        (ofDirectory ? objection.path() : path).toString(),
        "",
        (ofDirectory ? "its files can be replaced: " : "") + objection.reason() + ": " + remedy);
  }

  /** A file of procfs or sysfs: it looks like an empty file, and reading it may never end. */
  private static boolean isOfTheKernel(Path path) throws IOException {
    return Set.of("proc", "sysfs").contains(Files.getFileStore(path).type());
  }

  private static String kindOf(Path path) {
    return Files.isDirectory(path) ? "a directory" : "a pipe or a device";
  }

  private Optional<String> text() throws IOException {
    try {
      return Optional.of(Utf8.read(path, IllegalArgumentException::new));
    } catch (IllegalArgumentException e) {
      refuse("", "must be UTF-8 text, and " + e.getMessage());
      return Optional.empty();
    }
  }

  private void lines(String text) {
    String[] lines = text.split("\r?\n", -1);
    for (int i = 0; i < lines.length && problems.size() < MAX_PROBLEMS; i++) {
      String content = lines[i].strip();
      if (!content.isEmpty() && !content.startsWith("#")) {
        i = line(content, lines, i);
      }
    }
    if (foreign > 0) {
      warnings.add(
          "%s line %d%s not of the form NAME=value and %s ignored"
              .formatted(
                  path.getFileName(),
                  firstForeign,
                  foreign > 1 ? " and " + (foreign - 1) + " more are" : " is",
                  foreign > 1 ? "are" : "is"));
    }
  }

  /** Reads a line, and gives the index of the last line that belongs to it. */
  private int line(String content, String[] lines, int index) {
    int number = index + 1;
    Matcher assignment = ASSIGNMENT.matcher(content);
    if (!assignment.matches()) {
      unreadable(content, number, "must be NAME=value, a comment (#) or empty");
      return index;
    }
    String name = assignment.group(1);
    String raw = assignment.group(2).strip();
    Optional<String> value = value(raw);
    if (value.isEmpty() && !isOurs(name)) {
      int end = closing(raw, lines, index);
      if (end == index) {
        foreign(number);
      }
      return end;
    }
    if (value.isEmpty()) {
      refuse("line " + number, name + " has an unclosed quote, or text after the closing quote");
      return index;
    }
    Entry before = entries.put(name, new Entry(value.get(), number));
    if (before != null && !before.value().equals(value.get()) && warnings.size() < MAX_PROBLEMS) {
      warnings.add(
          "%s sets %s on line %d and again on line %4$d: line %4$d is used"
              .formatted(path.getFileName(), name, before.line(), number));
    }
    return index;
  }

  /** The line that closes the quote of a value of another program; the first line if none does. */
  private int closing(String raw, String[] lines, int index) {
    char quote = raw.isEmpty() ? ' ' : raw.charAt(0);
    if ((quote != '"' && quote != '\'')
        || unclosed.indexOf(quote) >= 0
        || isClosed(raw, 1, quote)) {
      return index;
    }
    for (int i = index + 1; i < lines.length; i++) {
      if (isClosed(lines[i], 0, quote)) {
        return i;
      }
    }
    unclosed += quote; // so that each line is read only once more
    return index;
  }

  private static boolean isClosed(String line, int from, char quote) {
    int at = from;
    while (at < line.length() && line.charAt(at) != quote) {
      at += quote == '"' && line.charAt(at) == '\\' ? 2 : 1;
    }
    return at < line.length();
  }

  /** What other programs understand is passed over; a line with a name of ours is a problem. */
  private void unreadable(String content, int number, String allowed) {
    Matcher name = NAME.matcher(content);
    if (name.lookingAt() && isOurs(name.group(1))) {
      refuse("line " + number, allowed);
    } else {
      foreign(number);
    }
  }

  private void foreign(int number) {
    firstForeign = foreign++ == 0 ? number : firstForeign;
  }

  private static boolean isOurs(String name) {
    return EnvFilePolicy.isRead(name) || OUR_PREFIXES.stream().anyMatch(name::startsWith);
  }

  /** The value; empty if a quote is not closed. Each character is read once. */
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
      // A file system without permissions: there is nothing to warn of.
    }
  }

  private void refuse(String where, String allowed) {
    problems.add(new Problem(path.toString(), "", allowed, where));
  }
}
