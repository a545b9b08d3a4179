package dev.synthlab.local;

import dev.synthlab.http.Transport;
import java.nio.file.Path;
import java.util.Optional;

/** A program that asks the model one thing, says the answer on standard error, and ends. */
final class AskOnce {
  private AskOnce() {}

  public static void main(String[] args) throws Exception {
    Transport transport =
        new LocalTransportProvider()
            .open(Local.settings(Optional.of(Path.of(args[0])), Path.of(args[1]), 2, 8));
    String hi = "{'messages':[{'role':'user','content':'Hi'}],'temperature':0%s}";
    if (args[2].equals("leave")) {
      // Ends while the model is at work.
      Local.send(transport, hi.formatted(",'stream':true")).body().read();
      Local.send(transport, hi.formatted(",'stream':true")).body().read();
      System.exit(7);
    }
    System.err.println("answer: " + Local.content(Local.answer(transport, hi.formatted(""))));
    System.err.println("cpu: " + ProcessHandle.current().info().totalCpuDuration());
    transport.close();
    if (args[2].equals("fail")) {
      throw new IllegalStateException("main fails");
    }
  }
}
