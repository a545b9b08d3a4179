package dev.synthlab.call;

import dev.synthlab.logging.Logging;
import dev.synthlab.spans.Telemetry;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;

/** Records the waits of one call in metrics, spans and log lines. For one thread. */
final class WaitRecorder {
  private static final Logger log = Logging.component("call");

  /** A shorter wait gets no span. */
  private static final Duration MIN_SPAN = Duration.ofMillis(10);

  /** A shorter wait of a single call gets no log line. */
  private static final Duration MIN_LOGGED = Duration.ofSeconds(1);

  private final Telemetry telemetry;
  private final Timer timer;
  private final boolean bulk;
  private Duration queued = Duration.ZERO;

  WaitRecorder(Telemetry telemetry, Timer timer, boolean bulk) {
    this.telemetry = telemetry;
    this.timer = timer;
    this.bulk = bulk;
  }

  /** The time that the call waited before its requests were sent. */
  Duration queued() {
    return queued;
  }

  /** Records what a request waited for before it was sent. */
  void record(Route route, WaitTimes waits) {
    if (waits.by().isEmpty()) {
      return;
    }
    queued = queued.plus(waits.total());
    Map<String, Duration> parts = new LinkedHashMap<>();
    waits.by().forEach((reason, time) -> parts.put(reason.code(), time));
    parts.forEach((reason, time) -> recordMetric(route, reason, time));
    String longest = waits.longest().map(WaitReason::code).orElse("");
    if (waits.total().compareTo(MIN_SPAN) > 0) {
      Instant now = timer.now();
      telemetry.recordWait(longest, now.minus(waits.total()), now, parts);
    }
    if (!bulk && waits.total().compareTo(MIN_LOGGED) > 0) {
      log.info(
          "a request to {} waited {} ms before it was sent: {}",
          route,
          waits.total().toMillis(),
          longest);
    }
  }

  /** Records a delay between two attempts, which began at a time. */
  void recordBackoff(Route route, Duration delay, Instant from) {
    recordMetric(route, "backoff", delay);
    telemetry.recordWait("backoff", from, timer.now(), Map.of());
  }

  private void recordMetric(Route route, String reason, Duration time) {
    telemetry.metrics().recordWait(route.server(), route.resource(), reason, time);
  }
}
