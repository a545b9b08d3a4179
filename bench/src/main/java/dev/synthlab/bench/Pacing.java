package dev.synthlab.bench;

import static dev.synthlab.test.Replies.chat;
import static dev.synthlab.test.Replies.error;

import dev.synthlab.call.CallPolicy;
import dev.synthlab.call.VirtualThreads;
import dev.synthlab.call.Timer;
import dev.synthlab.call.TrafficControl;
import dev.synthlab.llm.CompletionRequest;
import dev.synthlab.llm.LlmClient;
import dev.synthlab.test.ScriptedServer;
import dev.synthlab.test.ScriptedServer.Reply;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Whether {@code -c auto} finds out what a server bears that refuses, without a word about waiting,
 * what is more than so many requests in a second; and what it bears after it has grown.
 */
public final class Pacing {
  private static final int FIRST_LIMIT = 20;
  private static final int SECOND_LIMIT = 60;
  private static final int WORKERS = 256;
  private static final Duration PHASE = Duration.ofSeconds(60);
  private static final Duration LAST = Duration.ofSeconds(20);
  private static final long LATENCY_MILLIS = 100;
  private static final double MIN_USED = 0.9;
  private static final double MAX_WASTED = 0.05;

  private Pacing() {}

  /** A server that serves so many requests in any second. */
  private static final class Limited {
    private final Deque<Long> lastSecond = new ArrayDeque<>();
    private int limit = FIRST_LIMIT;
    private long served;
    private long refused;

    synchronized boolean takes() {
      long now = System.nanoTime();
      while (!lastSecond.isEmpty() && now - lastSecond.peek() >= TimeUnit.SECONDS.toNanos(1)) {
        lastSecond.poll();
      }
      if (lastSecond.size() >= limit) {
        refused++;
        return false;
      }
      lastSecond.add(now);
      served++;
      return true;
    }

    synchronized void serve(int more) {
      limit = more;
    }

    synchronized long[] countAnew() {
      long[] counts = {served, refused};
      served = 0;
      refused = 0;
      return counts;
    }

    Reply reply() {
      if (!takes()) {
        return error(429, "rate_limit_exceeded", "too many requests");
      }
      return (socket, out) -> {
        new CountDownLatch(1).await(LATENCY_MILLIS, TimeUnit.MILLISECONDS);
        return chat("fine").write(socket, out);
      };
    }
  }

  /**
   * Runs for two minutes and a half.
   *
   * @param args none
   * @throws InterruptedException when it is interrupted
   */
  public static void main(String[] args) throws InterruptedException {
    new Options(args);
    Bounds bounds = new Bounds();
    bounds.say(Machine.line() + "\n");
    bounds.open("scenario", "measured", "bound");
    Limited limited = new Limited();
    TrafficControl.RouteLimits auto =
        new TrafficControl.RouteLimits(Optional.empty(), Optional.empty(), Optional.of(WORKERS * 2), true, true);
    Timer timer = Timer.system();
    try (ScriptedServer server = ScriptedServer.start((request, number) -> limited.reply());
        LlmClient client =
            Clients.of(server.base(), Map.of())
                .waiting(CallPolicy.WaitMode.UNBOUNDED)
                .traffic(TrafficControl.by(timer, auto))
                .build()) {
      List<Thread> workers = new ArrayList<>();
      for (int i = 0; i < WORKERS; i++) {
        workers.add(VirtualThreads.start("worker", () -> ask(client)));
      }
      timer.pause(PHASE);
      report("20 requests a second, the first minute", FIRST_LIMIT, PHASE, limited, bounds);
      limited.serve(SECOND_LIMIT);
      timer.pause(PHASE);
      limited.countAnew();
      timer.pause(LAST);
      report("60 a second, a minute after it grew from 20", SECOND_LIMIT, LAST, limited, bounds);
      workers.forEach(Thread::interrupt);
    }
    System.exit(bounds.exitCode());
  }

  private static void ask(LlmClient client) {
    while (!Thread.currentThread().isInterrupted()) {
      client.askOutcome(CompletionRequest.of("hi"));
    }
  }

  private static void report(
      String name, int limit, Duration time, Limited limited, Bounds bounds) {
    long[] counts = limited.countAnew();
    double used = counts[0] / (double) (limit * time.toSeconds());
    double wasted = counts[1] / (double) (counts[0] + counts[1]);
    bounds.row(name + ": used", percent(used), "≥ " + percent(MIN_USED), used >= MIN_USED);
    bounds.row(
        name + ": wasted", percent(wasted), "≤ " + percent(MAX_WASTED), wasted <= MAX_WASTED);
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f %%", share * 100);
  }
}
