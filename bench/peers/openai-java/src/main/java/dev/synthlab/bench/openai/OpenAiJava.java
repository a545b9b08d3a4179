package dev.synthlab.bench.openai;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.StreamResponse;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import dev.synthlab.bench.peer.Ask;
import dev.synthlab.bench.peer.Peer;
import dev.synthlab.bench.peer.Seat;
import java.io.IOException;
import java.util.function.Consumer;

/** OpenAI's own library. */
public final class OpenAiJava implements Peer {
  private OpenAiJava() {}

  /**
   * Takes its seat.
   *
   * @param args none
   * @throws IOException when standard input breaks
   */
  public static void main(String[] args) throws IOException {
    Seat.serve(new OpenAiJava());
  }

  @Override
  public String artifact() {
    return "openai-java";
  }

  @Override
  public String complete(Ask ask) {
    return client(ask)
        .chat()
        .completions()
        .create(question())
        .choices()
        .get(0)
        .message()
        .content()
        .orElse("");
  }

  @Override
  public void stream(Ask ask, Consumer<String> piece) {
    try (StreamResponse<ChatCompletionChunk> chunks =
        client(ask).chat().completions().createStreaming(question())) {
      chunks.stream()
          .flatMap(chunk -> chunk.choices().stream())
          .forEach(choice -> choice.delta().content().ifPresent(piece));
    }
  }

  private static OpenAIClient client(Ask ask) {
    return OpenAIOkHttpClient.builder()
        .baseUrl(ask.base().toString())
        .apiKey(ask.key())
        .timeout(ask.timeout())
        .build();
  }

  private static ChatCompletionCreateParams question() {
    return ChatCompletionCreateParams.builder().model("gpt-4o-mini").addUserMessage("hi").build();
  }
}
