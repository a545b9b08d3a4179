package planted.service;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.SocketChannel;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.concurrent.Callable;
import okhttp3.OkHttpClient;

/** Reaches outside by itself, in every way there is. */
final class WaysOut {
  private final OkHttpClient okHttp; // !outside-by-infrastructure*

  WaysOut() {
    okHttp = new OkHttpClient(); // !outside-by-infrastructure
  }

  String byHttp(URI address) throws IOException, InterruptedException {
    HttpClient http = HttpClient.newHttpClient(); // !outside-by-infrastructure
    HttpRequest request = HttpRequest.newBuilder(address).build();
    return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
  }

  Callable<InputStream> byUrl(URI address) {
    return () -> address.toURL().openStream(); // !outside-by-infrastructure
  }

  int byConnection(URI address) throws IOException {
    HttpURLConnection connection =
        (HttpURLConnection) address.toURL().openConnection(); // !outside-by-infrastructure
    connection.setRequestMethod("HEAD");
    return connection.getResponseCode();
  }

  boolean byDatabase(String url) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url)) { // !outside-by-infrastructure
      return connection.isValid(1);
    }
  }

  boolean bySocket(String host) throws IOException {
    try (Socket socket = new Socket(host, 80)) { // !outside-by-infrastructure
      return socket.isConnected();
    }
  }

  SocketChannel channel() throws IOException {
    return SocketChannel.open(); // !outside-by-infrastructure
  }

  boolean isSet() {
    return okHttp.followRedirects(); // !outside-by-infrastructure
  }
}
