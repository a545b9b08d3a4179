package planted.infrastructure;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** A client that keeps nothing of the checklist. */
public final class BareClient { // !client-get* !client-timeout* !client-logger*
  private final HttpClient http = HttpClient.newHttpClient();

  public String ask(String question) throws IOException { // !documented
    try {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://localhost/" + question)).build();
      return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
    } catch (InterruptedException e) {
      throw new RuntimeException(e); // !client-exceptions
    }
  }

  /** Has a comment. */
  public void close() throws Exception {
    http.close();
  } // !client-exceptions
}
