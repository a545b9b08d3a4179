package dev.synthlab.http;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.ReentrantLock;
import okhttp3.ConnectionPool;
import okhttp3.Dispatcher;
import okhttp3.OkHttpClient;

/**
 * OkHttp clients that differ in their connection pool. For each request OkHttp looks through the
 * pool for an idle connection: with 2,000 requests in flight that took a quarter of the CPU. A new
 * pool is used only when those before it are busy. Safe for use by many threads.
 */
final class OkHttpPools implements AutoCloseable {
  private static final int POOLS = 16;

  /** The requests in flight from which a pool is busy. */
  private static final int BUSY = 128;

  private static final int IDLE_CONNECTIONS = 16_384 / POOLS;

  private final OkHttpClient common;
  private final OkHttpConfigurer configurer;
  private final long keepAliveSeconds;
  private final ReentrantLock creating = new ReentrantLock();
  private final AtomicReferenceArray<OkHttpClients> pools = new AtomicReferenceArray<>(POOLS);

  OkHttpPools(OkHttpClient common, OkHttpConfigurer configurer, long keepAliveSeconds) {
    this.common = common;
    this.configurer = configurer;
    this.keepAliveSeconds = keepAliveSeconds;
  }

  /** The first pool that is not busy, else the one with the fewest requests in flight. */
  OkHttpClients next() {
    OkHttpClients least = pool(0);
    for (int i = 0; i < POOLS; i++) {
      OkHttpClients pool = pool(i);
      if (pool.inFlight() < BUSY) {
        return pool;
      }
      least = pool.inFlight() < least.inFlight() ? pool : least;
    }
    return least;
  }

  private OkHttpClients pool(int place) {
    OkHttpClients known = pools.get(place);
    return known == null ? created(place) : known;
  }

  private OkHttpClients created(int place) {
    creating.lock();
    try {
      OkHttpClients pool = pools.get(place);
      if (pool == null) {
        pool =
            new OkHttpClients(
                common
                    .newBuilder()
                    .dispatcher(new Dispatcher())
                    .connectionPool(
                        new ConnectionPool(IDLE_CONNECTIONS, keepAliveSeconds, TimeUnit.SECONDS))
                    .build(),
                configurer);
        pools.set(place, pool);
      }
      return pool;
    } finally {
      creating.unlock();
    }
  }

  @Override
  public void close() {
    for (int i = 0; i < POOLS; i++) {
      OkHttpClients pool = pools.get(i);
      if (pool != null) {
        pool.close();
      }
    }
  }
}
