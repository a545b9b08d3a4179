package dev.synthlab.openai;

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

/** A file that is larger than the heap that it goes through. */
@Timeout(60)
class LargeFileTest {
  private static final long BYTES = 200L << 20;
  private static final String HEAP = "48m";
  private static final String FILE =
      """
      {"id":"file-1","object":"file","bytes":3,"created_at":1,"filename":"rows.jsonl",\
      "purpose":"batch","status":"processed"}""";

  @TempDir private Path directory;
  private final List<Long> received = new CopyOnWriteArrayList<>();

  @Test
  void fitsIntoASmallHeap() throws Exception {
    Path log = directory.resolve("log");
    try (ServerSocket door = new ServerSocket(0, 16, InetAddress.getByName("127.0.0.1"))) {
      Thread.ofVirtual().start(() -> serveAll(door));

      Process process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Xmx" + HEAP,
                  "-XX:TieredStopAtLevel=1",
                  "-XX:+UseSerialGC",
                  "-cp",
                  System.getProperty("java.class.path"),
                  LargeFiles.class.getName(),
                  "http://127.0.0.1:" + door.getLocalPort() + "/v1",
                  Long.toString(BYTES))
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();

      assertThat(process.waitFor()).as(Files.readString(log)).isZero();
    }
    assertThat(received).hasSize(2);
    assertThat(received.getFirst()).isBetween(BYTES, BYTES + 2_000);
  }

  private void serveAll(ServerSocket door) {
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
            ("HTTP/1.1 200 OK\r\ncontent-type: "
                    + (get ? "application/octet-stream" : "application/json")
                    + "\r\ncontent-length: "
                    + (get ? BYTES : FILE.length())
                    + "\r\n\r\n"
                    + (get ? "" : FILE))
                .getBytes(StandardCharsets.US_ASCII));
        for (long left = get ? BYTES : 0; left > 0; left -= 1 << 16) {
          out.write(new byte[1 << 16]);
        }
      }
    } catch (IOException e) {
      // The client went away.
    }
  }

  /** Reads the head and the chunks of a request, and keeps neither. */
  private static long drained(InputStream in) throws IOException {
    boolean chunked = false;
    for (String line = line(in); !line.isEmpty(); line = line(in)) {
      chunked |= line.equalsIgnoreCase("transfer-encoding: chunked");
    }
    long total = 0;
    int size = chunked ? size(in) : 0;
    while (size > 0) {
      in.skipNBytes(size);
      line(in);
      total += size;
      size = size(in);
    }
    if (chunked) {
      line(in);
    }
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
