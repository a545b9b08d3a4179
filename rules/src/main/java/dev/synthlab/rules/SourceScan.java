package dev.synthlab.rules;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.FieldInsnNode;
import org.objectweb.asm.tree.FieldNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;

/** The rules that need sources and resources, and the search for keys in constants of classes. */
final class SourceScan {
  /** The maximum size of a source file. */
  private static final long MAX = 4L << 20;

  private static final Set<String> TEXTS =
      Set.of(
          "java",
          "kt",
          "groovy",
          "scala",
          "properties",
          "yaml",
          "yml",
          "json",
          "xml",
          "toml",
          "conf",
          "env",
          "txt",
          "sql",
          "pem",
          "key",
          "ini",
          "cfg");

  private final Violations violations;
  private final JavadocRule documented;
  private final List<String> unread = new ArrayList<>();
  private final Map<String, Violation> constants = new LinkedHashMap<>();
  private boolean given;

  SourceScan(Scope scope, Violations violations) {
    this.violations = violations;
    documented = new JavadocRule(scope, violations);
  }

  void read(List<Path> directories) {
    given = !directories.isEmpty();
    for (Path directory : directories) {
      List<Path> files = new ArrayList<>();
      try (Stream<Path> all = Files.walk(directory)) {
        all.filter(Files::isRegularFile).filter(SourceScan::isText).forEach(files::add);
      } catch (IOException | UncheckedIOException e) {
        unread.add(directory + ": " + e.getMessage());
      }
      Collections.sort(files);
      files.forEach(file -> file(directory, file));
    }
  }

  private static boolean isText(Path file) {
    String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    return TEXTS.contains(name.substring(name.lastIndexOf('.') + 1)) || name.startsWith(".env");
  }

  private void file(Path directory, Path file) {
    try {
      if (Files.size(file) > MAX) {
        unread.add(file + ": it is longer than " + (MAX >> 20) + " MiB");
        return;
      }
      String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
      String name = directory.relativize(file).toString();
      for (KeyLiterals.Match key : KeyLiterals.inText(text)) {
        key(name, file, line(text, key.offset()), "holds " + key.what());
      }
      if (name.endsWith(".java")) {
        documented.check(file, text);
      }
    } catch (IOException e) {
      unread.add(file + ": " + e.getMessage());
    }
  }

  private static OptionalInt line(String text, int offset) {
    return OptionalInt.of(
        1 + (int) text.substring(0, offset).chars().filter(c -> c == '\n').count());
  }

  /** Adds a key; one that a class file has reported already only gets its line. */
  private void key(String name, Path file, OptionalInt line, String what) {
    Violation reported = constants.remove(file.getFileName() + what);
    violations.add(
        reported == null
            ? new Violation(Rule.NO_KEY_LITERAL, name, "", file.toString(), line, what)
            : new Violation(
                Rule.NO_KEY_LITERAL,
                reported.className(),
                reported.member(),
                reported.file(),
                line,
                what));
  }

  /** Searches the string constants of a class. */
  void constants(ClassNode type) {
    for (FieldNode field : type.fields) {
      if (field.value instanceof String text) {
        KeyLiterals.in(field.name, text)
            .map(
                what ->
                    new CodeLocation(type, field.name).breaks(Rule.NO_KEY_LITERAL, "holds " + what))
            .ifPresent(this::constant);
      }
    }
    for (MethodNode method : type.methods) {
      CodeLocation location = CodeLocation.of(type, method);
      for (AbstractInsnNode at : method.instructions) {
        ForbiddenAccessRules.constant(at)
            .flatMap(text -> KeyLiterals.in(goesTo(at), text))
            .map(what -> location.breaks(Rule.NO_KEY_LITERAL, at, "holds " + what))
            .ifPresent(this::constant);
      }
    }
  }

  private void constant(Violation found) {
    Violation other = constants.put(found.file() + found.what(), found);
    if (other != null) {
      violations.add(other);
    }
  }

  /** The field or method that a constant is passed to directly; empty if there is none. */
  private static String goesTo(AbstractInsnNode constant) {
    AbstractInsnNode next = constant.getNext();
    if (next instanceof FieldInsnNode field) {
      return field.name;
    }
    return next instanceof MethodInsnNode call ? call.name : "";
  }

  boolean isComplete() {
    return unread.isEmpty();
  }

  void finish(Set<Rule> unchecked, List<String> notChecked) {
    constants.values().forEach(violations::add);
    notChecked.addAll(unread);
    Optional<String> why =
        given
            ? documented.unavailable()
            : Optional.of("no sources are given (withSources, or --sources DIR)");
    why.ifPresent(
        reason -> {
          unchecked.add(Rule.DOCUMENTED);
          notChecked.add(Rule.DOCUMENTED.id() + ": " + reason);
        });
    if (!given) {
      unchecked.add(Rule.NO_KEY_LITERAL);
      notChecked.add(
          Rule.NO_KEY_LITERAL.id() + " in sources and resources: only constants of classes were");
    }
  }
}
