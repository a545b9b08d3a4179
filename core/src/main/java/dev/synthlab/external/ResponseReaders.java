package dev.synthlab.external;

import dev.synthlab.call.AttemptResult;
import dev.synthlab.http.BodyReader;
import dev.synthlab.json.JsonCodec;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;

/** The response readers other than the JSON reader. */
final class ResponseReaders {
  private ResponseReaders() {}

  /** Reads the whole body into memory. */
  record Buffered(int limit) implements ResponseReader<ApiResponse> {
    private static final int NOT_MODIFIED = 304;

    @Override
    public ApiResponse read(AttemptResult.ResponseReceived answer) throws IOException {
      try (var open = answer.body()) {
        return new ApiResponse(answer.status(), answer.headers(), BodyReader.whole(open, limit));
      }
    }

    @Override
    public boolean accepts(int status) {
      return status / 100 == 2 || status == NOT_MODIFIED;
    }
  }

  /** Hands out the open body. */
  record Streaming(long limit) implements ResponseReader<Download> {
    @Override
    public Download read(AttemptResult.ResponseReceived answer) {
      return new Download(answer.headers(), new BodyReader.Bounded(answer.body(), limit));
    }

    @Override
    public boolean live() {
      return true;
    }

    @Override
    public boolean transfers() {
      return true;
    }

    @Override
    public void onEnd(Download open, Runnable action) {
      open.onClose(action);
    }
  }

  /** Writes the body to a temporary file and renames it when it is complete. */
  record ToFile(Path path, long limit, String sha256) implements ResponseReader<Download.Saved> {
    private static final int BUFFER_BYTES = 64 * 1024;

    @Override
    public Download.Saved read(AttemptResult.ResponseReceived answer)
        throws IOException, JsonCodec.UnreadableException {
      Path part = createTemporaryFile();
      try (InputStream bytes = new BodyReader.Bounded(answer.body(), limit)) {
        Download.Saved saved = copy(bytes, part);
        if (!sha256.isEmpty() && !sha256.toLowerCase(Locale.ROOT).equals(saved.sha256())) {
          throw new JsonCodec.UnreadableException(
              "the SHA-256 of the file is " + saved.sha256() + ", not " + sha256,
              true,
              new byte[0]);
        }
        moveIntoPlace(part);
        return saved;
      } finally {
        delete(part);
      }
    }

    @Override
    public boolean transfers() {
      return true;
    }

    private Path createTemporaryFile() {
      Path directory = path.toAbsolutePath().getParent();
      try {
        return Files.createTempFile(directory, ".synthlab-", ".part");
      } catch (IOException e) {
        throw cannotWrite(e);
      }
    }

    private Download.Saved copy(InputStream from, Path part) throws IOException {
      MessageDigest digest = digest();
      long total = 0;
      try (FileChannel channel = open(part)) {
        OutputStream to = Channels.newOutputStream(channel);
        byte[] buffer = new byte[BUFFER_BYTES];
        for (int read = from.read(buffer); read >= 0; read = from.read(buffer)) {
          digest.update(buffer, 0, read);
          total += read;
          write(to, buffer, read);
        }
        sync(channel);
      }
      return new Download.Saved(path, total, HexFormat.of().formatHex(digest.digest()));
    }

    private FileChannel open(Path part) {
      try {
        return FileChannel.open(part, StandardOpenOption.WRITE);
      } catch (IOException e) {
        throw cannotWrite(e);
      }
    }

    // Not an IOException: a disk error must not be retried like a connection error.
    private void write(OutputStream to, byte[] buffer, int length) {
      try {
        to.write(buffer, 0, length);
      } catch (IOException e) {
        throw cannotWrite(e);
      }
    }

    private void sync(FileChannel channel) {
      try {
        channel.force(true);
      } catch (IOException e) {
        throw cannotWrite(e);
      }
    }

    private void moveIntoPlace(Path part) {
      try {
        Files.move(part, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } catch (IOException e) {
        throw cannotWrite(e);
      }
    }

    private void delete(Path part) {
      try {
        Files.deleteIfExists(part);
      } catch (IOException e) {
        throw cannotWrite(e);
      }
    }

    private UncheckedIOException cannotWrite(IOException e) {
      return new UncheckedIOException("the file " + path + " cannot be written", e);
    }

    private static MessageDigest digest() {
      try {
        return MessageDigest.getInstance("SHA-256");
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("this JVM has no SHA-256", e);
      }
    }
  }
}
