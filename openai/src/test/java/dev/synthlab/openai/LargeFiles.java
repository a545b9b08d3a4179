package dev.synthlab.openai;

import com.openai.client.OpenAIClient;
import com.openai.core.MultipartField;
import com.openai.core.http.HttpResponse;
import com.openai.models.files.FileCreateParams;
import com.openai.models.files.FilePurpose;
import dev.synthlab.Synthlab;
import dev.synthlab.config.Secret;
import dev.synthlab.config.Settings;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/** Sends and fetches a file that does not fit into its heap: the base address, the bytes. */
final class LargeFiles {
  private LargeFiles() {}

  public static void main(String[] args) throws IOException {
    long bytes = Long.parseLong(args[1]);
    Settings settings = Settings.builder().apiKey(Secret.of(Lab.KEY)).baseUrl(args[0]).build();
    try (Synthlab lab = Synthlab.of(settings)) {
      OpenAIClient client = SynthlabOpenAi.over(lab);
      client
          .files()
          .create(
              FileCreateParams.builder()
                  .purpose(FilePurpose.BATCH)
                  .file(
                      MultipartField.<InputStream>builder()
                          .value(new Zeros(bytes))
                          .filename("rows.jsonl")
                          .build())
                  .build());
      try (HttpResponse response = client.files().content("file-1")) {
        long read = response.body().transferTo(OutputStream.nullOutputStream());
        if (read != bytes) {
          throw new IllegalStateException("read " + read + " bytes");
        }
      }
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
