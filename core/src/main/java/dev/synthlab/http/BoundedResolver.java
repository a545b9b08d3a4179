package dev.synthlab.http;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A DNS resolver with a time limit. It looks up names on a few platform threads: a lookup of the
 * system cannot be interrupted and would pin the carrier of a virtual thread. Concurrent lookups of
 * one host share one request. Safe for use by many threads.
 */
final class BoundedResolver implements AutoCloseable {
  private static final int THREADS = 8;
  private static final Duration IDLE = Duration.ofSeconds(10);

  private final Resolver resolver;
  private final ThreadPoolExecutor threads;
  private final ConcurrentMap<String, Task> pending = new ConcurrentHashMap<>();

  BoundedResolver(Resolver resolver) {
    this.resolver = resolver;
    this.threads =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            IDLE.toMillis(),
            TimeUnit.MILLISECONDS,
            new LinkedBlockingQueue<>(),
            Thread.ofPlatform().daemon().name("synthlab-lookup-", 1).factory());
    threads.allowCoreThreadTimeOut(true);
  }

  /** Looks up the addresses of a host, at least one. An interrupt stays set. */
  List<InetAddress> addresses(String host, Duration within) throws UnknownHostException {
    Task task = lookUp(host);
    try {
      List<InetAddress> found = task.get(Math.max(0, within.toNanos()), TimeUnit.NANOSECONDS);
      if (found.isEmpty()) {
        throw unknown("it has no address", new UnknownHostException(host));
      }
      return found;
    } catch (TimeoutException e) {
      // The next caller starts a new lookup: this one may never end.
      pending.remove(host, task);
      throw unknown("the resolver gave no answer within " + within.toMillis() + " ms", e);
    } catch (ExecutionException e) {
      boolean unknownHost = e.getCause() instanceof UnknownHostException;
      throw unknown(
          unknownHost ? "there is no such host, or no resolver" : "the resolver failed", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unknown("interrupted", e);
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }

  private Task lookUp(String host) throws UnknownHostException {
    Task fresh = new Task(host);
    // A finished lookup may still be in the map: the next caller must not get its old failure.
    Task task =
        pending.compute(host, (h, known) -> known == null || known.isDone() ? fresh : known);
    if (task != fresh) {
      return task;
    }
    try {
      threads.execute(fresh);
    } catch (RejectedExecutionException e) {
      pending.remove(host, fresh);
      throw unknown("the transport is closed", e);
    }
    return fresh;
  }

  private static UnknownHostException unknown(String reason, Throwable cause) {
    UnknownHostException unknown = new UnknownHostException(reason);
    unknown.initCause(cause);
    return unknown;
  }

  /** One lookup, shared by all threads that wait for it. */
  private final class Task extends FutureTask<List<InetAddress>> {
    private final String host;

    Task(String host) {
      super(() -> resolver.lookup(host));
      this.host = host;
    }

    @Override
    protected void done() {
      pending.remove(host, this);
    }
  }
}
