package dev.synthlab.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.synthlab.config.Environment;
import dev.synthlab.external.ApiClient;
import dev.synthlab.external.ApiService;
import dev.synthlab.external.Download;
import dev.synthlab.external.ApiKeyLocation;
import dev.synthlab.external.Multipart;
import dev.synthlab.http.Body;
import dev.synthlab.http.OkHttpTransport;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Makes the transfers of {@link Transfers} in a process of its own. */
final class TransfersProbe {
  /** How the lines begin that it writes: way, bytes got, nanoseconds, heap in use. */
  static final String MARK = "@transfer ";

  /** How many lines there are. */
  static final int WAYS = 5;

  private TransfersProbe() {}

  /** One way to move bytes; gives how many came, or 0 when they went. */
  private interface Way {
    long move() throws IOException;
  }

  /** Takes the server's address, the number of bytes and the file between. */
  public static void main(String[] args) throws IOException {
    long bytes = Long.parseLong(args[1]);
    Path file = Path.of(args[2]);
    ApiService service = ApiService.named("files").withKey(ApiKeyLocation.none());
    Environment where = Environment.of(Map.of("FILES_BASE_URL", args[0]));
    try (ApiClient api =
        ApiClient.builder(service)
            .settings(service.settings(where))
            .owning(new OkHttpTransport())
            .build()) {
      tell("download to a file, with its SHA-256", () -> api.get("/f").downloadTo(file).bytes());
      tell("download as a stream", () -> streamed(api));
      tell("upload of a file", () -> sent(() -> api.put("/f").file(file, "text/plain").send()));
      tell(
          "upload of a file in a form of parts",
          () -> sent(() -> api.post("/f").multipart(form(file)).send()));
      tell(
          "upload of a stream of unknown length",
          () -> {
            try (InputStream in = Files.newInputStream(file)) {
              Body once = new Body.Once(in, "text/plain");
              return sent(() -> api.post("/f").body(once).send());
            }
          });
    }
    System.exit(bytes > 0 ? 0 : 1);
  }

  private static long streamed(ApiClient api) throws IOException {
    try (Download open = api.get("/f").download()) {
      return open.bytes().transferTo(OutputStream.nullOutputStream());
    }
  }

  private static long sent(Runnable upload) {
    upload.run();
    return 0;
  }

  private static Multipart form(Path file) {
    return new Multipart().file("f", file, "text/plain");
  }

  private static void tell(String name, Way way) throws IOException {
    long begin = System.nanoTime();
    long bytes = way.move();
    long took = System.nanoTime() - begin;
    Runtime heap = Runtime.getRuntime();
    new PrintStream(System.out, true, UTF_8)
        .println(
            MARK
                + String.join(
                    "|",
                    name,
                    Long.toString(bytes),
                    Long.toString(took),
                    Long.toString(heap.totalMemory() - heap.freeMemory())));
  }
}
