package dev.synthlab.llm;

import dev.synthlab.logging.Logging;
import java.util.Objects;
import java.util.concurrent.Flow;
import java.util.function.Supplier;
import org.slf4j.Logger;

/** A publisher that makes a call for each of its subscribers. Safe for use by many threads. */
final class StreamPublisher implements Flow.Publisher<StreamEvent> {
  static final Logger log = Logging.component("llm");

  private final Supplier<EventStream> call;

  StreamPublisher(Supplier<EventStream> call) {
    this.call = call;
  }

  @Override
  public void subscribe(Flow.Subscriber<? super StreamEvent> subscriber) {
    Objects.requireNonNull(subscriber, "subscriber");
    new StreamSubscription(call, subscriber).subscribe();
  }
}
