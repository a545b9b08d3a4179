package dev.synthlab.llm;

import dev.synthlab.call.AttemptResult;
import dev.synthlab.call.CallMetadata;
import dev.synthlab.call.Fault;
import dev.synthlab.call.Spend;
import dev.synthlab.http.BodyReader;
import java.io.IOException;
import java.util.Optional;

/** Opens a chat completion whose deltas are read after the call has returned. */
record ChatStreamReader() implements ResponseReader<PreparedChat, ChatStream> {

  @Override
  public ChatStream read(PreparedChat chat, AttemptResult.ResponseReceived head)
      throws IOException, UnusableResponseException {
    ChatStream stream = new ChatStream(head, chat);
    try {
      stream.awaitFirst();
      return stream;
    } catch (BodyReader.TooLargeException | UnusableResponseException e) {
      stream.close();
      throw e;
    }
  }

  @Override
  public boolean live() {
    return true;
  }

  @Override
  public String noun() {
    return "stream";
  }

  @Override
  public Spend spend(PreparedChat chat, ChatStream stream) {
    return stream.spend();
  }

  @Override
  public CallMetadata.AnswerMetadata metadata(PreparedChat chat, ChatStream stream) {
    return stream.metadata();
  }

  @Override
  public String text(ChatStream stream) {
    return stream.text();
  }

  @Override
  public Optional<Fault> brokenBy(ChatStream stream) {
    return stream.brokenBy();
  }
}
