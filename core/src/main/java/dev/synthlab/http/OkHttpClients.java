package dev.synthlab.http;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import okhttp3.Call;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import org.jspecify.annotations.Nullable;

/**
 * An OkHttp client for {@code http} addresses and one for {@code https} addresses, with the same
 * connection pool. The second is created for the first {@code https} request: to read the
 * certificates of the system takes longer than most commands. Safe for use by many threads.
 */
final class OkHttpClients implements AutoCloseable {
  private final OkHttpClient plain;
  private final OkHttpConfigurer configurer;
  private final ReentrantLock creating = new ReentrantLock();
  private final AtomicInteger inFlight = new AtomicInteger();
  private volatile @Nullable OkHttpClient tls;

  OkHttpClients(OkHttpClient plain, OkHttpConfigurer configurer) {
    this.plain = plain;
    this.configurer = configurer;
  }

  /** The requests that have begun and not ended. */
  int inFlight() {
    return inFlight.get();
  }

  void begin() {
    inFlight.incrementAndGet();
  }

  void end() {
    inFlight.decrementAndGet();
  }

  Call newCall(Request request) {
    return (request.isHttps() ? tls() : plain).newCall(request);
  }

  private OkHttpClient tls() {
    OkHttpClient created = tls;
    return created == null ? createdTls() : created;
  }

  private OkHttpClient createdTls() {
    creating.lock();
    try {
      OkHttpClient client = tls;
      if (client == null) {
        client = configurer.configureTls(plain.newBuilder()).build();
        tls = client;
      }
      return client;
    } finally {
      creating.unlock();
    }
  }

  /** Cancels the calls and closes the connections of both clients. */
  @Override
  public void close() {
    plain.dispatcher().cancelAll();
    plain.connectionPool().evictAll();
    plain.dispatcher().executorService().shutdown();
  }
}
