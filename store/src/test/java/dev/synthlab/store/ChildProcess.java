package dev.synthlab.store;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Other JVMs that run a main class of the tests, set up to start fast. */
final class ChildProcess {
  private ChildProcess() {}

  /** The command that runs the class; options of the JVM come before it. */
  static List<String> command(Class<?> main, List<String> options, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "--enable-native-access=ALL-UNNAMED", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    command.addAll(options);
    String classPath = System.getProperty("java.class.path");
    command.addAll(
        List.of("-cp", System.getProperty("surefire.test.class.path", classPath), main.getName()));
    command.addAll(List.of(arguments));
    return command;
  }

  static ProcessBuilder of(Class<?> main, String... arguments) {
    return new ProcessBuilder(command(main, List.of(), arguments));
  }
}
