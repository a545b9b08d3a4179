package dev.synthlab.call;

import dev.synthlab.Internal;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;
import io.opentelemetry.context.Scope;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The calls of one owner that are under way. Its end admits no new call and cancels those that it
 * admitted; what they do for themselves (retries, repairs, rounds of tools, calls that a tool
 * makes) belongs to them and needs no admission of its own. Safe for use by many threads.
 */
@Internal
public final class ActiveCalls implements AutoCloseable {
  /** Cancelled calls end within milliseconds, unless an observer blocks them. */
  private static final Duration MAX_TIME_TO_END = Duration.ofSeconds(5);

  private final String owner;
  private final ContextKey<Call> key = ContextKey.named("synthlab-active-call");
  private final Set<Call> calls = ConcurrentHashMap.newKeySet();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition ended = lock.newCondition();
  private volatile boolean closing;

  /**
   * Admits calls until it is closed.
   *
   * @param owner what is closed then, for messages: for example {@code LlmClient}
   */
  public ActiveCalls(String owner) {
    this.owner = owner;
  }

  /**
   * Refuses the verbs of a closed owner that report failures by exceptions.
   *
   * @throws IllegalStateException if a call of this thread would not be admitted
   */
  public void requireOpen() {
    if (closing && current() == null) {
      throw new IllegalStateException("this " + owner + " is closed: it makes no calls any more");
    }
  }

  /**
   * Admits a call and runs it; inside of an admitted call it is a part of that one. A call that is
   * not admitted runs too, and is cancelled before its first request.
   *
   * @param work makes requests
   * @param <T> its result
   * @return its result
   */
  public <T> T run(Supplier<T> work) {
    if (current() != null) {
      return work.get();
    }
    Call call = begin();
    try {
      return call.within(work);
    } finally {
      call.end();
    }
  }

  /**
   * Admits a call that lasts until {@link Call#end}.
   *
   * @return the call; it is cancelled already if it was not admitted
   */
  public Call begin() {
    Call current = current();
    if (current != null && current.hold()) {
      return current;
    }
    Call call = new Call();
    calls.add(call);
    if (closing) {
      calls.remove(call);
      call.cancel();
    }
    return call;
  }

  /** The call of this thread that has not ended. */
  private @Nullable Call current() {
    Call call = Context.current().get(key);
    return call != null && call.isActive() ? call : null;
  }

  /**
   * Admits no new call, waits for those under way, and then cancels the rest.
   *
   * @param grace the maximum time to wait; the call that this is called from is not waited for
   * @return whether all had ended before they were cancelled
   */
  public boolean shutdown(Duration grace) {
    closing = true;
    boolean drained = awaitEnd(grace);
    close();
    return drained;
  }

  /** Admits no new call, and cancels those under way; they have ended when it returns. */
  @Override
  public void close() {
    closing = true;
    calls.forEach(Call::cancel);
    awaitEnd(MAX_TIME_TO_END);
  }

  private boolean awaitEnd(Duration within) {
    Call own = Context.current().get(key);
    long left = within.toNanos();
    lock.lock();
    try {
      while (calls.stream().anyMatch(call -> !call.equals(own))) {
        if (left <= 0) {
          return false;
        }
        left = ended.awaitNanos(left);
      }
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      lock.unlock();
    }
  }

  private void remove(Call call) {
    calls.remove(call);
    if (closing) {
      lock.lock();
      try {
        ended.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  /** One admitted call: its requests in flight, its waits, and its open streams. */
  public final class Call {
    private final ReentrantLock state = new ReentrantLock();
    private final Map<Thread, Boolean> interrupted = HashMap.newHashMap(1);
    private Set<Runnable> streams = Set.of();
    private int holders = 1;
    private volatile boolean cancelled;

    private Call() {}

    /**
     * Runs work as a part of this call.
     *
     * @param work makes requests
     * @param <T> its result
     * @return its result
     */
    public <T> T within(Supplier<T> work) {
      Scope scope = Context.current().with(key, this).makeCurrent();
      try {
        return work.get();
      } finally {
        scope.close();
      }
    }

    /** Ends the call, unless somebody else holds it too. */
    public void end() {
      state.lock();
      try {
        holders--;
        if (holders != 0) {
          return;
        }
      } finally {
        state.unlock();
      }
      remove(this);
    }

    /** Whether its owner has ended it. */
    boolean isCancelled() {
      return cancelled;
    }

    /** The message of a call that its owner has ended. */
    String cancellation() {
      return "its " + owner + " was closed";
    }

    private boolean isActive() {
      state.lock();
      try {
        return holders > 0;
      } finally {
        state.unlock();
      }
    }

    private boolean hold() {
      state.lock();
      try {
        if (holders == 0) {
          return false;
        }
        holders++;
        return true;
      } finally {
        state.unlock();
      }
    }

    /** From now on cancelling interrupts this thread. */
    void enter() {
      state.lock();
      try {
        interrupted.put(Thread.currentThread(), false);
      } finally {
        state.unlock();
      }
    }

    /** The thread is that of the caller again: an interrupt by {@link #cancel} is none of its. */
    void leave() {
      state.lock();
      try {
        if (Boolean.TRUE.equals(interrupted.remove(Thread.currentThread()))) {
          Thread.interrupted();
        }
      } finally {
        state.unlock();
      }
    }

    /** Holds the call while a stream is open; cancelling closes the stream. */
    void opened(Runnable close) {
      boolean late;
      state.lock();
      try {
        holders++;
        streams = streams.isEmpty() ? HashSet.newHashSet(1) : streams;
        streams.add(close);
        late = cancelled;
      } finally {
        state.unlock();
      }
      if (late) {
        close.run();
      }
    }

    /** Releases what {@link #opened} holds. */
    void closed(Runnable close) {
      boolean known;
      state.lock();
      try {
        known = streams.contains(close) && streams.remove(close);
      } finally {
        state.unlock();
      }
      if (known) {
        end();
      }
    }

    private void cancel() {
      Set<Runnable> open;
      state.lock();
      try {
        cancelled = true;
        interrupted.replaceAll(
            (thread, before) -> {
              boolean other = !thread.equals(Thread.currentThread());
              if (other) {
                thread.interrupt();
              }
              return before || other;
            });
        open = Set.copyOf(streams);
      } finally {
        state.unlock();
      }
      open.forEach(Runnable::run);
    }
  }
}
