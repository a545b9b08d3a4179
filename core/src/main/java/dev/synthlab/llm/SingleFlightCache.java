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
 * A cache that fails no call, and knows which requests are being answered: whoever asks the same
 * meanwhile waits for that answer. Safe for use by many threads.
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

  /** How a request ended that others wait for. */
  sealed interface End {
    /** With an answer that is theirs too. */
    record Answered(CachedCompletion kept) implements End {}

    /** With an answer that is not kept: each asks for itself. */
    record NotKept() implements End {}

    /** Without an answer: one of them asks again. */
    record Failed() implements End {}
  }

  /** One request that is being answered. */
  static final class Flight {
    private final CompletableFuture<End> end = new CompletableFuture<>();

    /** Waits for its end, by the deadline of who waits. */
    End await(Deadline until) throws InterruptedException, TimeoutException {
      try {
        return end.get(Math.max(0, until.remaining().toNanos()), TimeUnit.NANOSECONDS);
      } catch (ExecutionException e) {
        throw new IllegalStateException("it is never ended so", e);
      }
    }
  }

  /** Begins a flight, or gives the one that is under way. */
  Flight joined(String key, Flight mine) {
    Flight there = flights.putIfAbsent(key, mine);
    return there == null ? mine : there;
  }

  /** Ends a flight. What it brought was kept before, so that nobody asks in between. */
  void landed(String key, Flight mine, End end) {
    flights.remove(key, mine);
    mine.end.complete(end);
  }

  @Override
  public Optional<CachedCompletion> find(String key) {
    return unharmed(() -> within.find(key)).flatMap(found -> found);
  }

  @Override
  public void keep(String key, CachedCompletion answer) {
    unharmed(
        () -> {
          within.keep(key, answer);
          return key;
        });
  }

  @Override
  public void close() {
    within.close();
  }

  private <T> Optional<T> unharmed(Supplier<T> work) {
    try {
      return Optional.of(work.get());
    } catch (RuntimeException e) { // whatever is wrong with the cache, the call goes on
      if (warned.compareAndSet(false, true)) {
        log.warn("calls go on without the cache of answers: {}", e.toString());
      }
      return Optional.empty();
    }
  }
}
