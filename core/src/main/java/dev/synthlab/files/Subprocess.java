package dev.synthlab.files;

import dev.synthlab.Internal;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The only way this library starts another program: in a directory that the caller chooses, and
 * with the few variables that a program needs, so that it sees no key.
 */
@Internal
public final class Subprocess {
  private static final Set<String> NEEDED =
      Set.of(
          "PATH",
          "HOME",
          "USER",
          "LOGNAME",
          "LANG",
          "LC_ALL",
          "LC_CTYPE",
          "TMPDIR",
          // The same for Windows.
          "SYSTEMROOT",
          "SYSTEMDRIVE",
          "WINDIR",
          "COMSPEC",
          "PATHEXT",
          "TEMP",
          "TMP",
          "USERPROFILE",
          "APPDATA",
          "LOCALAPPDATA",
          "PROGRAMDATA");

  private Subprocess() {}

  /**
   * Prepares a program.
   *
   * @param directory its working directory
   * @param variables the names, in upper case, of further variables that it gets
   * @param command the program and its arguments
   * @return a builder that is not started; nothing is redirected
   */
  public static ProcessBuilder of(Path directory, Set<String> variables, List<String> command) {
    ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
    // Names of proxies are often in lower case, and Windows ignores the case of names.
    builder
        .environment()
        .keySet()
        .removeIf(
            name -> {
              String upper = name.toUpperCase(Locale.ROOT);
              return !NEEDED.contains(upper) && !variables.contains(upper);
            });
    return builder;
  }
}
