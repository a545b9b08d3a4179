package dev.synthlab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthlab.test.Replies;
import dev.synthlab.test.ScriptedServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Commands whose calls are traced. */
@Timeout(120)
class TracedSessionTest {
  @TempDir private Path directory;

  @Test
  void exportsARunWithItsSettingsSummaryAndRows() {
    try (ScriptedServer phoenix = takes();
        ScriptedServer models = models()) {
      Synth synth = synth(models, "http://127.0.0.1:" + phoenix.port());
      synth.file("in.jsonl", "{\"prompt\": \"one\"}", "{\"prompt\": \"two\"}");

      Synth.Ended ended = synth.run("run", "in.jsonl", "-o", "out.jsonl");

      assertThat(ended.exit()).isZero();
      assertThat(ended.err()).doesNotContain("did not reach");
      String sent = bytes(phoenix);
      assertThat(sent)
          .contains("synthlab run", "chat gpt-4o-mini", "trace_sample", "\"answered\":2");
      assertThat(sent.split("CHAIN", -1)).hasSize(2);
    }
  }

  @Test
  void exportsARunWithFailedRowsAsAnError() {
    try (ScriptedServer phoenix = takes();
        ScriptedServer models =
            ScriptedServer.start((request, number) -> Replies.error(400, "bad", "no"))) {
      Synth synth = synth(models, "http://127.0.0.1:" + phoenix.port());
      synth.file("in.jsonl", "{\"prompt\": \"one\"}");

      Synth.Ended ended = synth.run("run", "in.jsonl", "-o", "out.jsonl");

      assertThat(ended.exit()).isEqualTo(3);
      assertThat(bytes(phoenix)).contains("some_failed");
    }
  }

  @Test
  void exportsOnlyTheRunAndItsRetriesIfTheSampleRateIsZero() {
    try (ScriptedServer phoenix = takes();
        ScriptedServer models =
            ScriptedServer.start(
                (request, number) ->
                    number == 1 ? Replies.error(500, "boom", "boom") : Replies.chat("fine"))) {
      Synth synth = synth(models, "http://127.0.0.1:" + phoenix.port());
      synth.file("in.jsonl", "{\"prompt\": \"first\"}", "{\"prompt\": \"second\"}");

      Synth.Ended ended =
          synth.run("run", "in.jsonl", "-o", "out.jsonl", "-c", "1", "--trace-sample", "0");

      assertThat(ended.exit()).isZero();
      assertThat(bytes(phoenix))
          .contains("synthlab run", "attempt 2", "first")
          .doesNotContain("second");
    }
  }

  @Test
  void answersAndReportsLostSpansInOneLine() throws IOException {
    int closed;
    try (ServerSocket door = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      closed = door.getLocalPort();
    }
    try (ScriptedServer models = models()) {
      Synth synth = synth(models, "http://127.0.0.1:" + closed);

      Synth.Ended ended = synth.run("ask", "--no-stream", "hello");

      assertThat(ended.exit()).isZero();
      assertThat(ended.out()).isEqualTo("fine\n");
      assertThat(ended.err().lines().filter(line -> line.startsWith("synthlab: ")).toList())
          .containsExactly(
              "synthlab: 2 of 2 spans did not reach http://127.0.0.1:" + closed + "/v1/traces");
    }
  }

  @Test
  void checksTheTraceEndpointInDoctor() {
    try (ScriptedServer phoenix =
            ScriptedServer.start((request, number) -> Replies.error(401, "no", "no"));
        ScriptedServer models = models()) {
      Synth.Ended ended = synth(models, "http://127.0.0.1:" + phoenix.port()).run("doctor");

      assertThat(ended.exit()).isEqualTo(4);
      assertThat(ended.out()).contains("traces", "/v1/traces: HTTP status 401", "PHOENIX_API_KEY");
    }
  }

  private Synth synth(ScriptedServer models, String traces) {
    return new Synth(directory)
        .with("OPENAI_BASE_URL", models.base().toString())
        .with("SYNTHLAB_BACKOFF_MIN", "10ms")
        .with("PHOENIX_COLLECTOR_ENDPOINT", traces);
  }

  private static ScriptedServer models() {
    return ScriptedServer.start((request, number) -> Replies.chat("fine"));
  }

  private static ScriptedServer takes() {
    return ScriptedServer.start(
        (request, number) -> Replies.bytes(200, "application/x-protobuf", new byte[0]));
  }

  private static String bytes(ScriptedServer phoenix) {
    return phoenix.seen().stream().map(ScriptedServer.Seen::body).collect(Collectors.joining("\n"));
  }
}
