package dev.synthlab.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * How this library starts another program: in a directory of its choice, and with the few variables
 * that a program needs, so that no key reaches it. For the modules of this library.
 */
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
          // What Windows needs for the same.
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
   * @param directory the directory that it runs in
   * @param variables the names, in capitals, of variables that it gets besides the usual ones
   * @param command the program and its arguments
   * @return to be started; nothing is redirected yet
   */
  public static ProcessBuilder of(Path directory, Set<String> variables, List<String> command) {
    ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
    // Some write the names of proxies in small letters, and Windows minds no case at all.
    builder
        .environment()
        .keySet()
        .removeIf(
            name -> {
              String capitals = name.toUpperCase(Locale.ROOT);
              return !NEEDED.contains(capitals) && !variables.contains(capitals);
            });
    return builder;
  }
}
