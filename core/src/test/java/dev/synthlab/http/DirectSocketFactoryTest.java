package dev.synthlab.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import org.junit.jupiter.api.Test;

class DirectSocketFactoryTest {
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

  private final DirectSocketFactory sockets = new DirectSocketFactory();

  @Test
  void connectsToTheGivenAddressAndPort() throws IOException {
    try (ServerSocket server = new ServerSocket(0, 9, LOOPBACK)) {
      int port = server.getLocalPort();
      try (Socket open = sockets.createSocket();
          Socket byName = sockets.createSocket("127.0.0.1", port);
          Socket byAddress = sockets.createSocket(LOOPBACK, port);
          Socket fromName = sockets.createSocket("127.0.0.1", port, LOOPBACK, 0);
          Socket fromAddress = sockets.createSocket(LOOPBACK, port, LOOPBACK, 0)) {
        assertThat(open.isConnected()).isFalse();
        for (Socket socket : new Socket[] {byName, byAddress, fromName, fromAddress}) {
          assertThat(socket.isConnected()).isTrue();
          assertThat(socket.getPort()).isEqualTo(port);
          assertThat(socket.getLocalAddress()).isEqualTo(LOOPBACK);
        }
      }
    }
  }

  @Test
  void failsIfNothingListensOnThePort() throws IOException {
    int port;
    try (ServerSocket server = new ServerSocket(0, 9, LOOPBACK)) {
      port = server.getLocalPort();
    }

    assertThatExceptionOfType(ConnectException.class)
        .isThrownBy(() -> sockets.createSocket(LOOPBACK, port));
  }
}
