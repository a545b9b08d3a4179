package dev.synthlab.rules;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
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

/** The rules that need sources and resources, and the search for keys in the constants of classes. */
final class SourceScan {
  /** A text file that is longer is no source. */
  private static final long LONGEST = 4L << 20;

  private static final Set<String> TEXTS =
      Set.of(
          "java", "kt", "groovy", "scala", "properties", "yaml", "yml", "json", "xml", "toml",
          "conf", "env", "txt", "sql", "pem", "key", "ini", "cfg");

  private final Findings findings;
  private final Documented documented;
  private final List<String> unread = new ArrayList<>();
  private final Set<String> sources = new HashSet<>();
  private boolean given;

  SourceScan(Scope scope, Findings findings) {
    this.findings = findings;
    documented = new Documented(scope, findings);
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
      if (Files.size(file) > LONGEST) {
        unread.add(file + ": it is longer than " + (LONGEST >> 20) + " MiB");
        return;
      }
      String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
      String name = directory.relativize(file).toString();
      sources.add(name.replace('\\', '/'));
      int number = 0;
      for (String line : text.lines().toList()) {
        number++;
        OptionalInt at = OptionalInt.of(number);
        KeyLiterals.inLine(line)
            .ifPresent(
                what ->
                    findings.add(
                        new Violation(
                            Rule.NO_KEY_LITERAL, name, "", file.toString(), at, "holds " + what)));
      }
      if (name.endsWith(".java")) {
        documented.look(file, text);
      }
    } catch (IOException e) {
      unread.add(file + ": " + e.getMessage());
    }
  }

  /** What a class file holds of texts; where its source was read, that has told it already. */
  void constants(ClassNode type) {
    int slash = type.name.lastIndexOf('/');
    String source = type.name.substring(0, slash + 1) + type.sourceFile;
    if (sources.contains(source)) {
      return;
    }
    for (FieldNode field : type.fields) {
      if (field.value instanceof String text) {
        KeyLiterals.in(field.name, text)
            .ifPresent(
                what ->
                    findings.add(
                        new Place(type, field.name).breaks(Rule.NO_KEY_LITERAL, "holds " + what)));
      }
    }
    for (MethodNode method : type.methods) {
      for (AbstractInsnNode at : method.instructions) {
        Uses.constant(at)
            .flatMap(text -> KeyLiterals.in(goesTo(at), text))
            .ifPresent(
                what ->
                    findings.add(
                        Place.of(type, method)
                            .breaks(Rule.NO_KEY_LITERAL, at, "holds " + what)));
      }
    }
  }

  /** The name of what a constant is put into; empty when it is not put there at once. */
  private static String goesTo(AbstractInsnNode constant) {
    return switch (constant.getNext()) {
      case FieldInsnNode field -> field.name;
      case MethodInsnNode call -> call.name;
      case null, default -> "";
    };
  }

  void ended(Set<Rule> unchecked, List<String> notChecked) {
    notChecked.addAll(unread);
    Optional<String> why =
        given
            ? documented.unable()
            : Optional.of("no sources are given (withSources, or --sources DIR)");
    why.ifPresent(
        reason -> {
          unchecked.add(Rule.DOCUMENTED);
          notChecked.add(Rule.DOCUMENTED.id() + ": " + reason);
        });
    if (!given) {
      notChecked.add(
          Rule.NO_KEY_LITERAL.id() + " in sources and resources: only constants of classes were");
    }
  }
}
