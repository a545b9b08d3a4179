package dev.synthlab.test;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class ScriptedServerTest {
  @Test
  void repliesInOrderAndTellsWhatArrived() throws IOException {
    try (ScriptedServer server =
        ScriptedServer.inTurn(Replies.json(200, "{\"a\":1}", "x-a", "b"), Replies.hangUp())) {
      String first = send(server, "POST /v1/x HTTP/1.1\r\nContent-Length: 2\r\nX-Y: z\r\n\r\nhi");
      String second = send(server, "GET /v1/y HTTP/1.1\r\n\r\n");

      assertThat(first)
          .startsWith("HTTP/1.1 200 Scripted\r\nx-a: b\r\n")
          .endsWith("content-length: 7\r\n\r\n{\"a\":1}");
      assertThat(second).isEmpty();
      assertThat(server.connections()).isEqualTo(2);
      ScriptedServer.Seen request = server.seen().getFirst();
      assertThat(request.method() + " " + request.path()).isEqualTo("POST /v1/x");
      assertThat(request.header("x-y")).isEqualTo("z");
      assertThat(request.body()).isEqualTo("hi");
    }
  }

  @Test
  void quotesTextsAsJson() {
    assertThat(Replies.quoted("a\"b\\c\nd\u0001")).isEqualTo("\"a\\\"b\\\\c\\nd\\u0001\"");
  }

  private static String send(ScriptedServer server, String request) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", server.port())) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      socket.shutdownOutput();
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    }
  }
}
