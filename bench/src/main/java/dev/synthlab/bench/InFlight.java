package dev.synthlab.bench;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.UnixOperatingSystemMXBean;
import dev.synthlab.llm.LlmClient;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Ten thousand calls in flight at once on virtual threads: what they cost in platform threads,
 * connections, heap and CPU. Fails when a bound breaks.
 */
public final class InFlight {
  private static final int CALLS = 10_000;
  private static final int SPARE_FILES = 300;
  private static final int MAX_THREADS = 64;
  private static final double CONNECTIONS_A_CALL = 1.05;
  private static final int PATIENCE_SECONDS = 240;

  private InFlight() {}

  /**
   * Holds the calls and prints.
   *
   * @param args {@code --calls N}
   * @throws IOException when the server's process ends
   * @throws InterruptedException never
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    int wanted = new Options(args, "--calls").number("--calls", CALLS);
    long files = files();
    int calls = (int) Math.min(wanted, files - SPARE_FILES);
    Bounds bounds = new Bounds();
    bounds.say(Machine.line() + "\n");
    if (calls < wanted) {
      bounds.say("This process may open " + files + " files (ulimit -n): only " + calls);
      bounds.say("calls instead of " + wanted + "; raise the limit for all of them.\n");
    }
    try (Child server = Child.start(HeldServer.class, List.of("-Xmx2g"), String.valueOf(calls))) {
      hold(server, calls, bounds);
    }
    System.exit(bounds.exitCode());
  }

  private static void hold(Child server, int calls, Bounds bounds)
      throws IOException, InterruptedException {
    URI base = URI.create(server.hear(HeldServer.MARK));
    AtomicInteger answered = new AtomicInteger();
    CountDownLatch ended = new CountDownLatch(calls);
    Map<String, String> patient =
        Map.of("SYNTHLAB_TIMEOUT", PATIENCE_SECONDS + "s", "SYNTHLAB_CALL_DEADLINE", "300s");
    long from = System.nanoTime();
    try (LlmClient client = Clients.of(base, patient).build()) {
      start(client, calls, answered, ended);
      String open = server.hear(HeldServer.MARK);
      Duration untilAll = Duration.ofNanos(System.nanoTime() - from);
      bounds.open(calls + " calls", "measured", "bound");
      bounds.row("all in flight at once after", seconds(untilAll));
      bounds.row("connections open then", open);
      costs(calls, bounds);
      server.tell("");
      boolean all = ended.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
      Duration whole = Duration.ofNanos(System.nanoTime() - from);
      bounds.row("all answered after", seconds(whole));
      bounds.row("answered", answered.toString(), "= " + calls, all && answered.get() == calls);
    }
    // The peak of the whole run, its answers included.
    int threads = ManagementFactory.getThreadMXBean().getPeakThreadCount();
    bounds.row(
        "platform threads, at most",
        String.valueOf(threads),
        "≤ " + MAX_THREADS,
        threads <= MAX_THREADS);
    server.tell(".");
    String[] seen = server.hear(HeldServer.MARK).split(" ", 2);
    int connections = Integer.parseInt(seen[0]);
    double max = CONNECTIONS_A_CALL * calls;
    bounds.row("connections made", seen[0], "≤ 1.05 × calls", connections <= max);
    bounds.row("requests sent", seen[1], "= " + calls, seen[1].equals(String.valueOf(calls)));
    bounds.row("CPU of the whole process", seconds(cpu()));
    bounds.row("CPU for each call", cpu().toNanos() / 1_000 / calls + " µs");
  }

  private static void start(
      LlmClient client, int calls, AtomicInteger answered, CountDownLatch ended) {
    for (int i = 0; i < calls; i++) {
      String prompt = "call " + i;
      Thread.ofVirtual()
          .start(
              () -> {
                try {
                  if (client.complete(prompt).equals("held")) {
                    answered.incrementAndGet();
                  }
                } finally {
                  ended.countDown();
                }
              });
    }
  }

  private static void costs(int calls, Bounds bounds) throws IOException {
    Path status = Path.of("/proc/self/status");
    if (Files.exists(status)) {
      Files.readAllLines(status).stream()
          .filter(line -> line.startsWith("Threads:"))
          .map(line -> line.substring("Threads:".length()).strip())
          .forEach(n -> bounds.row("threads of the system then, the JVM's own included", n));
    }
    System.gc();
    long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    bounds.row("heap used, after a collection", (heap >> 20) + " MB");
    bounds.row("heap for each call", heap / calls / 1024 + " KB");
  }

  private static long files() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
        ? unix.getMaxFileDescriptorCount()
        : Integer.MAX_VALUE;
  }

  private static Duration cpu() {
    return Duration.ofNanos(
        ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime());
  }

  private static String seconds(Duration time) {
    return String.format(Locale.ROOT, "%.1f s", time.toMillis() / 1000.0);
  }
}
