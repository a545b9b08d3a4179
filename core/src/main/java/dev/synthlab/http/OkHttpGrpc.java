package dev.synthlab.http;

import dev.synthlab.config.Net;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.RequestBody;

/**
 * Calls of gRPC with one message each way, by OkHttp over TLS, through the proxies of the settings.
 * For what has no such way of its own. Safe for use by many threads.
 *
 * @see <a href="https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md">gRPC over
 *     HTTP/2</a>
 */
public final class OkHttpGrpc implements AutoCloseable {
  private static final MediaType TYPE = MediaType.get("application/grpc");
  private static final int PREFIX = 5;
  private static final int UNKNOWN = 2;

  private final OkHttpRouting routing;
  private final OkHttpClient client;

  /**
   * A client with a connection pool of its own.
   *
   * @param net whom to trust, and through which proxy
   */
  public OkHttpGrpc(Net net) {
    routing = new OkHttpRouting(ConnectOptions.of(net));
    client =
        routing
            .applied(new OkHttpClient.Builder())
            .protocols(List.of(Protocol.HTTP_2, Protocol.HTTP_1_1))
            .retryOnConnectionFailure(false)
            .followRedirects(false)
            .followSslRedirects(false)
            .build();
  }

  /**
   * What a server said.
   *
   * @param status 0 when all went well
   * @param words its message, or an empty text
   * @param message its bytes; empty when there are none
   */
  @SuppressWarnings("ArrayRecordComponent") // handed on once, compared by nobody
  public record Answer(int status, String words, byte[] message) {}

  /**
   * Calls a method.
   *
   * @param method its whole address
   * @param headers more headers
   * @param message the bytes to send
   * @param within how long it may take to the last byte
   * @return what the server said, also when it was an error
   * @throws IOException when there is no whole answer
   */
  public Answer call(URI method, Headers headers, byte[] message, Duration within)
      throws IOException {
    okhttp3.Request.Builder request = new okhttp3.Request.Builder().url(method.toString());
    headers.fields().forEach(field -> request.addHeader(field.name(), field.value()));
    request.addHeader("te", "trailers").post(RequestBody.create(framed(message), TYPE));
    okhttp3.Call call = client.newCall(request.build());
    call.timeout().timeout(within.toNanos(), TimeUnit.NANOSECONDS);
    try (okhttp3.Response response = call.execute()) {
      byte[] body = response.body().bytes();
      if (response.code() != 200) {
        throw new IOException("HTTP status " + response.code());
      }
      // An error that comes at once has its status among the headers.
      String status =
          Optional.ofNullable(response.header("grpc-status"))
              .or(() -> trailer(response, "grpc-status"))
              .orElse(Integer.toString(UNKNOWN));
      String words =
          Optional.ofNullable(response.header("grpc-message"))
              .or(() -> trailer(response, "grpc-message"))
              .orElse("");
      return new Answer(
          status.matches("\\d{1,3}") ? Integer.parseInt(status) : UNKNOWN,
          words,
          body.length <= PREFIX ? new byte[0] : Arrays.copyOfRange(body, PREFIX, body.length));
    }
  }

  private static Optional<String> trailer(okhttp3.Response response, String name) {
    try {
      return Optional.ofNullable(response.trailers().get(name));
    } catch (IOException e) { // they never came
      return Optional.empty();
    }
  }

  /** Not compressed, and so long. */
  private static byte[] framed(byte[] message) {
    return ByteBuffer.allocate(PREFIX + message.length)
        .put((byte) 0)
        .putInt(message.length)
        .put(message)
        .array();
  }

  @Override
  public void close() {
    client.dispatcher().cancelAll();
    client.connectionPool().evictAll();
    client.dispatcher().executorService().shutdown();
    routing.close();
  }
}
