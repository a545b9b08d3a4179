package dev.synthlab.local;

import dev.synthlab.http.TransportException;
import dev.synthlab.http.TransportException.Phase;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A pool of slots, each a platform thread with an engine of its own that is loaded at first use.
 * When all slots are busy, jobs wait in order of arrival.
 *
 * <p>An engine for each slot, rather than one for several answers: on two cores it generates a
 * third more tokens, and an answer does not depend on the others.
 *
 * <p>An exit of the process closes the pool first: the native threads use memory that the end of
 * the process frees, and one that computes then would crash.
 */
final class EnginePool<E extends LoadedModel> implements AutoCloseable {
  private static final long PATIENCE_AT_END_SECONDS = 2;

  private final Semaphore free;
  private final ConcurrentLinkedDeque<Slot> idle = new ConcurrentLinkedDeque<>();
  private final List<Slot> all = new ArrayList<>();
  private final Set<Job<E>> running = ConcurrentHashMap.newKeySet();
  private final Source<E> source;
  private final Thread exitHook = Thread.ofPlatform().unstarted(this::close);
  private final AtomicBoolean hooked = new AtomicBoolean();
  private volatile boolean closed;

  /** Where engines come from. */
  @FunctionalInterface
  interface Source<E> {
    E load() throws IOException, InterruptedException;
  }

  EnginePool(String name, int count, Source<E> source) {
    this.source = source;
    free = new Semaphore(count, true);
    for (int i = 1; i <= count; i++) {
      all.add(new Slot(name + "-" + i));
    }
    idle.addAll(all);
  }

  /** Gives the job to a slot; false if none became free in time. */
  boolean begin(Job<E> job, long nanos) throws InterruptedException, IOException {
    if (!free.tryAcquire(nanos, TimeUnit.NANOSECONDS)) {
      return false;
    }
    if (closed) {
      free.release();
      throw new TransportException(
          Phase.CLOSED, false, "the embedded model is closed", new IOException("closed"));
    }
    running.add(job);
    // The slot that was used last is taken first, so that a slot that is not needed is never
    // loaded.
    Slot slot = idle.pop();
    slot.thread.execute(() -> answer(slot, job));
    return true;
  }

  private void answer(Slot slot, Job<E> job) {
    try {
      if (!job.isCancelled()) {
        job.answer(slot.engine());
      }
    } catch (Throwable e) {
      // Any failure, errors of linking and memory too: the waiting caller must get it.
      job.refuse(e);
    } finally {
      running.remove(job);
      idle.push(slot);
      free.release();
      // Released now, so that the next request finds this slot and not one that must be loaded.
      job.end();
    }
  }

  /** Cancels what is being answered, frees the memory, and waits for both, at most 2 seconds. */
  @Override
  public void close() {
    shutdown();
    try {
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_AT_END_SECONDS);
      for (Slot slot : all) {
        if (!slot.thread.awaitTermination(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
          slot.thread.shutdownNow();
        }
      }
      if (hooked.get() && !Thread.currentThread().equals(exitHook)) {
        Runtime.getRuntime().removeShutdownHook(exitHook);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IllegalStateException e) {
      // The process ends: the hook runs.
    }
  }

  private synchronized void shutdown() {
    if (closed) {
      return;
    }
    closed = true;
    running.forEach(Job::cancel);
    all.forEach(slot -> slot.thread.execute(slot::unload));
    all.forEach(slot -> slot.thread.shutdown());
  }

  private E load() throws IOException, InterruptedException {
    try {
      if (hooked.compareAndSet(false, true)) {
        Runtime.getRuntime().addShutdownHook(exitHook);
      }
    } catch (IllegalStateException e) {
      throw new IOException("the process ends", e);
    }
    return source.load();
  }

  private final class Slot {
    private final ExecutorService thread;
    private Optional<E> engine = Optional.empty();

    Slot(String name) {
      thread = Executors.newSingleThreadExecutor(Thread.ofPlatform().name(name).daemon().factory());
    }

    E engine() throws IOException, InterruptedException {
      if (engine.isEmpty()) {
        engine = Optional.of(load());
      }
      return engine.get();
    }

    void unload() {
      engine.ifPresent(LoadedModel::close);
      engine = Optional.empty();
    }
  }
}
