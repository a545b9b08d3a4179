package dev.synthlab.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;

/** A server on loopback that keeps every byte it gets, and answers whatever it is told to. */
final class EchoServer implements AutoCloseable {
  private final ServerSocket door;
  private final Answer answer;
  private final List<ByteArrayOutputStream> got = new CopyOnWriteArrayList<>();

  /** What is written back to a request. */
  interface Answer {
    byte[] to(String head, String body) throws InterruptedException;
  }

  EchoServer(Answer answer) {
    this.answer = answer;
    try {
      this.door = new ServerSocket(0, 256, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().start(this::accept);
  }

  String address() {
    return "127.0.0.1:" + door.getLocalPort();
  }

  /** Every byte that came. */
  byte[] received() {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    got.forEach(each -> all.writeBytes(each.toByteArray()));
    return all.toByteArray();
  }

  @Override
  public void close() throws IOException {
    door.close();
  }

  private void accept() {
    while (!door.isClosed()) {
      try {
        Socket socket = door.accept();
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  /** One request a connection. What is not HTTP gets the answer to what came first. */
  private void serve(Socket socket) {
    ByteArrayOutputStream kept = new ByteArrayOutputStream();
    got.add(kept);
    try (socket) {
      socket.setSoTimeout(5_000);
      InputStream in = socket.getInputStream();
      StringBuilder head = new StringBuilder();
      int c;
      while ((c = in.read()) >= 0) {
        kept.write(c);
        head.append((char) c);
        if (head.indexOf("\r\n\r\n") >= 0 || (head.length() == 8 && head.charAt(0) == 0)) {
          break;
        }
      }
      String lower = head.toString().toLowerCase(Locale.ROOT);
      int at = lower.indexOf("content-length:");
      int length =
          at < 0 ? 0 : Integer.parseInt(lower.substring(at + 15, lower.indexOf('\r', at)).strip());
      byte[] body = in.readNBytes(length);
      kept.writeBytes(body);
      OutputStream out = socket.getOutputStream();
      out.write(answer.to(head.toString(), new String(body, StandardCharsets.UTF_8)));
      out.flush();
      socket.shutdownOutput();
      byte[] rest = in.readNBytes(64 << 10);
      kept.writeBytes(rest);
    } catch (IOException | InterruptedException e) {
      // The client has gone; what it sent is kept.
    }
  }
}
