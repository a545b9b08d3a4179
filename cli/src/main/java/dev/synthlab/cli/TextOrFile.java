package dev.synthlab.cli;

import dev.synthlab.config.Utf8;
import dev.synthlab.logging.Redactor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.function.Predicate;

/**
 * The value of an option that is a text, or names a file with the text. Its form decides, and not
 * which files exist: the working directory may come from anybody.
 */
final class TextOrFile {
  private static final String EXTENSION = ".*\\.[\\p{L}\\p{N}_-]+";

  private TextOrFile() {}

  /**
   * The text. {@code @FILE} is read from that file. A value that is no text of this option and has
   * the form of a file name is read from that file if it exists.
   *
   * @param flag the option
   * @param given its value
   * @param isText whether a value has the form of a text of this option
   */
  static String read(String flag, String given, Predicate<String> isText) throws IOException {
    if (given.startsWith("@")) {
      String name = given.substring(1);
      if (!isFile(name)) {
        throw OptionChecks.refused(flag, given, "but there is no such file");
      }
      return content(flag, given, name);
    }
    if (!isFile(given)) {
      return given;
    }
    if (!isText.test(given) && isFileName(given)) {
      return content(flag, given, given);
    }
    System.err.println(
        "synthlab: "
            + Redactor.printableLine(
                "%s is used as text; to read the file of that name: %s '@%s'"
                    .formatted(flag, flag, given)));
    return given;
  }

  /** Whether a value has the form of a file name: an extension, or a directory before the name. */
  private static boolean isFileName(String given) {
    try {
      Path path = Path.of(given);
      return path.isAbsolute() || path.getNameCount() > 1 || given.matches(EXTENSION);
    } catch (InvalidPathException e) {
      return false;
    }
  }

  /** The refusal of a text; it says if the value has the form of a file name without a file. */
  static UsageException refused(String flag, String given, String text, String reason) {
    return text.equals(given) && isFileName(given)
        ? OptionChecks.refused(flag, given, "but there is no such file, and as text: " + reason)
        : new UsageException(flag + ": " + reason);
  }

  private static String content(String flag, String given, String name) throws IOException {
    try {
      // The line end at the end of the file is not part of the text.
      return Utf8.read(
              Path.of(name), reason -> OptionChecks.refused(flag, given, "and that file " + reason))
          .replaceFirst("\\R\\z", "");
    } catch (IOException e) {
      throw OptionChecks.refused(flag, given, "but that file cannot be read");
    }
  }

  private static boolean isFile(String name) {
    try {
      return Files.isRegularFile(Path.of(name));
    } catch (InvalidPathException e) {
      return false; // not a file name
    }
  }
}
