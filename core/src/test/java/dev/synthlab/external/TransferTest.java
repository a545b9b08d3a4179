package dev.synthlab.external;

import static dev.synthlab.test.Replies.bytes;
import static dev.synthlab.test.Replies.json;
import static dev.synthlab.test.Replies.stall;
import static dev.synthlab.test.Replies.truncated;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.synthlab.call.CallException;
import dev.synthlab.http.BodyReader;
import dev.synthlab.http.TransportException;
import dev.synthlab.test.ScriptedServer.Reply;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Files and streams, out and in. */
@Timeout(20)
class TransferTest {
  private static final byte[] FILE = "0123456789".repeat(30_000).getBytes(StandardCharsets.UTF_8);

  @TempDir private Path directory;
  private Weather weather = Weather.inTurn(json(200, "{}"));

  @AfterEach
  void close() {
    weather.close();
  }

  private ApiClient answering(Reply... replies) {
    weather.close();
    weather = Weather.inTurn(replies);
    return weather.with("WEATHER_TIMEOUT", "300ms").client();
  }

  private static Reply file() {
    return bytes(200, "application/octet-stream", FILE);
  }

  private Path target() {
    return directory.resolve("map.bin");
  }

  private static String sha256() throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(FILE));
  }

  private long files() throws IOException {
    try (Stream<Path> all = Files.list(directory)) {
      return all.count();
    }
  }

  /** Goes on sending for longer than an attempt may take, but never silent for so long. */
  private static Reply slow(int pieces) {
    return (socket, out) -> {
      out.write(
          ("HTTP/1.1 200 OK\r\ncontent-length: " + pieces * 100 + "\r\n\r\n")
              .getBytes(StandardCharsets.US_ASCII));
      CountDownLatch never = new CountDownLatch(1);
      for (int i = 0; i < pieces; i++) {
        out.write(new byte[100]);
        out.flush();
        never.await(50, TimeUnit.MILLISECONDS);
      }
      return true;
    };
  }

  @Test
  void writesAFileAndReturnsItsChecksum() throws Exception {
    Download.Saved saved = answering(file()).get("/map").sha256(sha256()).downloadTo(target());

    assertThat(target()).hasBinaryContent(FILE);
    assertThat(saved.path()).isEqualTo(target());
    assertThat(saved.bytes()).isEqualTo(FILE.length);
    assertThat(saved.sha256()).isEqualTo(sha256());
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(target())))
        .isEqualTo("rw-------");
    assertThat(files()).isEqualTo(1);
  }

  @Test
  void replacesASymbolicLinkWithoutFollowingIt() throws Exception {
    Path victim = Files.writeString(directory.resolve("victim"), "precious");
    Files.createSymbolicLink(target(), victim);

    answering(file()).get("/map").downloadTo(target());

    assertThat(target()).hasBinaryContent(FILE).isRegularFile();
    assertThat(Files.isSymbolicLink(target())).isFalse();
    assertThat(victim).hasContent("precious");
  }

  @Test
  void restartsABrokenDownload() {
    answering(truncated("01234"), file()).get("/map").downloadTo(target());

    assertThat(target()).hasBinaryContent(FILE);
    assertThat(weather.requests()).isEqualTo(2);
  }

  @Test
  void leavesTheOldFileUnchangedWhenADownloadFails() throws Exception {
    Files.writeString(target(), "old");
    ApiClient api = answering(truncated("01234"));

    assertThatExceptionOfType(CallException.ConnectionFailed.class)
        .isThrownBy(() -> api.get("/map").downloadTo(target()));

    assertThat(target()).hasContent("old");
    assertThat(files()).isEqualTo(1);
  }

  @Test
  void rejectsAFileWithAnotherChecksum() throws Exception {
    ApiClient api = answering(file());

    assertThatExceptionOfType(ApiException.InvalidResponse.class)
        .isThrownBy(() -> api.get("/map").sha256("00".repeat(32)).downloadTo(target()))
        .withMessageContaining("SHA-256");

    assertThat(files()).isZero();
  }

  @Test
  void rejectsAFileThatIsTooLarge() throws Exception {
    ApiClient api = answering(file());

    assertThatExceptionOfType(CallException.ResponseTooLarge.class)
        .isThrownBy(() -> api.get("/map").maxBytes(FILE.length - 1).downloadTo(target()));

    assertThat(files()).isZero();
    assertThat(weather.requests()).isEqualTo(1);
  }

  @Test
  void doesNotRetryADownloadAfterADiskError() {
    ApiClient api = answering(file());
    Path nowhere = directory.resolve("none/map.bin");

    assertThatExceptionOfType(UncheckedIOException.class)
        .isThrownBy(() -> api.get("/map").downloadTo(nowhere))
        .withMessageContaining(nowhere.toString());

    assertThat(weather.requests()).isEqualTo(1);
  }

  @Test
  void allowsMoreThanTheTimeoutWhileDataArrives() {
    ApiClient api = answering(slow(12));

    Download.Saved saved = api.get("/map").downloadTo(target());

    assertThat(saved.bytes()).isEqualTo(1200);
    assertThat(weather.requests()).isEqualTo(1);
  }

  @Test
  void timesOutWhenADownloadStalls() {
    ApiClient api = answering(stall("01234"));

    assertThatExceptionOfType(CallException.DeadlineExceeded.class)
        .isThrownBy(() -> api.get("/map").downloadTo(target()))
        .withMessageContaining("silent");

    assertThat(weather.requests()).isEqualTo(3);
  }

  @Test
  void streamsBytesAsTheyArrive() throws IOException {
    try (Download open = answering(file()).get("/map").download()) {
      assertThat(open.length()).hasValue(FILE.length);
      assertThat(open.contentType()).contains("application/octet-stream");
      assertThat(open.bytes().readAllBytes()).isEqualTo(FILE);
    }

    assertThat(weather.reports).hasSize(1);
  }

  @Test
  void timesOutWhenAStreamStalls() throws IOException {
    try (Download open = answering(stall("01234")).get("/map").download()) {
      assertThat(open.bytes().readNBytes(5)).hasSize(5);
      assertThatExceptionOfType(TransportException.class)
          .isThrownBy(() -> open.bytes().read())
          .withMessageContaining("silent");
    }
  }

  @Test
  void failsAStreamThatIsTooLarge() throws IOException {
    try (Download open = answering(file()).get("/map").maxBytes(1000).download()) {
      assertThatExceptionOfType(BodyReader.TooLargeException.class)
          .isThrownBy(() -> open.bytes().readAllBytes());
    }
  }

  @Test
  void closesTheSocketOfAClosedStream() throws Exception {
    Download open = answering(stall("01234")).get("/map").download();

    long begin = System.nanoTime();
    open.close();
    while (weather.server.openConnections() > 0) {
      Thread.onSpinWait();
    }

    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(1));
  }

  @Test
  void readsAFileAgainForEachAttempt() throws IOException {
    Path from = Files.write(directory.resolve("up.bin"), FILE);
    ApiClient api = answering(json(500, "{}"), json(200, "{}"));

    api.put("/map").file(from, "application/octet-stream").send();

    assertThat(weather.server.seen())
        .hasSize(2)
        .allSatisfy(
            seen -> {
              assertThat(seen.body()).hasSize(FILE.length);
              assertThat(seen.header("content-length")).isEqualTo("" + FILE.length);
            });
  }

  @Test
  void sendsFilesAndFieldsInAForm() throws IOException {
    Path from = Files.writeString(directory.resolve("a b.txt"), "text");

    answering(json(200, "{}"))
        .post("/reports")
        .multipart(new Multipart().field("city", "Oslo").file("f", from, "text/plain"))
        .send();

    String body = weather.server.seen().getFirst().body();
    String boundary =
        weather.server.seen().getFirst().header("content-type").replaceFirst(".*boundary=", "");
    assertThat(body)
        .isEqualTo(
            """
            --B
            content-disposition: form-data; name="city"

            Oslo
            --B
            content-disposition: form-data; name="f"; filename="a b.txt"
            content-type: text/plain

            text
            --B--
            """
                .replace("--B", "--" + boundary)
                .replace("\n", "\r\n"));
  }
}
