package dev.synthlab.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.synthlab.test.Replies;
import dev.synthlab.test.ScriptedServer;
import java.io.PrintStream;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;

/** A server in a process of its own that answers nobody before everybody has asked. */
final class HeldServer {
  /** How the lines begin that it writes. */
  static final String MARK = "@held ";

  private HeldServer() {}

  /**
   * Says its address; then, when all have asked, that they have; answers when it is told a line;
   * says how many connections and requests there were; ends with standard input.
   */
  public static void main(String[] args) throws Exception {
    int calls = Integer.parseInt(args[0]);
    PrintStream out = new PrintStream(System.out, true, UTF_8);
    Set<String> asked = ConcurrentHashMap.newKeySet();
    CountDownLatch all = new CountDownLatch(calls);
    CountDownLatch released = new CountDownLatch(1);
    try (ScriptedServer server =
        ScriptedServer.start(
            (request, number) -> {
              if (asked.add(request.body())) { // a call that is repeated counts once
                all.countDown();
              }
              released.await();
              return Replies.chat("held");
            })) {
      out.println(MARK + server.base());
      all.await();
      out.println(MARK + server.openConnections());
      System.in.read();
      released.countDown();
      while (System.in.read() != '.') {
        // until the caller has all its answers
      }
      out.println(MARK + server.connections() + " " + server.seen().size());
    }
  }
}
