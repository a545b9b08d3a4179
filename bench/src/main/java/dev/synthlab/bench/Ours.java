package dev.synthlab.bench;

import dev.synthlab.bench.peer.Ask;
import dev.synthlab.bench.peer.Peer;
import dev.synthlab.bench.peer.Seat;
import dev.synthlab.call.CallException;
import dev.synthlab.llm.LlmClient;
import dev.synthlab.llm.TextStream;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/** This library on a seat of the comparison. */
public final class Ours implements Peer {
  private Ours() {}

  /**
   * Takes its seat.
   *
   * @param args none
   * @throws IOException when standard input breaks
   */
  public static void main(String[] args) throws IOException {
    Seat.serve(new Ours());
  }

  @Override
  public String artifact() {
    return "synthlab-core";
  }

  @Override
  public String complete(Ask ask) {
    try (LlmClient client = client(ask)) {
      return client.complete("hi");
    }
  }

  @Override
  public void stream(Ask ask, Consumer<String> piece) {
    try (LlmClient client = client(ask);
        TextStream stream = client.stream("hi")) {
      stream.forEach(piece);
    }
  }

  @Override
  public String kept(Throwable failure) {
    return failure instanceof CallException call ? call.partial().orElse("") : "";
  }

  private static LlmClient client(Ask ask) {
    Map<String, String> variables = new HashMap<>();
    variables.put("OPENAI_API_KEY", ask.key());
    variables.put("SYNTHLAB_TIMEOUT", ask.timeout().toMillis() / 1000.0 + "s");
    if (ask.deadline().isPositive()) {
      variables.put("SYNTHLAB_CALL_DEADLINE", ask.deadline().toMillis() / 1000.0 + "s");
    }
    return Clients.of(ask.base(), variables).build();
  }
}
