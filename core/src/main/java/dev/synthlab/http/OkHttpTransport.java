package dev.synthlab.http;

import dev.synthlab.Internal;
import dev.synthlab.config.NetworkSettings;
import dev.synthlab.http.TransportException.Phase;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.security.cert.X509Certificate;
import java.time.Duration;
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
import okio.BufferedSink;
import okio.Okio;
import okio.Source;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP/1.1 transport, built on OkHttp. It runs on the thread of the caller.
 *
 * <p>What OkHttp does by itself is switched off: retries, redirects, HTTP/2, and its limits on
 * calls in flight.
 */
@Internal
public final class OkHttpTransport implements Transport {
  private static final Duration KEEP_ALIVE = Duration.ofSeconds(50);
  private static final int IDLE_GUARDED = 64;
  private static final int PROXY_AUTHENTICATION = 407;
  private static final MediaType JSON = MediaType.get("application/json");

  private final NetworkSettings network;
  private final OkHttpConfigurer configurer;
  private final OkHttpPools clients;
  private final OkHttpClients guarded;
  private final OkHttpRequests requests = new OkHttpRequests();
  private volatile boolean closed;

  /** Creates a transport without proxies, with the trusted authorities of the system. */
  public OkHttpTransport() {
    this(ConnectOptions.of(NetworkSettings.direct()));
  }

  /**
   * Creates a transport with its own connection pool.
   *
   * @param options the options of connecting
   */
  public OkHttpTransport(ConnectOptions options) {
    network = options.network();
    configurer = new OkHttpConfigurer(options);
    OkHttpClient client =
        configurer
            .configure(new OkHttpClient.Builder())
            .protocols(List.of(Protocol.HTTP_1_1))
            .retryOnConnectionFailure(false)
            .fastFallback(false) // it would connect on its own platform threads
            .followRedirects(false)
            .followSslRedirects(false)
            .readTimeout(Duration.ZERO)
            .writeTimeout(Duration.ZERO)
            .eventListenerFactory(call -> CallEventListener.of(call))
            .build();
    clients = new OkHttpPools(client, configurer, KEEP_ALIVE.toSeconds());
    // Its own pool: a connection that was made without the guard may lead to any address.
    guarded =
        new OkHttpClients(
            configurer
                .configureGuard(client.newBuilder())
                .connectionPool(
                    new ConnectionPool(IDLE_GUARDED, KEEP_ALIVE.toSeconds(), TimeUnit.SECONDS))
                .build(),
            configurer);
  }

  @Override
  public Response send(Request request, Duration within) throws IOException, InterruptedException {
    CallEventListener listener = new CallEventListener(within);
    OkHttpClients client = clientsFor(request);
    Call call = client.newCall(toOkHttp(request, listener));
    client.begin();
    boolean open = false;
    try {
      okhttp3.Response response = exchange(call, request, listener, within);
      OpenBody body = new OpenBody(call, response, new FailureTranslator(request, network), client);
      open = true;
      return new Response(response.code(), headers(response.headers()), body);
    } finally {
      if (!open) {
        client.end();
      }
    }
  }

  private static Headers headers(okhttp3.Headers wire) {
    Headers.Field[] fields = new Headers.Field[wire.size()];
    for (int i = 0; i < fields.length; i++) {
      fields[i] = new Headers.Field(wire.name(i), wire.value(i));
    }
    return new Headers(List.of(fields));
  }

  /**
   * Looks up the addresses of a host as for a request.
   *
   * @param host its name or address
   * @return at least one address
   * @throws UnknownHostException if there is none, or if the lookup takes too long; see its message
   */
  public List<InetAddress> addresses(String host) throws UnknownHostException {
    return configurer.addresses(host);
  }

  /**
   * Reads the TLS identity of a server. It sends a request without credentials and ignores the
   * response.
   *
   * @param address the address of the server
   * @param within the time limit
   * @return empty if the connection does not use TLS
   * @throws TransportException if the server cannot be reached or is not trusted
   * @throws InterruptedException if the thread is interrupted
   */
  public Optional<TlsPeer> peer(URI address, Duration within)
      throws IOException, InterruptedException {
    Request request = new Request("HEAD", address, Headers.NONE, Body.empty());
    CallEventListener listener = new CallEventListener(within);
    Call call = clients.next().newCall(toOkHttp(request, listener));
    try (okhttp3.Response response = exchange(call, request, listener, within)) {
      Handshake handshake = response.handshake();
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
    closed = true;
    clients.close();
    guarded.close();
    configurer.close();
  }

  private OkHttpClients clientsFor(Request request) throws TransportException {
    // Fails before anything is sent if the proxy cannot be used.
    Optional<NetworkSettings.Proxy> proxy = network.proxyFor(request.uri());
    return switch (request.reach()) {
      case ANYWHERE -> clients.next();
      case PUBLIC_ONLY -> {
        if (proxy.isPresent()) {
          // The proxy would look up the name, and its address could not be checked.
          throw new FailureTranslator(request, network).proxyNotAllowed();
        }
        yield guarded;
      }
    };
  }

  /** Runs one exchange as far as the headers of the response. */
  private okhttp3.Response exchange(
      Call call, Request request, CallEventListener listener, Duration within)
      throws IOException, InterruptedException {
    if (closed) {
      throw closed(new IOException("closed before the request was sent"));
    }
    Watchdog.Task limit = Watchdog.INSTANCE.after(within, call::cancel);
    okhttp3.Response response;
    try {
      response = call.execute();
    } catch (IOException e) {
      boolean timedOut = !limit.cancel();
      if (Thread.interrupted()) { // which closes the socket
        throw new InterruptedException();
      }
      if (closed) {
        throw closed(e);
      }
      FailureTranslator failure = new FailureTranslator(request, network);
      throw timedOut && listener.lookupHost().isEmpty()
          ? failure.timedOut(within, e)
          : failure.of(listener, listener.rootFailure(e));
    }
    if (!limit.cancel()) {
      response.close();
      throw new FailureTranslator(request, network)
          .timedOut(within, new IOException("the time was over"));
    }
    if (response.code() == PROXY_AUTHENTICATION) {
      response.close();
      throw new FailureTranslator(request, network).proxyAuthenticationRequired();
    }
    return response;
  }

  private static TransportException closed(IOException cause) {
    return new TransportException(Phase.CLOSED, false, "the transport was closed", cause);
  }

  private okhttp3.Request toOkHttp(Request request, CallEventListener listener) throws IOException {
    try {
      return requests
          .of(request)
          .newBuilder()
          .method(request.method(), body(request))
          .tag(CallEventListener.class, listener)
          .build();
    } catch (IllegalArgumentException e) {
      // The message of OkHttp contains the header value, which may be a key.
      throw new TransportException(
          Phase.CONNECT,
          false,
          "the address or a header of the request to "
              + new FailureTranslator(request, NetworkSettings.direct()).target()
              + " has characters that HTTP does not allow",
          new IOException("refused before sending"));
    }
  }

  private static @Nullable RequestBody body(Request request) {
    return switch (request.body()) {
      case Body.Bytes bytes ->
          bytes.bytes().length > 0 || needsBody(request.method())
              ? new BytesBody(bytes.bytes(), type(bytes))
              : null;
      case Body.Replayable source ->
          new StreamedBody(source.source(), source.length(), type(source));
      case Body.Once once -> new StreamedBody(once::stream, -1, type(once));
      case Body.Generated generated -> new GeneratedBody(generated, type(generated));
    };
  }

  private static boolean needsBody(String method) {
    return method.equals("POST") || method.equals("PUT") || method.equals("PATCH");
  }

  private static @Nullable MediaType type(Body body) {
    return switch (body.contentType()) {
      case "" -> null;
      case "application/json" -> JSON;
      default -> MediaType.parse(body.contentType());
    };
  }

  /** A request body in memory. */
  private static final class BytesBody extends RequestBody {
    private final byte[] bytes;
    private final @Nullable MediaType type;

    BytesBody(byte[] bytes, @Nullable MediaType type) {
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

    // Otherwise OkHttp would send it again after a 503 with "Retry-After: 0".
    @Override
    public boolean isOneShot() {
      return true;
    }

    @Override
    public void writeTo(BufferedSink sink) throws IOException {
      sink.write(bytes);
    }
  }

  /** A request body from a stream. */
  private static final class StreamedBody extends RequestBody {
    private final Body.Source source;
    private final long length;
    private final @Nullable MediaType type;

    StreamedBody(Body.Source source, long length, @Nullable MediaType type) {
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

  /** A request body that writes itself. */
  private static final class GeneratedBody extends RequestBody {
    private final Body.Generated generated;
    private final @Nullable MediaType type;

    GeneratedBody(Body.Generated generated, @Nullable MediaType type) {
      this.generated = generated;
      this.type = type;
    }

    @Override
    public @Nullable MediaType contentType() {
      return type;
    }

    @Override
    public long contentLength() {
      return generated.length();
    }

    @Override
    public boolean isOneShot() {
      return true;
    }

    @Override
    public void writeTo(BufferedSink sink) throws IOException {
      generated.writer().writeTo(sink.outputStream());
    }
  }

  /** The body of a response. One thread reads it, any thread may close it. */
  private final class OpenBody extends InputStream {
    private final Call call;
    private final okhttp3.Response response;
    private final InputStream bytes;
    private final FailureTranslator failure;
    private final OkHttpClients client;
    private final ReentrantLock reading = new ReentrantLock();
    private volatile @Nullable Thread reader;
    private boolean ended;

    OpenBody(
        Call call, okhttp3.Response response, FailureTranslator failure, OkHttpClients client) {
      this.client = client;
      this.call = call;
      this.response = response;
      this.bytes = response.body().byteStream();
      this.failure = failure;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      if (length == 0) { // OkHttp would wait for a byte that is not requested
        return 0;
      }
      reader = Thread.currentThread();
      reading.lock();
      try {
        return bytes.read(into, offset, length);
      } catch (IOException e) {
        throw closed ? closed(e) : failure.bodyFailed(e);
      } finally {
        reading.unlock();
      }
    }

    @Override
    public void close() {
      // When the reader closes, OkHttp looks for the end of the body for 100 ms, so that the
      // connection can be reused. Any other thread cancels a read that may be running.
      if (!Thread.currentThread().equals(reader)) {
        call.cancel();
      }
      reading.lock();
      try {
        if (!ended) {
          ended = true;
          client.end();
        }
        response.close();
      } finally {
        reading.unlock();
      }
    }
  }
}
