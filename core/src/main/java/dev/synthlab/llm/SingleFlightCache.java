package dev.synthlab.llm;

import dev.synthlab.call.Deadline;
import dev.synthlab.logging.Logging;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.slf4j.Logger;

/**
 * A cache that makes no call fail, and in which equal requests at the same time wait for the answer
 * of one of them. Safe for use by many threads.
 */
final class SingleFlightCache implements CompletionCache {
  private static final Logger log = Logging.component("cache");

  private final CompletionCache within;
  private final Map<String, Flight> flights = new ConcurrentHashMap<>();
  private final AtomicBoolean warned = new AtomicBoolean();

  private SingleFlightCache(CompletionCache within) {
    this.within = within;
  }

  static SingleFlightCache of(CompletionCache kept) {
    return kept instanceof SingleFlightCache already ? already : new SingleFlightCache(kept);
  }

  /** The end of a request that others wait for. */
  sealed interface End {
    /** An answer that the others get too. */
    record Answered(CachedCompletion kept) implements End {}

    /** An answer that is not cached: each of the others is sent. */
    record NotKept() implements End {}

    /** No answer: one of the others is sent. */
    record Failed() implements End {}
  }

  /** A request in flight. */
  static final class Flight {
    private final CompletableFuture<End> end = new CompletableFuture<>();

    /** Waits for the end, within the deadline of the request that waits. */
    End await(Deadline until) throws InterruptedException, TimeoutException {
      try {
        return end.get(Math.max(0, until.remaining().toNanos()), TimeUnit.NANOSECONDS);
      } catch (ExecutionException e) {
        throw new IllegalStateException("a flight never ends with an exception", e);
      }
    }
  }

  /** Starts a flight, or returns the one of an equal request. */
  Flight join(String key, Flight mine) {
    Flight there = flights.putIfAbsent(key, mine);
    return there == null ? mine : there;
  }

  /** Ends a flight. Its answer is cached before, so that no equal request is sent in between. */
  void complete(String key, Flight mine, End end) {
    flights.remove(key, mine);
    mine.end.complete(end);
  }

  @Override
  public Optional<CachedCompletion> find(String key) {
    return guarded(() -> within.find(key)).flatMap(found -> found);
  }

  @Override
  public void keep(String key, CachedCompletion answer) {
    guarded(
        () -> {
          within.keep(key, answer);
          return key;
        });
  }

  @Override
  public void close() {
    within.close();
  }

  private <T> Optional<T> guarded(Supplier<T> work) {
    try {
      return Optional.of(work.get());
    } catch (RuntimeException e) { // any failure of the cache is a miss: the call does not fail
      if (warned.compareAndSet(false, true)) {
        log.warn("calls continue without the cache of completions: {}", e.toString());
      }
      return Optional.empty();
    }
  }
}
