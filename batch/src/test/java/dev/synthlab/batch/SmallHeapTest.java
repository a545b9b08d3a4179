package dev.synthlab.batch;

import static dev.synthlab.test.Replies.bytes;
import static dev.synthlab.test.Replies.chat;
import static dev.synthlab.test.Replies.completion;
import static dev.synthlab.test.Replies.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.synthlab.test.ScriptedServer;
import dev.synthlab.test.ScriptedServer.Reply;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SmallHeapTest {
  private static final int MEGABYTES = 50;
  private static final byte[] PIECE = " ".repeat(1 << 20).getBytes(StandardCharsets.US_ASCII);

  @TempDir private Path directory;

  private static Reply plain() {
    return (socket, out) -> {
      String head = "HTTP/1.1 200 OK\r\ncontent-length: " + ((long) MEGABYTES << 20) + "\r\n\r\n";
      out.write(head.getBytes(StandardCharsets.US_ASCII));
      for (int i = 0; i < MEGABYTES; i++) {
        out.write(PIECE);
      }
      return true;
    };
  }

  private static Reply bomb() throws IOException {
    ByteArrayOutputStream bomb = new ByteArrayOutputStream();
    try (GZIPOutputStream zip = new GZIPOutputStream(bomb)) {
      for (int i = 0; i < MEGABYTES; i++) {
        zip.write(PIECE);
      }
    }
    return bytes(200, "application/json", bomb.toByteArray(), "content-encoding", "gzip");
  }

  private static Reply deep() {
    return json(200, "{\"choices\":" + "[".repeat(200_000) + "]".repeat(200_000) + "}");
  }

  private static Reply longNumber() {
    String digits = "9".repeat(200_000);
    return json(
        200, completion("hello", "stop").replaceFirst("\"created\":1", "\"created\":" + digits));
  }

  @Test
  void survivesEveryAnswerThatIsTooLarge() throws Exception {
    Reply[] replies = {plain(), bomb(), deep(), longNumber(), plain(), bomb(), chat("alive")};
    Path log = directory.resolve("log");
    try (ScriptedServer server = ScriptedServer.inTurn(replies)) {
      String calls = String.valueOf(replies.length);

      Process process =
          Child.start(log, List.of(), "64m", LargeAnswers.class, server.base().toString(), calls);

      assertThat(process.waitFor()).as(Files.readString(log)).isZero();
    }
    assertThat(Files.readAllLines(log))
        .filteredOn(line -> !line.contains("|"))
        .containsExactly(
            "ResponseTooLarge",
            "ResponseTooLarge",
            "MalformedResponse",
            "MalformedResponse",
            "ResponseTooLarge",
            "ResponseTooLarge",
            "alive");
  }
}
