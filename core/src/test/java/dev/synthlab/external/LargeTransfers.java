package dev.synthlab.external;

import dev.synthlab.config.Environment;
import dev.synthlab.http.Body;
import dev.synthlab.http.OkHttpTransport;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Fetches and sends more than fits into its heap: the base address, the bytes, the file. */
final class LargeTransfers {
  private LargeTransfers() {}

  public static void main(String[] args) throws IOException {
    long bytes = Long.parseLong(args[1]);
    ApiService service = ApiService.named("files").withKey(ApiKeyLocation.none());
    Environment where = Environment.of(Map.of("FILES_BASE_URL", args[0]));
    try (ApiClient api =
        ApiClient.builder(service)
            .settings(service.settings(where))
            .owning(new OkHttpTransport())
            .build()) {
      Download.Saved saved = api.get("/large").downloadTo(Path.of(args[2]));
      require(saved.bytes() == bytes);
      try (Download open = api.get("/large").download()) {
        require(open.bytes().transferTo(java.io.OutputStream.nullOutputStream()) == bytes);
      }
      api.put("/large").file(Path.of(args[2]), "application/octet-stream").send();
      api.post("/large").body(new Body.Once(new Zeros(bytes), "application/octet-stream")).send();
    }
  }

  private static void require(boolean holds) {
    if (!holds) {
      throw new IllegalStateException("other bytes than sent");
    }
  }

  /** So many bytes out of nothing. */
  private static final class Zeros extends InputStream {
    private long left;

    Zeros(long left) {
      this.left = left;
    }

    @Override
    public int read() {
      return left-- > 0 ? 0 : -1;
    }

    @Override
    public int read(byte @Nullable [] into, int from, int length) {
      if (left <= 0) {
        return -1;
      }
      int read = (int) Math.min(left, length);
      left -= read;
      return read;
    }
  }
}
