package dev.synthlab.http;

import dev.synthlab.config.NetworkSettings;
import dev.synthlab.http.TransportException.Phase;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import okhttp3.Call;
import okhttp3.ConnectionPool;
import okhttp3.Handshake;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.RequestBody;
import okio.AsyncTimeout;
import okio.BufferedSink;
import okio.Okio;
import okio.Source;
import org.jspecify.annotations.Nullable;

/**
 * HTTP/1.1 by OkHttp, on the caller's thread.
 *
 * <p>Everything OkHttp would do by itself is switched off: repeating a request, following a
 * redirect, HTTP/2, its own limits on calls in flight.
 */
public final class OkHttpTransport implements Transport {
  private static final Duration KEEP_ALIVE = Duration.ofSeconds(50);
  private static final int IDLE_CONNECTIONS = 16_384;
  private static final int IDLE_GUARDED = 64;
  private static final int PROXY_AUTHENTICATION = 407;

  private final NetworkSettings network;
  private final OkHttpConfigurer routing;
  private final OkHttpClient client;
  private final OkHttpClient guarded;

  /** A transport that reaches servers directly and trusts whom the system trusts. */
  public OkHttpTransport() {
    this(ConnectOptions.of(NetworkSettings.direct()));
  }

  /**
   * A transport with a connection pool of its own.
   *
   * @param options how connections are made
   */
  public OkHttpTransport(ConnectOptions options) {
    network = options.network();
    routing = new OkHttpConfigurer(options);
    client =
        routing
            .applied(new OkHttpClient.Builder())
            .protocols(List.of(Protocol.HTTP_1_1))
            .retryOnConnectionFailure(false)
            .fastFallback(false) // it would connect on platform threads of its own
            .followRedirects(false)
            .followSslRedirects(false)
            .readTimeout(Duration.ZERO)
            .writeTimeout(Duration.ZERO)
            .connectionPool(
                new ConnectionPool(IDLE_CONNECTIONS, KEEP_ALIVE.toSeconds(), TimeUnit.SECONDS))
            .eventListenerFactory(call -> CallEventListener.of(call))
            .build();
    // Connections of its own: one that was made without the guard may lead anywhere.
    guarded =
        routing
            .guarded(client.newBuilder())
            .connectionPool(
                new ConnectionPool(IDLE_GUARDED, KEEP_ALIVE.toSeconds(), TimeUnit.SECONDS))
            .build();
  }

  @Override
  public Response send(Request request, Duration within) throws IOException, InterruptedException {
    CallEventListener progress = new CallEventListener(within);
    Call call = clientFor(request).newCall(translated(request, progress));
    okhttp3.Response answer = exchange(call, request, progress, within);
    List<Headers.Field> fields = new ArrayList<>();
    answer
        .headers()
        .forEach(pair -> fields.add(new Headers.Field(pair.getFirst(), pair.getSecond())));
    return new Response(
        answer.code(),
        new Headers(fields),
        new OpenBody(call, answer, new FailureTranslator(request, network)));
  }

  /**
   * The addresses of a host, looked up as for a request.
   *
   * @param host its name or address
   * @return at least one
   * @throws UnknownHostException when there is none, or no answer in time; the message says which
   */
  public List<InetAddress> addresses(String host) throws UnknownHostException {
    return routing.addresses(host);
  }

  /**
   * Asks a server who it is. It gets a request without credentials, whose answer counts for
   * nothing.
   *
   * @param address where it is
   * @param within how long that may take
   * @return empty when it is spoken to without TLS
   * @throws TransportException when it cannot be reached or not be trusted
   * @throws InterruptedException when the thread was interrupted
   */
  public Optional<TlsPeer> peer(URI address, Duration within)
      throws IOException, InterruptedException {
    Request request = new Request("HEAD", address, Headers.NONE, Body.empty());
    CallEventListener progress = new CallEventListener(within);
    Call call = client.newCall(translated(request, progress));
    try (okhttp3.Response answer = exchange(call, request, progress, within)) {
      Handshake handshake = answer.handshake();
      return handshake != null
              && handshake.peerCertificates().getFirst() instanceof X509Certificate own
          ? Optional.of(
              new TlsPeer(
                  handshake.tlsVersion().javaName(),
                  own.getSubjectX500Principal().getName(),
                  own.getIssuerX500Principal().getName(),
                  own.getNotAfter().toInstant()))
          : Optional.empty();
    }
  }

  @Override
  public void close() {
    client.dispatcher().cancelAll();
    client.connectionPool().evictAll();
    guarded.connectionPool().evictAll();
    client.dispatcher().executorService().shutdown();
    routing.close();
  }

  private OkHttpClient clientFor(Request request) throws TransportException {
    return switch (request.reach()) {
      case ANYWHERE -> client;
      case PUBLIC_ONLY -> {
        if (network.proxyFor(request.uri()).isPresent()) {
          // It would look the name up itself, where nobody judges the address.
          throw new FailureTranslator(request, network).unguarded();
        }
        yield guarded;
      }
    };
  }

  /** One exchange, as far as the head of the answer. */
  private okhttp3.Response exchange(
      Call call, Request request, CallEventListener progress, Duration within)
      throws IOException, InterruptedException {
    Limit limit = new Limit(call);
    limit.timeout(within.toNanos(), TimeUnit.NANOSECONDS);
    limit.enter();
    okhttp3.Response answer;
    try {
      answer = call.execute();
    } catch (IOException e) {
      boolean late = limit.exit();
      if (Thread.interrupted()) { // the socket of a virtual thread is closed by its interrupt
        throw new InterruptedException();
      }
      FailureTranslator failure = new FailureTranslator(request, network);
      throw late && progress.lookingFor().isEmpty()
          ? failure.late(within, e)
          : failure.of(progress, progress.decisive(e));
    }
    if (limit.exit()) {
      answer.close();
      throw new FailureTranslator(request, network)
          .late(within, new IOException("the time was over"));
    }
    if (answer.code() == PROXY_AUTHENTICATION) {
      answer.close();
      throw new FailureTranslator(request, network).unauthenticated();
    }
    return answer;
  }

  private static okhttp3.Request translated(Request request, CallEventListener progress)
      throws IOException {
    okhttp3.Request.Builder wire = new okhttp3.Request.Builder();
    try {
      wire.url(request.uri().toString());
      for (Headers.Field field : request.headers().fields()) {
        wire.addHeader(field.name(), field.value());
      }
    } catch (IllegalArgumentException e) {
      // OkHttp quotes the header's value in its message: it may be a key.
      throw new TransportException(
          Phase.CONNECT,
          false,
          "the address or a header of the request to "
              + new FailureTranslator(request, NetworkSettings.direct()).place()
              + " has characters that HTTP does not allow",
          new IOException("refused before sending"));
    }
    return wire.method(request.method(), body(request))
        .tag(CallEventListener.class, progress)
        .build();
  }

  private static @Nullable RequestBody body(Request request) {
    return switch (request.body()) {
      case Body.Bytes bytes ->
          bytes.bytes().length > 0 || needsBody(request.method())
              ? new Whole(bytes.bytes(), type(bytes))
              : null;
      case Body.Replayable source -> new Streamed(source.source(), source.length(), type(source));
      case Body.Once once -> new Streamed(once::stream, -1, type(once));
    };
  }

  private static boolean needsBody(String method) {
    return method.equals("POST") || method.equals("PUT") || method.equals("PATCH");
  }

  private static @Nullable MediaType type(Body body) {
    return body.contentType().isEmpty() ? null : MediaType.parse(body.contentType());
  }

  /** Ends a call that took too long to answer. */
  private static final class Limit extends AsyncTimeout {
    private final Call call;

    Limit(Call call) {
      this.call = call;
    }

    @Override
    protected void timedOut() {
      call.cancel();
    }
  }

  /** A body in memory. */
  private static final class Whole extends RequestBody {
    private final byte[] bytes;
    private final @Nullable MediaType type;

    Whole(byte[] bytes, @Nullable MediaType type) {
      this.bytes = bytes;
      this.type = type;
    }

    @Override
    public @Nullable MediaType contentType() {
      return type;
    }

    @Override
    public long contentLength() {
      return bytes.length;
    }

    // OkHttp would by itself send it again on a 503 with "Retry-After: 0".
    @Override
    public boolean isOneShot() {
      return true;
    }

    @Override
    public void writeTo(BufferedSink sink) throws IOException {
      sink.write(bytes);
    }
  }

  /** A body from a stream. */
  private static final class Streamed extends RequestBody {
    private final Body.Source source;
    private final long length;
    private final @Nullable MediaType type;

    Streamed(Body.Source source, long length, @Nullable MediaType type) {
      this.source = source;
      this.length = length;
      this.type = type;
    }

    @Override
    public @Nullable MediaType contentType() {
      return type;
    }

    @Override
    public long contentLength() {
      return length;
    }

    @Override
    public boolean isOneShot() {
      return true;
    }

    @Override
    public void writeTo(BufferedSink sink) throws IOException {
      try (Source bytes = Okio.source(source.open())) {
        sink.writeAll(bytes);
      }
    }
  }

  /** The answer's bytes. One thread reads, any may close. */
  private static final class OpenBody extends InputStream {
    private final Call call;
    private final okhttp3.Response answer;
    private final InputStream bytes;
    private final FailureTranslator failure;
    private final ReentrantLock reading = new ReentrantLock();
    private volatile @Nullable Thread reader;

    OpenBody(Call call, okhttp3.Response answer, FailureTranslator failure) {
      this.call = call;
      this.answer = answer;
      this.bytes = answer.body().byteStream();
      this.failure = failure;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      if (length == 0) { // OkHttp would wait for a byte nobody asked for
        return 0;
      }
      reader = Thread.currentThread();
      reading.lock();
      try {
        return bytes.read(into, offset, length);
      } catch (IOException e) {
        throw failure.brokeOff(e);
      } finally {
        reading.unlock();
      }
    }

    @Override
    public void close() {
      // The reader's own close lets OkHttp look for the end of the body for 100 ms, so that the
      // connection can be used again; any other thread breaks off a read that may be under way.
      if (!Thread.currentThread().equals(reader)) {
        call.cancel();
      }
      reading.lock();
      try {
        answer.close();
      } finally {
        reading.unlock();
      }
    }
  }
}
