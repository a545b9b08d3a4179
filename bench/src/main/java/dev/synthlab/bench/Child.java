package dev.synthlab.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Another JVM that is spoken to by lines. What it logs is kept in a file. For one thread. */
final class Child implements AutoCloseable {
  private final Process process;
  private final Path log;
  private final PrintStream to;
  private final BufferedReader from;

  private Child(Process process, Path log) {
    this.process = process;
    this.log = log;
    this.to = new PrintStream(process.getOutputStream(), true, UTF_8);
    this.from = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
  }

  /** Starts a class of this program's class path on the Java that runs it. */
  static Child start(Class<?> main, List<String> options, String... args) throws IOException {
    return start(
        Path.of(System.getProperty("java.home"), "bin", "java"),
        System.getProperty("java.class.path"),
        main.getName(),
        options,
        args);
  }

  static Child start(Path java, String classPath, String main, List<String> options, String... args)
      throws IOException {
    List<String> command = new ArrayList<>(List.of(java.toString()));
    command.addAll(options);
    command.addAll(List.of("-cp", classPath, main));
    command.addAll(List.of(args));
    Path log = Files.createTempFile("synthlab-bench", ".log");
    log.toFile().deleteOnExit();
    return new Child(new ProcessBuilder(command).redirectError(log.toFile()).start(), log);
  }

  void tell(String line) {
    to.println(line);
  }

  /** The next line that begins with the mark, without it. */
  String hear(String mark) throws IOException {
    for (String line = from.readLine(); line != null; line = from.readLine()) {
      if (line.startsWith(mark)) {
        return line.substring(mark.length());
      }
    }
    throw new IOException("the other process ended; it said: " + logged());
  }

  /** Everything up to the end of the process. */
  List<String> rest() throws IOException {
    List<String> lines = new ArrayList<>();
    for (String line = from.readLine(); line != null; line = from.readLine()) {
      lines.add(line);
    }
    return lines;
  }

  String logged() throws IOException {
    return Files.readString(log);
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
