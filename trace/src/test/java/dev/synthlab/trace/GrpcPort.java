package dev.synthlab.trace;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A port on loopback that speaks HTTP/2 without TLS and nothing else, as the port of a gRPC server
 * does: it sends its SETTINGS first, and closes a connection that begins otherwise. It accepts
 * every call.
 */
final class GrpcPort implements AutoCloseable {
  private static final byte[] PREFACE =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int SETTINGS = 4;
  private static final int END_STREAM = 1;
  private static final int ACK = 1;
  private static final int END_HEADERS = 4;

  private final ServerSocket door;
  private final List<String> calls = new CopyOnWriteArrayList<>();

  GrpcPort() throws IOException {
    door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  URI address() {
    return URI.create("http://127.0.0.1:" + door.getLocalPort());
  }

  /** The bodies of the calls, as text. */
  List<String> calls() {
    return calls;
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

  private void serve(Socket socket) {
    try (socket) {
      OutputStream out = socket.getOutputStream();
      DataInputStream in = new DataInputStream(socket.getInputStream());
      frame(out, SETTINGS, 0, 0, new byte[] {0, 4, 0, 1, 0, 0});
      byte[] beginning = in.readNBytes(PREFACE.length);
      if (Arrays.equals(beginning, PREFACE)) {
        answer(in, out);
      } else {
        in.readNBytes(in.available()); // or the connection is reset before the client has read
      }
    } catch (IOException e) {
      // The client has gone.
    }
  }

  private void answer(DataInputStream in, OutputStream out) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    while (true) {
      int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
      int type = in.readUnsignedByte();
      int flags = in.readUnsignedByte();
      int stream = in.readInt();
      byte[] payload = in.readNBytes(length);
      if (type == SETTINGS && (flags & ACK) == 0) {
        frame(out, SETTINGS, ACK, 0, new byte[0]);
      }
      if (type == DATA) {
        body.write(payload);
      }
      if ((type == DATA || type == HEADERS) && (flags & END_STREAM) != 0) {
        calls.add(body.toString(StandardCharsets.ISO_8859_1));
        body.reset();
        frame(out, HEADERS, END_STREAM | END_HEADERS, stream, accepted());
      }
    }
  }

  /** Status 200, the content type and the status of gRPC, in the encoding of HTTP/2. */
  private static byte[] accepted() throws IOException {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    block.write(0x88); // :status 200
    block.write(0);
    text(block, "content-type");
    text(block, "application/grpc");
    block.write(0);
    text(block, "grpc-status");
    text(block, "0");
    return block.toByteArray();
  }

  private static void text(ByteArrayOutputStream block, String text) throws IOException {
    block.write(text.length());
    block.write(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static void frame(OutputStream out, int type, int flags, int stream, byte[] payload)
      throws IOException {
    ByteArrayOutputStream frame = new ByteArrayOutputStream();
    int length = payload.length;
    for (int each :
        new int[] {
          length >> 16,
          length >> 8,
          length,
          type,
          flags,
          stream >> 24,
          stream >> 16,
          stream >> 8,
          stream
        }) {
      frame.write(each);
    }
    frame.write(payload);
    out.write(frame.toByteArray());
    out.flush();
  }

  @Override
  public void close() throws IOException {
    door.close();
  }
}
