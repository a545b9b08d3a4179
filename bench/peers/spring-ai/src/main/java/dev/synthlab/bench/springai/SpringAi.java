package dev.synthlab.bench.springai;

import dev.synthlab.bench.peer.Ask;
import dev.synthlab.bench.peer.Peer;
import dev.synthlab.bench.peer.Seat;
import java.io.IOException;
import java.util.function.Consumer;
import org.springframework.ai.openai.OpenAiChatModel;
import org.springframework.ai.openai.OpenAiChatOptions;

/** Spring AI's model of OpenAI, without a Spring context. */
public final class SpringAi implements Peer {
  private SpringAi() {}

  /**
   * Takes its seat.
   *
   * @param args none
   * @throws IOException when standard input breaks
   */
  public static void main(String[] args) throws IOException {
    Seat.serve(new SpringAi());
  }

  @Override
  public String artifact() {
    return "spring-ai-openai";
  }

  @Override
  public String complete(Ask ask) {
    return String.valueOf(model(ask).call("hi"));
  }

  @Override
  public void stream(Ask ask, Consumer<String> piece) {
    model(ask).stream("hi").doOnNext(piece).blockLast();
  }

  private static OpenAiChatModel model(Ask ask) {
    return OpenAiChatModel.builder()
        .options(
            OpenAiChatOptions.builder()
                .baseUrl(ask.base().toString())
                .apiKey(ask.key())
                .model("gpt-4o-mini")
                .timeout(ask.timeout())
                .build())
        .build();
  }
}
