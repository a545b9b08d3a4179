package dev.synthlab.architecture.planted.http;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;

final class UsesTheJdk {
  private UsesTheJdk() {}

  static HttpClient client() {
    return HttpClient.newHttpClient();
  }

  static InputStream stream(URI address) throws IOException {
    return address.toURL().openStream();
  }
}
