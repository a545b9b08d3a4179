package dev.synthlab.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.openai.core.MultipartField;
import com.openai.core.http.HttpResponse;
import com.openai.errors.InternalServerException;
import com.openai.models.audio.speech.SpeechCreateParams;
import com.openai.models.files.FileCreateParams;
import com.openai.models.files.FilePurpose;
import dev.synthlab.test.Replies;
import dev.synthlab.test.ScriptedServer;
import dev.synthlab.test.ScriptedServer.Reply;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Uploads and downloads of the library: in flat memory, and never sent twice by mistake. */
@Timeout(20)
class CarriedTransfersTest {
  private static final String FILE =
      """
      {"id":"file-1","object":"file","bytes":3,"created_at":1,"filename":"rows.jsonl",\
      "purpose":"batch","status":"processed"}""";

  private static FileCreateParams upload(InputStream content) {
    return FileCreateParams.builder()
        .purpose(FilePurpose.BATCH)
        .file(MultipartField.<InputStream>builder().value(content).filename("rows.jsonl").build())
        .build();
  }

  private static InputStream rows() {
    // The library repeats a ByteArrayInputStream, but no other stream.
    return new SequenceInputStream(
        new ByteArrayInputStream("row".getBytes(StandardCharsets.UTF_8)),
        InputStream.nullInputStream());
  }

  @Test
  void uploadAFile(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("rows.jsonl"), "{\"row\": 1}");
    try (ScriptedServer server = ScriptedServer.inTurn(Replies.json(200, FILE));
        Lab lab = Lab.of(server)) {
      var params = FileCreateParams.builder().purpose(FilePurpose.BATCH).file(file).build();

      String id = lab.client.files().create(params).id();

      assertThat(id).isEqualTo("file-1");
      assertThat(server.seen().getFirst().header("content-type"))
          .startsWith("multipart/form-data; boundary=");
      assertThat(server.seen().getFirst().body()).contains("{\"row\": 1}", "rows.jsonl", "batch");
    }
  }

  @Test
  void neverRepeatABodyThatCanBeSentOnce() {
    try (ScriptedServer server =
            ScriptedServer.inTurn(
                Replies.error(503, "overloaded", "later", "retry-after-ms", "1"),
                Replies.json(200, FILE));
        Lab lab = Lab.of(server)) {
      assertThatExceptionOfType(InternalServerException.class)
          .isThrownBy(() -> lab.client.files().create(upload(rows())));

      assertThat(server.seen()).hasSize(1);
    }
  }

  @Test
  void repeatABodyThatCanBeSentTwiceIfTheServerHasNotProcessedIt() {
    byte[] bytes = "row".getBytes(StandardCharsets.UTF_8);
    try (ScriptedServer server =
            ScriptedServer.inTurn(
                Replies.error(429, "rate_limit_exceeded", "later", "retry-after-ms", "1"),
                Replies.json(200, FILE));
        Lab lab = Lab.of(server)) {
      var params = FileCreateParams.builder().purpose(FilePurpose.BATCH).file(bytes).build();

      lab.client.files().create(params);

      assertThat(server.seen()).hasSize(2);
      assertThat(server.seen()).allSatisfy(seen -> assertThat(seen.body()).contains("row"));
    }
  }

  @Test
  void doNotCreateAFileTwice() {
    byte[] bytes = "row".getBytes(StandardCharsets.UTF_8);
    try (ScriptedServer server = ScriptedServer.inTurn(Replies.hangUp(), Replies.json(200, FILE));
        Lab lab = Lab.of(server)) {
      var params = FileCreateParams.builder().purpose(FilePurpose.BATCH).file(bytes).build();

      assertThat(catchThrowable(() -> lab.client.files().create(params)))
          .hasMessageContaining("may have processed");

      assertThat(server.seen()).hasSize(1);
    }
  }

  @Test
  void downloadAFile() throws Exception {
    byte[] content = new byte[300_000];
    Arrays.fill(content, (byte) 7);
    try (ScriptedServer server =
            ScriptedServer.inTurn(Replies.bytes(200, "application/octet-stream", content));
        Lab lab = Lab.of(server);
        HttpResponse response = lab.client.files().content("file-1")) {
      assertThat(response.body().readAllBytes()).isEqualTo(content);
      assertThat(server.seen().getFirst().path()).isEqualTo("/v1/files/file-1/content");
      assertThat(lab.reports.element().fault()).isEmpty();
    }
  }

  @Test
  void closingADownloadClosesItsSocket() throws Exception {
    try (ScriptedServer server = ScriptedServer.inTurn(endless());
        Lab lab = Lab.of(server)) {
      HttpResponse response = lab.client.audio().speech().create(speech());
      assertThat(response.body().read()).isEqualTo('a');

      response.close();

      awaitClientCloses(server);
      assertThat(lab.synthlab.traffic().state().inFlight()).isZero();
    }
  }

  private static SpeechCreateParams speech() {
    return SpeechCreateParams.builder()
        .model("tts-1")
        .input("Hello")
        .voice(SpeechCreateParams.Voice.UnionMember1.ALLOY)
        .build();
  }

  /** A body that does not end before the client closes the connection. */
  private static Reply endless() {
    return (socket, out) -> {
      String head = "HTTP/1.1 200 OK\r\ncontent-type: audio/mpeg\r\n\r\na";
      out.write(head.getBytes(StandardCharsets.US_ASCII));
      out.flush();
      return Replies.awaitClose(socket);
    };
  }

  static void awaitClientCloses(ScriptedServer server) {
    long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (server.clientCloses() == 0) {
      assertThat(System.nanoTime() - end).as("the client has closed no socket").isNegative();
      Thread.yield();
    }
  }
}
