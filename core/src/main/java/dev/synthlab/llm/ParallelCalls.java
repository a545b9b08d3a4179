package dev.synthlab.llm;

import dev.synthlab.call.Outcome;
import dev.synthlab.call.VirtualThreads;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Many calls at once, each with its own outcome. For one use. */
final class ParallelCalls {
  private final List<CompletionRequest> requests;
  private final ParallelOptions.Listener listener;
  private final Function<CompletionRequest, Outcome<Completion>> call;
  private final AtomicInteger next = new AtomicInteger();
  private final List<AtomicReference<@Nullable Outcome<Completion>>> outcomes = new ArrayList<>();
  private final AtomicReference<@Nullable RuntimeException> broken = new AtomicReference<>();
  private final ReentrantLock telling = new ReentrantLock();

  ParallelCalls(
      List<CompletionRequest> requests,
      ParallelOptions.Listener listener,
      Function<CompletionRequest, Outcome<Completion>> call) {
    this.requests = List.copyOf(requests);
    this.listener = listener;
    this.call = call;
    this.requests.forEach(request -> outcomes.add(new AtomicReference<>()));
  }

  /** Returns when every call has ended. An interrupt ends those in flight, and is kept. */
  List<Outcome<Completion>> run(int concurrency) {
    int count = Math.min(concurrency, requests.size());
    CountDownLatch working = new CountDownLatch(count);
    List<CompletableFuture<Boolean>> workers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      workers.add(VirtualThreads.async(() -> work(working)));
    }
    boolean interrupted = false;
    while (true) {
      try {
        working.await();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
        workers.forEach(worker -> worker.cancel(true));
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    RuntimeException reason = broken.get();
    if (reason != null) {
      throw reason;
    }
    return outcomes.stream().map(ParallelCalls::ended).toList();
  }

  private static Outcome<Completion> ended(AtomicReference<@Nullable Outcome<Completion>> place) {
    Outcome<Completion> outcome = place.get();
    if (outcome == null) {
      throw new IllegalStateException("a call has not ended");
    }
    return outcome;
  }

  private boolean work(CountDownLatch working) {
    try {
      for (int i = next.getAndIncrement(); i < requests.size(); i = next.getAndIncrement()) {
        Outcome<Completion> outcome = call.apply(requests.get(i));
        outcomes.get(i).set(outcome);
        tell(i, outcome);
      }
    } catch (RuntimeException e) { // thrown to the caller when the others have ended
      broken.compareAndSet(null, e);
      next.set(requests.size());
    } finally {
      working.countDown();
    }
    return true;
  }

  private void tell(int place, Outcome<Completion> outcome) {
    telling.lock();
    try {
      listener.ended(place, outcome);
    } finally {
      telling.unlock();
    }
  }
}
