package dev.synthlab.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthlab.call.Timer;
import dev.synthlab.config.Environment;
import dev.synthlab.config.Settings;
import dev.synthlab.llm.LlmClient;
import dev.synthlab.test.Replies;
import dev.synthlab.test.ScriptedServer;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever bytes a server sends as text, the results stay one valid JSON line a row. */
@Timeout(30)
class HostileAnswerTest {
  @TempDir Path directory;

  private static byte[] bytes(String kind) {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    byte[] middle =
        switch (kind) {
          case "bad UTF-8" -> new byte[] {(byte) 0xC3, (byte) 0x28, (byte) 0xFF};
          case "surrogate bytes" -> new byte[] {(byte) 0xED, (byte) 0xA0, (byte) 0x80};
          case "lone surrogate" -> "\\ud83d".getBytes(StandardCharsets.US_ASCII);
          case "NUL" -> "\\u0000".getBytes(StandardCharsets.US_ASCII);
          case "line separator" -> "\u2028\u2029\u0085".getBytes(StandardCharsets.UTF_8);
          case "escape" -> "\\u001b[31m\\r\\n\u009b".getBytes(StandardCharsets.UTF_8);
          default -> throw new IllegalArgumentException(kind);
        };
    String[] whole = Replies.completion("before@after", "stop").split("@");
    text.writeBytes(whole[0].getBytes(StandardCharsets.UTF_8));
    text.writeBytes(middle);
    text.writeBytes(whole[1].getBytes(StandardCharsets.UTF_8));
    return text.toByteArray();
  }

  @ParameterizedTest
  @CsvSource({
    "bad UTF-8, OPENAI",
    "surrogate bytes, OPENAI",
    "lone surrogate, OPENAI",
    "lone surrogate, JSONL",
    "NUL, OPENAI",
    "line separator, OPENAI",
    "line separator, JSONL",
    "escape, OPENAI"
  })
  void becomesOneValidLine(String kind, BulkOptions.Format format) throws Exception {
    Bulk bulk = new Bulk(directory).input(Bulk.prompt("../../a", "one"));
    BulkOptions options = BulkOptions.builder(bulk.in, bulk.out).model("m").format(format).build();
    try (ScriptedServer server =
            ScriptedServer.inTurn(Replies.bytes(200, "application/json", bytes(kind)));
        LlmClient client =
            LlmClient.builder()
                .settings(
                    Settings.from(
                            Environment.of(Map.of("OPENAI_BASE_URL", server.base().toString())))
                        .llm())
                .build()) {

      Summary summary =
          BulkRun.of(options, client::askOutcome, Timer.system(), bulk.notes::add).run();

      assertThat(summary.answered()).isEqualTo(1);
      assertThat(server.seen()).hasSize(1);
    }
    String line = Files.readString(bulk.out, StandardCharsets.UTF_8);
    assertThat(line).endsWith("\n");
    assertThat(line.lines()).hasSize(1);
    assertThat(line.strip()).doesNotContainPattern("[\\p{Cc}\u2028\u2029]");
    assertThat(bulk.result("../../a").toString()).contains("before").contains("after");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void recordsARowAsFailedWhenItsAnswerNeedsTooMuchStackOrMemory(boolean stack) throws Exception {
    Bulk bulk = new Bulk(directory).input(Bulk.prompt("a", "one"), Bulk.prompt("b", "two"));
    bulk.script.on(
        "one",
        request -> {
          throw stack ? new StackOverflowError() : new OutOfMemoryError();
        });

    bulk.run(options -> options.concurrency(1));

    assertThat(bulk.result("a").at("/error/code").asString()).isEqualTo("internal_error");
    assertThat(bulk.result("a").at("/error/message").asString())
        .isEqualTo(
            "reading the answer takes more " + (stack ? "stack" : "memory") + " than available");
    assertThat(bulk.result("b").path("error").isNull()).isTrue();
  }
}
