package planted.infrastructure;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A client with a timeout, whose logger has no component and whose get() needs something. */
public final class HalfClient { // !client-get* !client-logger*
  private static final Logger log = LoggerFactory.getLogger(HalfClient.class);
  private final HttpClient http = HttpClient.newBuilder().build();

  public static HalfClient get(String name) { // !documented
    log.info("made {}", name);
    return new HalfClient();
  }

  /**
   * Speaks to a model by hand.
   *
   * @return the request
   */
  public HttpRequest request() {
    log.debug("closed {}", http.isTerminated());
    URI address = URI.create("https://api.openai.com/v1/chat/completions"); // !llm-traced
    return HttpRequest.newBuilder(address).timeout(Duration.ofSeconds(3)).build();
  }

  public interface Listener {
    void heard(String what); // !documented
  }
}
