package dev.synthlab.llm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthlab.test.ScriptedServer;
import dev.synthlab.test.ScriptedServer.Reply;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Streams that are larger than the heap they come into. */
@Timeout(120)
class LargeStreamTest {
  private static final long BYTES = 256L << 20;
  private static final String HEAP = "64m";
  private static final String HEAD = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n";

  @TempDir private Path directory;

  @ParameterizedTest
  @CsvSource({"text, content", "list, content", "whole, content", "calls, tool_calls"})
  void endAtTheSizeLimitOfAnAnswerInASmallHeap(String taker, String field) throws Exception {
    Path log = directory.resolve("log");
    try (ScriptedServer server = ScriptedServer.inTurn(endless(field))) {
      Process process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Xmx" + HEAP,
                  "-XX:TieredStopAtLevel=1",
                  "-XX:+UseSerialGC",
                  "-cp",
                  System.getProperty("java.class.path"),
                  LargeStreams.class.getName(),
                  server.base().toString(),
                  taker)
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();

      assertThat(process.waitFor()).as(Files.readString(log)).isZero();
      assertThat(server.seen()).hasSize(1);
    }
  }

  private static Reply endless(String field) {
    String text = "x".repeat(8_000);
    String value =
        field.equals("content")
            ? "\"" + text + "\""
            : "[{\"index\":%d,\"function\":{\"name\":\"f\",\"arguments\":\"" + text + "\"}}]";
    return (socket, out) -> {
      out.write(HEAD.getBytes(StandardCharsets.US_ASCII));
      try {
        for (long sent = 0; sent < BYTES; sent += text.length()) {
          String delta = value.replace("%d", String.format(Locale.ROOT, "%d", sent % 100));
          String event = "data: {\"choices\":[{\"delta\":{\"" + field + "\":" + delta + "}}]}\n\n";
          out.write(event.getBytes(StandardCharsets.US_ASCII));
        }
      } catch (IOException e) {
        // The client has had enough.
      }
      return false;
    };
  }
}
