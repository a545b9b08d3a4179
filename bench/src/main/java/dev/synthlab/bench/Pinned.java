package dev.synthlab.bench;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.synthlab.test.Replies;
import dev.synthlab.test.ScriptedServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Whether a waiting call keeps its carrier thread: 2,000 calls, every fourth a stream, to a server
 * that takes its time, under the JVM's recording of pins longer than 20 ms. Once in a process that
 * has just started, once in one that has loaded its classes. Fails when there is any on Java 24 or
 * newer.
 */
public final class Pinned {
  private static final int CALLS = 2_000;
  private static final int FIRST_WITHOUT_PINS = 24;
  private static final int EACH_KIND = 2;
  private static final int SERVER_MILLIS = 60;

  private Pinned() {}

  /**
   * Measures on the Java that runs it.
   *
   * @param args {@code --java FILE} for another Java to be measured too, {@code --calls N}
   * @throws IOException when a process cannot be started
   */
  public static void main(String[] args) throws IOException {
    Options options = new Options(args, "--java", "--calls");
    int calls = options.number("--calls", CALLS);
    Bounds bounds = new Bounds();
    bounds.say(Machine.line() + "\n");
    bounds.open("pins longer than 20 ms in " + calls + " calls", "measured", "bound");
    List<Path> javas = new ArrayList<>();
    javas.add(Path.of(System.getProperty("java.home"), "bin", "java"));
    options.text("--java").map(Path::of).ifPresent(javas::add);
    for (Path java : javas) {
      measure(Java.of(java), calls, 0, bounds);
      measure(Java.of(java), calls, EACH_KIND, bounds);
    }
    System.exit(bounds.exitCode());
  }

  private static void measure(Java java, int calls, int before, Bounds bounds) throws IOException {
    List<String> options = java.records() ? List.of() : List.of("-Djdk.tracePinnedThreads=full");
    try (ScriptedServer server = ScriptedServer.start((request, number) -> slowly(request));
        Child probe =
            Child.start(
                java.file(),
                System.getProperty("java.class.path"),
                PinnedProbe.class.getName(),
                options,
                server.base().toString(),
                String.valueOf(calls),
                String.valueOf(before))) {
      List<String> said = probe.rest();
      String figures =
          said.stream()
              .filter(line -> line.startsWith(PinnedProbe.MARK))
              .map(line -> line.substring(PinnedProbe.MARK.length()))
              .findFirst()
              .orElseThrow(() -> new IOException("the probe said nothing: " + said));
      String what =
          "Java %s, %s"
              .formatted(
                  java.version(),
                  before == 0 ? "from the first call on" : "after one call of each kind");
      String[] parts = figures.split(" ", 2);
      String answered = String.valueOf(calls);
      bounds.row(what + ": answered", parts[0], "= " + calls, parts[0].equals(answered));
      if (java.records()) {
        pins(java, what, parts[1], bounds);
      } else {
        bounds.row(what + ": no jdk.jfr; places that pin for any time", traces(said));
      }
    }
  }

  private static void pins(Java java, String what, String figures, Bounds bounds) {
    String[] parts = figures.split(" ", 3);
    boolean none = parts[0].equals("0");
    String said = none ? "0" : "%s, the longest %s ms: %s".formatted((Object[]) parts);
    if (java.feature() >= FIRST_WITHOUT_PINS) {
      bounds.row(what + ": pins", said, "= 0", none);
    } else {
      bounds.row(what + ": pins", said);
    }
  }

  // A trace begins with the carrier's thread; each place is traced once.
  private static String traces(List<String> said) {
    return String.valueOf(said.stream().filter(line -> line.startsWith("Thread[#")).count());
  }

  private static ScriptedServer.Reply slowly(ScriptedServer.Seen request)
      throws InterruptedException {
    Thread.sleep(SERVER_MILLIS);
    if (!request.body().contains("\"stream\":true")) {
      return Replies.chat("slowly");
    }
    return (socket, out) -> {
      out.write(
          "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
              .getBytes(ISO_8859_1));
      for (String data :
          List.of(Replies.delta("slow"), Replies.delta("ly"), Replies.finish("stop"), "[DONE]")) {
        Thread.sleep(SERVER_MILLIS / 2);
        Replies.chunk(out, "data: " + data + "\n\n");
      }
      out.write("0\r\n\r\n".getBytes(ISO_8859_1));
      return true;
    };
  }

  /** What a Java says of itself. */
  private record Java(Path file, String version, boolean records) {
    static Java of(Path java) throws IOException {
      Process modules =
          new ProcessBuilder(java.toString(), "--list-modules").redirectErrorStream(true).start();
      String list = new String(modules.getInputStream().readAllBytes(), UTF_8);
      String version = list.replaceFirst("(?s).*java\\.base@(\\S+).*", "$1");
      return new Java(java, version, list.contains("jdk.jfr@"));
    }

    int feature() {
      return Runtime.Version.parse(version).feature();
    }
  }
}
