package dev.synthlab.spans;

import dev.synthlab.Internal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The metrics of the traffic that several clients share: they are recorded by the metrics of each
 * of these clients. Safe for use by many threads.
 */
@Internal
public final class TrafficMetrics {
  private final TrafficSnapshot.Source source;
  private final Set<Metrics> all = Collections.newSetFromMap(new WeakHashMap<>());
  private volatile @Nullable Metrics latest;

  /**
   * Creates the metrics of a traffic.
   *
   * @param source takes its snapshots
   */
  public TrafficMetrics(TrafficSnapshot.Source source) {
    this.source = source;
  }

  /**
   * Adds the metrics of a client that shares the traffic.
   *
   * @param metrics record the traffic from now on
   */
  @SuppressWarnings("ReferenceEquality") // the same instance
  public void recordTo(Metrics metrics) {
    if (metrics == latest) {
      return;
    }
    synchronized (all) {
      if (all.add(metrics)) {
        metrics.addSource(source);
      }
      latest = metrics;
    }
  }

  /**
   * Counts a circuit breaker that has opened.
   *
   * @param server the host of the server
   * @param resource the model, or the name of the service
   */
  public void recordBreakerOpened(String server, String resource) {
    List<Metrics> each;
    synchronized (all) {
      each = new ArrayList<>(all);
    }
    each.forEach(metrics -> metrics.recordBreakerOpened(server, resource));
  }
}
