package dev.synthlab.config;

import dev.synthlab.Internal;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * A secret that changes, such as an access token. The last few values are masked in output, older
 * ones no longer. Safe for use by many threads.
 */
@Internal
public final class SuppliedSecret {
  private static final int KEPT = 4;

  private final Supplier<Secret> source;
  private final Deque<Secret> last = new ArrayDeque<>();
  private final ReentrantLock lock = new ReentrantLock();

  /**
   * A secret from a source.
   *
   * @param source gives the value of the moment; safe for use by many threads
   */
  public SuppliedSecret(Supplier<Secret> source) {
    this.source = source;
  }

  /**
   * The value of the moment.
   *
   * @return the value
   */
  public Secret get() {
    Secret value = Objects.requireNonNull(source.get(), "the credential");
    lock.lock();
    try {
      if (!last.contains(value)) {
        last.addLast(value);
        if (last.size() > KEPT) {
          Secret.forget(last.removeFirst());
        }
      }
    } finally {
      lock.unlock();
    }
    return value;
  }
}
