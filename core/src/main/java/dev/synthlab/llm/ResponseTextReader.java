package dev.synthlab.llm;

import dev.synthlab.call.AttemptResult;
import dev.synthlab.http.BodyReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Reads a response body as text. */
record ResponseTextReader() implements ResponseReader<PreparedCheck, String> {
  @Override
  public String read(PreparedCheck request, AttemptResult.ResponseReceived head)
      throws IOException {
    try (var body = head.body()) {
      return new String(BodyReader.whole(body, BodyReader.MAX_BYTES), StandardCharsets.UTF_8);
    }
  }
}
