package dev.synthlab.llm;

import dev.synthlab.call.CallException;
import dev.synthlab.config.Environment;
import dev.synthlab.config.Settings;
import dev.synthlab.http.BodyReader;
import dev.synthlab.http.OkHttpTransport;
import java.util.Map;

/** Takes a stream that does not end, in a small heap: the base address, and who takes it. */
final class LargeStreams {
  private LargeStreams() {}

  private record Line(String text) {}

  public static void main(String[] args) {
    Settings settings = Settings.from(Environment.of(Map.of("OPENAI_BASE_URL", args[0])));
    try (OkHttpTransport transport = new OkHttpTransport();
        LlmClient client =
            LlmClient.builder().settings(settings.llm()).transport(transport).build()) {
      switch (args[1]) {
        case "text" -> {
          try (TextStream stream = client.stream("hi")) {
            stream.forEach(delta -> {});
          }
        }
        case "list" -> {
          try (ElementStream<Line> lines = client.streamList("hi", Line.class)) {
            lines.forEach(line -> {});
          }
        }
        default -> InternalCalls.of(client).completion(CompletionRequest.of("hi"), true).get();
      }
    } catch (CallException.ResponseTooLarge e) {
      int kept = e.partial().orElse("").length();
      System.out.println(e.getMessage() + " after " + kept);
      boolean enough = args[1].equals("calls") || kept > BodyReader.MAX_BYTES - (1 << 20);
      System.exit(enough ? 0 : 3);
    }
    System.exit(2);
  }
}
