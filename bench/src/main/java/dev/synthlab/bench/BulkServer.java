package dev.synthlab.bench;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;

/** Answers a GET with so many bytes, and swallows whatever it is sent. */
final class BulkServer implements AutoCloseable {
  private static final byte[] PIECE = new byte[1 << 16];

  private final ServerSocket door;
  private final long bytes;
  private final AtomicLong swallowed = new AtomicLong();

  BulkServer(long bytes) throws IOException {
    this.door = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
    this.bytes = bytes;
    Thread.ofVirtual().start(this::accept);
  }

  URI base() {
    return URI.create("http://127.0.0.1:" + door.getLocalPort());
  }

  /** How many bytes came in bodies since it was asked last. */
  long swallowed() {
    return swallowed.getAndSet(0);
  }

  @Override
  public void close() {
    try {
      door.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void accept() {
    while (!door.isClosed()) {
      try {
        Socket socket = door.accept();
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException e) {
        if (!door.isClosed()) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }

  private void serve(Socket socket) {
    try (socket;
        InputStream in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
        OutputStream out = socket.getOutputStream()) {
      for (String line = line(in); !line.isEmpty(); line = line(in)) {
        long length = line.startsWith("GET") ? bytes : 0;
        swallowed.addAndGet(drained(in));
        out.write(
            ("HTTP/1.1 200 OK\r\ncontent-length: " + length + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
        for (long left = length; left > 0; left -= PIECE.length) {
          out.write(PIECE, 0, (int) Math.min(left, PIECE.length));
        }
      }
    } catch (IOException e) {
      // The client went away.
    }
  }

  private static long drained(InputStream in) throws IOException {
    long length = 0;
    boolean chunked = false;
    for (String line = line(in); !line.isEmpty(); line = line(in)) {
      String lower = line.toLowerCase(Locale.ROOT);
      chunked |= lower.startsWith("transfer-encoding: chunked");
      if (lower.startsWith("content-length:")) {
        length = Long.parseLong(line.substring("content-length:".length()).strip());
      }
    }
    return chunked ? chunks(in) : skipped(in, length);
  }

  private static long skipped(InputStream in, long length) throws IOException {
    in.skipNBytes(length);
    return length;
  }

  private static long chunks(InputStream in) throws IOException {
    long total = 0;
    for (int size = size(in); size > 0; size = size(in)) {
      total += skipped(in, size);
      line(in);
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
