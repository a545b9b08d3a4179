package dev.synthlab.llm;

import dev.synthlab.call.VirtualThreads;
import dev.synthlab.spans.ContextSnapshot;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Flow;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * One call whose events go to a subscriber, as the rules of Reactive Streams demand. It is made on
 * a virtual thread at the first demand; that thread signals all events. Safe for use by many
 * threads.
 */
final class StreamSubscription implements Flow.Subscription {
  private final Supplier<EventStream> call;
  private final ContextSnapshot context = ContextSnapshot.capture();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  // Guarded by the lock.
  private Optional<Flow.Subscriber<? super StreamEvent>> subscriber;
  private long demand;
  private boolean subscribed;
  private boolean begun;
  private Optional<IllegalArgumentException> refused = Optional.empty();
  private Optional<Thread> opening = Optional.empty();
  private Optional<EventStream> stream = Optional.empty();

  StreamSubscription(Supplier<EventStream> call, Flow.Subscriber<? super StreamEvent> subscriber) {
    this.call = call;
    this.subscriber = Optional.of(subscriber);
  }

  /** Gives itself to the subscriber, who gets no other signal until that has returned. */
  void subscribe() {
    Optional<Flow.Subscriber<? super StreamEvent>> to;
    lock.lock();
    try {
      to = subscriber;
    } finally {
      lock.unlock();
    }
    to.ifPresent(each -> each.onSubscribe(this));
    lock.lock();
    try {
      subscribed = true;
    } finally {
      lock.unlock();
    }
    begin();
  }

  @Override
  public void request(long count) {
    lock.lock();
    try {
      if (subscriber.isEmpty()) {
        return;
      }
      if (count > 0) {
        demand = count > Long.MAX_VALUE - demand ? Long.MAX_VALUE : demand + count;
      } else if (refused.isEmpty()) {
        refused =
            Optional.of(
                new IllegalArgumentException(
                    "rule 3.9 of Reactive Streams: the demand must be positive, and is " + count));
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    if (count <= 0) {
      endCall();
    }
    begin();
  }

  /** Starts the thread of the call, once there is demand. */
  private void begin() {
    lock.lock();
    try {
      boolean asked = demand > 0 || refused.isPresent();
      if (begun || !subscribed || !asked || subscriber.isEmpty()) {
        return;
      }
      begun = true;
    } finally {
      lock.unlock();
    }
    VirtualThreads.start("synthlab-publish", context.wrap(this::run));
  }

  @Override
  public void cancel() {
    lock.lock();
    try {
      subscriber = Optional.empty();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    endCall();
  }

  /** Ends the call, wherever it is. */
  private void endCall() {
    Optional<EventStream> open;
    lock.lock();
    try {
      opening.ifPresent(Thread::interrupt);
      open = stream;
    } finally {
      lock.unlock();
    }
    open.ifPresent(EventStream::close);
  }

  private void run() {
    try {
      if (awaitDemand()) {
        try (EventStream events = opened()) {
          signalAll(events);
        }
      }
    } catch (RuntimeException | Error e) { // passed to the subscriber
      last().ifPresent(to -> to.onError(cause(e)));
      return;
    }
    refusal().ifPresent(e -> last().ifPresent(to -> to.onError(e)));
  }

  private EventStream opened() {
    lock.lock();
    try {
      if (subscriber.isEmpty() || refused.isPresent()) {
        throw new CancellationException("cancelled before anything was sent");
      }
      opening = Optional.of(Thread.currentThread());
    } finally {
      lock.unlock();
    }
    Optional<EventStream> made = Optional.empty();
    try {
      EventStream events = call.get();
      made = Optional.of(events);
      return events;
    } finally {
      lock.lock();
      try {
        opening = Optional.empty();
        stream = made;
        Thread.interrupted(); // of the call that is open now
      } finally {
        lock.unlock();
      }
    }
  }

  private void signalAll(EventStream events) {
    while (awaitDemand()) {
      Optional<StreamEvent> event = events.next();
      if (event.isEmpty()) {
        return;
      }
      next().ifPresent(to -> signal(to, event.get()));
      if (event.get() instanceof StreamEvent.Completed && refusal().isEmpty()) {
        last().ifPresent(Flow.Subscriber::onComplete);
      }
    }
  }

  private void signal(Flow.Subscriber<? super StreamEvent> to, StreamEvent event) {
    try {
      to.onNext(event);
    } catch (RuntimeException e) {
      StreamPublisher.log.warn("a subscriber failed, and its call is cancelled", e);
      cancel();
    }
  }

  /** Waits until an event may be signalled; false when none may be any more. */
  private boolean awaitDemand() {
    lock.lock();
    try {
      while (subscriber.isPresent() && refused.isEmpty() && demand == 0) {
        changed.awaitUninterruptibly();
      }
      return subscriber.isPresent() && refused.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  /** The subscriber for an event. */
  private Optional<Flow.Subscriber<? super StreamEvent>> next() {
    lock.lock();
    try {
      if (demand < Long.MAX_VALUE) {
        demand--;
      }
      return refused.isPresent() ? Optional.empty() : subscriber;
    } finally {
      lock.unlock();
    }
  }

  /** The subscriber for its last signal; it is forgotten. */
  private Optional<Flow.Subscriber<? super StreamEvent>> last() {
    lock.lock();
    try {
      Optional<Flow.Subscriber<? super StreamEvent>> to = subscriber;
      subscriber = Optional.empty();
      return to;
    } finally {
      lock.unlock();
    }
  }

  private Optional<IllegalArgumentException> refusal() {
    lock.lock();
    try {
      return refused;
    } finally {
      lock.unlock();
    }
  }

  /** A demand that was refused ends the call, which then fails for that reason. */
  private Throwable cause(Throwable failure) {
    return refusal().<Throwable>map(e -> e).orElse(failure);
  }
}
