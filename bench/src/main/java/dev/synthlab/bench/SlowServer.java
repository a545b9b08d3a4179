package dev.synthlab.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.synthlab.test.Replies;
import dev.synthlab.test.ScriptedServer;
import java.io.PrintStream;

/** A server in a process of its own that takes its time for each answer. */
final class SlowServer {
  /** How the line begins that says its address. */
  static final String MARK = "@slow ";

  private SlowServer() {}

  /** Says its address and ends with standard input. */
  public static void main(String[] args) throws Exception {
    long millis = Long.parseLong(args[0]);
    try (ScriptedServer server =
        ScriptedServer.start(
            (request, number) -> {
              Thread.sleep(millis);
              return Replies.chat("slow");
            })) {
      new PrintStream(System.out, true, UTF_8).println(MARK + server.base());
      while (System.in.read() >= 0) {
        // until nobody is there any more
      }
    }
  }
}
