package dev.synthlab.bench.langchain4j;

import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import dev.synthlab.bench.peer.Ask;
import dev.synthlab.bench.peer.Peer;
import dev.synthlab.bench.peer.Seat;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;

/** LangChain4j's OpenAI module over its JDK client. */
public final class LangChain4j implements Peer {
  private LangChain4j() {}

  /**
   * Takes its seat.
   *
   * @param args none
   * @throws IOException when standard input breaks
   */
  public static void main(String[] args) throws IOException {
    Seat.serve(new LangChain4j());
  }

  @Override
  public String artifact() {
    return "langchain4j-open-ai";
  }

  @Override
  public String complete(Ask ask) {
    return OpenAiChatModel.builder()
        .baseUrl(ask.base().toString())
        .apiKey(ask.key())
        .modelName("gpt-4o-mini")
        .timeout(ask.timeout())
        .build()
        .chat("hi");
  }

  @Override
  public void stream(Ask ask, Consumer<String> piece) throws Exception {
    CompletableFuture<ChatResponse> end = new CompletableFuture<>();
    OpenAiStreamingChatModel.builder()
        .baseUrl(ask.base().toString())
        .apiKey(ask.key())
        .modelName("gpt-4o-mini")
        .timeout(ask.timeout())
        .build()
        .chat("hi", new Pieces(piece, end));
    try {
      end.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof Exception failure ? failure : e;
    }
  }

  /** Hands pieces on and keeps the end. */
  private record Pieces(Consumer<String> piece, CompletableFuture<ChatResponse> end)
      implements StreamingChatResponseHandler {

    @Override
    public void onPartialResponse(String text) {
      piece.accept(text);
    }

    @Override
    public void onCompleteResponse(ChatResponse response) {
      end.complete(response);
    }

    @Override
    public void onError(Throwable failure) {
      end.completeExceptionally(failure);
    }
  }
}
