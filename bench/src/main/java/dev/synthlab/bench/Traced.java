package dev.synthlab.bench;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import dev.synthlab.config.TraceSettings;
import dev.synthlab.llm.LlmClient;
import dev.synthlab.trace.ExportStats;
import dev.synthlab.trace.PhoenixTracing;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What tracing costs a call, and what it costs when the place that spans go to is gone in the
 * middle. Fails when a bound breaks.
 */
public final class Traced {
  private static final int WARM_UP = 15_000;
  private static final int CALLS = 4_000;
  private static final int OUTAGE_CALLS = 1_000;
  private static final int ROUNDS = 5;
  private static final int TURNS = 9;
  private static final int AT_ONCE = 16;
  private static final String ANSWER_MILLIS = "25";
  private static final double MIN_SPEED = 0.98;
  private static final Duration MAX_END = Duration.ofSeconds(5).plusMillis(500);

  private Traced() {}

  /** What some calls took. */
  private record Cost(Duration cpu, long bytes, Duration wall) {}

  /** What the calls of some rounds took, of which the one in the middle is told. */
  private static final class Costs {
    private final List<Cost> all = new ArrayList<>();

    void add(Cost cost) {
      all.add(cost);
    }

    String perCall(int calls) {
      long cpu = middle(all.stream().map(cost -> cost.cpu().toNanos()).sorted().toList());
      long bytes = middle(all.stream().map(Cost::bytes).sorted().toList());
      return String.format(
          Locale.ROOT, "%d µs CPU, %.1f kB", cpu / 1_000 / calls, bytes / 1e3 / calls);
    }

    private static long middle(List<Long> sorted) {
      return sorted.get(sorted.size() / 2);
    }
  }

  /**
   * Measures and prints.
   *
   * @param args none
   * @throws Exception when a call fails or a server's process ends
   */
  public static void main(String[] args) throws Exception {
    new Options(args);
    Bounds bounds = new Bounds();
    bounds.say(Machine.line() + "\n");
    bounds.open("tracing", "measured", "bound");
    each(bounds);
    outage(bounds);
    System.exit(bounds.exitCode());
  }

  private static void each(Bounds bounds) throws Exception {
    try (Child models = Child.start(SlowServer.class, List.of(), "0");
        Child phoenix = Child.start(SlowServer.class, List.of(), "0")) {
      URI base = URI.create(models.hear(SlowServer.MARK));
      TraceSettings all = TraceSettings.to(URI.create(phoenix.hear(SlowServer.MARK)).resolve("/"));
      try (LlmClient client = client(base)) {
        List<TraceSettings> modes = List.of(TraceSettings.OFF, all, all.withSample(0));
        List<Costs> costs = List.of(new Costs(), new Costs(), new Costs());
        for (TraceSettings mode : modes) {
          PhoenixTracing.setup(mode);
          calls(client, WARM_UP, () -> {});
          PhoenixTracing.shutdown();
        }
        long ended = 0;
        long lost = 0;
        // In turns, each as often first: calls get cheaper all the time, whatever is measured.
        for (int i = 0; i < TURNS * modes.size(); i++) {
          int turn = (i + i / modes.size()) % modes.size();
          PhoenixTracing.setup(modes.get(turn));
          costs.get(turn).add(calls(client, CALLS, () -> {}));
          ExportStats delivery = PhoenixTracing.shutdown();
          ended += delivery.ended();
          lost += delivery.lost();
        }
        bounds.row("a call, off", costs.get(0).perCall(CALLS));
        bounds.row("a call, on", costs.get(1).perCall(CALLS));
        bounds.row("spans lost", lost + " of " + ended, "= 0", lost == 0);
        bounds.row("a call, sampled out", costs.get(2).perCall(CALLS));
      }
    }
  }

  private static void outage(Bounds bounds) throws Exception {
    List<Double> ratios = new ArrayList<>();
    String lost = "";
    Duration max = Duration.ZERO;
    try (Child models = Child.start(SlowServer.class, List.of(), ANSWER_MILLIS)) {
      try (LlmClient client = client(URI.create(models.hear(SlowServer.MARK)))) {
        for (int i = 0; i < ROUNDS; i++) {
          Duration off = calls(client, OUTAGE_CALLS, () -> {}).wall();
          try (Child phoenix = Child.start(SlowServer.class, List.of(), "0")) {
            PhoenixTracing.setup(TraceSettings.to(URI.create(phoenix.hear(SlowServer.MARK)).resolve("/")));
            Duration on = calls(client, OUTAGE_CALLS, phoenix::close).wall();
            ratios.add(off.toNanos() / (double) on.toNanos());
          }
          long begin = System.nanoTime();
          ExportStats delivery = PhoenixTracing.shutdown();
          Duration end = Duration.ofNanos(System.nanoTime() - begin);
          max = end.compareTo(max) > 0 ? end : max;
          lost = delivery.warning().orElse("nothing was lost");
        }
      }
    }
    Collections.sort(ratios);
    double median = ratios.get(ROUNDS / 2);
    bounds.row(
        "speed of " + OUTAGE_CALLS + " calls, gone in the middle, to that without tracing",
        String.format(Locale.ROOT, "%.1f %%", 100 * median),
        "≥ 98 %",
        median >= MIN_SPEED);
    bounds.row(
        "longest end", max.toMillis() + " ms", "≤ 5.5 s", max.compareTo(MAX_END) <= 0);
    bounds.row("said at the last end", lost.replaceFirst("http.*", "..."));
  }

  private static LlmClient client(URI base) {
    return Clients.of(base, Map.of()).build();
  }

  /** Makes calls, all of which must be answered, and does something in the middle of them. */
  private static Cost calls(LlmClient client, int calls, Runnable middle)
      throws InterruptedException {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    OperatingSystemMXBean machine =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    long bytes = threads.getTotalThreadAllocatedBytes();
    long cpu = machine.getProcessCpuTime();
    long begin = System.nanoTime();
    Semaphore places = new Semaphore(AT_ONCE);
    CountDownLatch ended = new CountDownLatch(calls);
    AtomicInteger answered = new AtomicInteger();
    for (int i = 0; i < calls; i++) {
      if (i == calls / 2) {
        middle.run();
      }
      places.acquire();
      Thread.ofVirtual()
          .start(
              () -> {
                try {
                  client.complete("Why is the sky blue?");
                  answered.incrementAndGet();
                } finally {
                  places.release();
                  ended.countDown();
                }
              });
    }
    ended.await();
    if (answered.get() != calls) {
      throw new IllegalStateException((calls - answered.get()) + " calls failed");
    }
    return new Cost(
        Duration.ofNanos(machine.getProcessCpuTime() - cpu),
        threads.getTotalThreadAllocatedBytes() - bytes,
        Duration.ofNanos(System.nanoTime() - begin));
  }
}
