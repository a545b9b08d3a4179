package dev.synthlab.http;

import dev.synthlab.http.TransportException.Phase;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.UnknownHostException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLException;
import okhttp3.Call;
import okhttp3.ConnectionPool;
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
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration KEEP_ALIVE = Duration.ofSeconds(50);
  private static final int IDLE_CONNECTIONS = 16_384;

  private final OkHttpClient client;

  /** A transport with a connection pool of its own. */
  public OkHttpTransport() {
    client =
        new OkHttpClient.Builder()
            .protocols(List.of(Protocol.HTTP_1_1))
            .retryOnConnectionFailure(false)
            .fastFallback(false) // it would connect on platform threads of its own
            .followRedirects(false)
            .followSslRedirects(false)
            .connectTimeout(CONNECT_TIMEOUT)
            .readTimeout(Duration.ZERO)
            .writeTimeout(Duration.ZERO)
            .connectionPool(
                new ConnectionPool(IDLE_CONNECTIONS, KEEP_ALIVE.toSeconds(), TimeUnit.SECONDS))
            .eventListenerFactory(call -> OkHttpProgress.of(call))
            .build();
  }

  @Override
  public Response send(Request request, Duration within) throws IOException, InterruptedException {
    OkHttpProgress progress = new OkHttpProgress();
    Call call = client.newCall(translated(request, progress));
    Limit limit = new Limit(call);
    limit.timeout(within.toNanos(), TimeUnit.NANOSECONDS);
    limit.enter();
    okhttp3.Response answer;
    try {
      answer = call.execute();
    } catch (IOException e) {
      if (limit.exit()) {
        throw new TransportException(
            Phase.TIMEOUT,
            false,
            "no answer from " + place(request) + " within " + within.toMillis() + " ms",
            e);
      }
      throw broken(request, progress, e);
    }
    if (limit.exit()) {
      answer.close();
      String words = "no answer from " + place(request) + " within " + within.toMillis() + " ms";
      throw new TransportException(Phase.TIMEOUT, false, words, new IOException(words));
    }
    List<Headers.Field> fields = new ArrayList<>();
    answer
        .headers()
        .forEach(pair -> fields.add(new Headers.Field(pair.getFirst(), pair.getSecond())));
    return new Response(
        answer.code(), new Headers(fields), new OpenBody(call, answer, place(request)));
  }

  @Override
  public void close() {
    client.dispatcher().cancelAll();
    client.connectionPool().evictAll();
    client.dispatcher().executorService().shutdown();
  }

  private static okhttp3.Request translated(Request request, OkHttpProgress progress)
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
              + place(request)
              + " has characters that HTTP does not allow",
          new IOException("refused before sending"));
    }
    return wire.method(request.method(), body(request)).tag(OkHttpProgress.class, progress).build();
  }

  private static @Nullable RequestBody body(Request request) {
    return switch (request.body()) {
      case Body.Bytes bytes ->
          bytes.bytes().length > 0 || needsBody(request.method())
              ? RequestBody.create(bytes.bytes(), type(bytes))
              : null;
      case Body.Replayable source ->
          new Streamed(source.source(), source.length(), type(source), false);
      case Body.Once once -> new Streamed(once::stream, -1, type(once), true);
    };
  }

  private static boolean needsBody(String method) {
    return method.equals("POST") || method.equals("PUT") || method.equals("PATCH");
  }

  private static @Nullable MediaType type(Body body) {
    return body.contentType().isEmpty() ? null : MediaType.parse(body.contentType());
  }

  private static IOException broken(Request request, OkHttpProgress progress, IOException e)
      throws InterruptedException {
    if (e instanceof InterruptedIOException && Thread.interrupted()) {
      throw new InterruptedException();
    }
    if (Thread.interrupted()) { // the socket of a virtual thread is closed by its interrupt
      throw new InterruptedException();
    }
    Phase phase = phase(progress, e);
    String what =
        switch (phase) {
          case RESOLVE -> "the name of " + place(request) + " cannot be resolved";
          case CONNECT -> "no connection to " + place(request);
          case TLS -> "no trusted connection to " + place(request);
          default -> "the connection to " + place(request) + " broke before the answer";
        };
    return new TransportException(
        phase, progress.reused() && phase == Phase.EXCHANGE, what + ": " + reason(e), e);
  }

  private static Phase phase(OkHttpProgress progress, IOException e) {
    if (e instanceof UnknownHostException) {
      return Phase.RESOLVE;
    }
    if (progress.securing() && e instanceof SSLException) {
      return Phase.TLS;
    }
    return progress.connected() ? Phase.EXCHANGE : Phase.CONNECT;
  }

  private static String reason(IOException e) {
    Throwable deepest = e;
    while (deepest.getCause() != null
        && (e instanceof SSLException || deepest.getCause() instanceof GeneralSecurityException)) {
      deepest = deepest.getCause();
    }
    String words = deepest.getMessage();
    return words == null ? deepest.getClass().getSimpleName() : words;
  }

  private static String place(Request request) {
    int port = request.uri().getPort();
    return request.uri().getHost() + (port < 0 ? "" : ":" + port);
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

  /** A body from a stream. */
  private static final class Streamed extends RequestBody {
    private final Body.Source source;
    private final long length;
    private final @Nullable MediaType type;
    private final boolean once;

    Streamed(Body.Source source, long length, @Nullable MediaType type, boolean once) {
      this.source = source;
      this.length = length;
      this.type = type;
      this.once = once;
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
      return once;
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
    private final String place;
    private final ReentrantLock reading = new ReentrantLock();
    private volatile @Nullable Thread reader;

    OpenBody(Call call, okhttp3.Response answer, String place) {
      this.call = call;
      this.answer = answer;
      this.bytes = answer.body().byteStream();
      this.place = place;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      reader = Thread.currentThread();
      reading.lock();
      try {
        return bytes.read(into, offset, length);
      } catch (IOException e) {
        throw new TransportException(
            Phase.BODY, false, "the answer of " + place + " broke off: " + e.getMessage(), e);
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
