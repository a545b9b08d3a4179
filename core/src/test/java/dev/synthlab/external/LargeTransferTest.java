package dev.synthlab.external;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Files that are larger than the heap they go through. */
@Timeout(60)
class LargeTransferTest {
  private static final long BYTES = 64L << 20;
  private static final String HEAP = "24m";

  @TempDir private Path directory;
  private final List<Long> received = new CopyOnWriteArrayList<>();

  @Test
  void fitIntoASmallHeap() throws Exception {
    Path log = directory.resolve("log");
    try (ServerSocket door = new ServerSocket(0, 16, InetAddress.getByName("127.0.0.1"))) {
      Thread.ofVirtual().start(() -> accept(door));

      Process process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Xmx" + HEAP,
                  "-XX:TieredStopAtLevel=1",
                  "-XX:+UseSerialGC",
                  "-cp",
                  System.getProperty("java.class.path"),
                  LargeTransfers.class.getName(),
                  "http://127.0.0.1:" + door.getLocalPort(),
                  Long.toString(BYTES),
                  directory.resolve("large").toString())
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();

      assertThat(process.waitFor()).as(Files.readString(log)).isZero();
    }
    assertThat(received).containsExactly(0L, 0L, BYTES, BYTES);
  }

  private void accept(ServerSocket door) {
    try {
      while (true) {
        Socket socket = door.accept();
        Thread.ofVirtual().start(() -> serve(socket));
      }
    } catch (IOException e) {
      // The test is over.
    }
  }

  private void serve(Socket socket) {
    try (socket;
        InputStream in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
        OutputStream out = socket.getOutputStream()) {
      for (String line = line(in); !line.isEmpty(); line = line(in)) {
        boolean get = line.startsWith("GET");
        received.add(drained(in));
        out.write(
            ("HTTP/1.1 200 OK\r\ncontent-length: " + (get ? BYTES : 0) + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
        for (long left = get ? BYTES : 0; left > 0; left -= 1 << 16) {
          out.write(new byte[1 << 16]);
        }
      }
    } catch (IOException e) {
      // The client went away.
    }
  }

  /** Reads the head and the body of a request, and keeps neither. */
  private static long drained(InputStream in) throws IOException {
    long length = 0;
    boolean chunked = false;
    for (String line = line(in); !line.isEmpty(); line = line(in)) {
      String lower = line.toLowerCase(java.util.Locale.ROOT);
      chunked |= lower.startsWith("transfer-encoding: chunked");
      length =
          lower.startsWith("content-length:") ? Long.parseLong(line.substring(15).strip()) : length;
    }
    if (!chunked) {
      in.skipNBytes(length);
      return length;
    }
    long total = 0;
    for (int size = size(in); size > 0; size = size(in)) {
      in.skipNBytes(size);
      line(in);
      total += size;
    }
    line(in);
    return total;
  }

  private static int size(InputStream in) throws IOException {
    return Integer.parseInt(line(in), 16);
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
      if (next != '\r') {
        line.append((char) next);
      }
    }
    return line.toString();
  }
}
