package dev.synthlab.bench;

import static dev.synthlab.test.Replies.bytes;
import static dev.synthlab.test.Replies.chat;
import static dev.synthlab.test.Replies.error;
import static dev.synthlab.test.Replies.json;
import static dev.synthlab.test.Replies.reset;
import static dev.synthlab.test.Replies.truncated;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.synthlab.call.CallException;
import dev.synthlab.call.CallPolicy;
import dev.synthlab.llm.Completion;
import dev.synthlab.llm.CompletionRequest;
import dev.synthlab.llm.LlmClient;
import dev.synthlab.llm.Outcome;
import dev.synthlab.test.ScriptedServer;
import dev.synthlab.test.ScriptedServer.Reply;
import dev.synthlab.test.ScriptedServer.Script;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What many calls do to a server in trouble: how many requests a lasting outage costs, and whether
 * all finish where a fifth of the requests goes wrong. Fails when a bound breaks.
 */
public final class Outage {
  private static final int OUTAGE_CALLS = 1_000;
  private static final double REQUESTS_A_CALL = 1.2;
  private static final int CALLS = 256;
  private static final int AT_ONCE = 64;
  private static final int FAULTY_PERCENT = 20;
  private static final long SEED = 20_261_122;

  /** A row of a bulk run has so many attempts. */
  private static final String ATTEMPTS_OF_A_ROW = "8";

  private static final long WAIT_NANOS = 1_000_000_000;

  // What had been sent when the client read that it should wait.
  private static final long UNDER_WAY_NANOS = 100_000_000;

  private static final Map<String, String> QUICK =
      Map.of(
          "SYNTHLAB_BACKOFF_MIN", "100ms",
          "SYNTHLAB_BACKOFF_MAX", "1s",
          "SYNTHLAB_LLM_MAX_ATTEMPTS", ATTEMPTS_OF_A_ROW);

  private Outage() {}

  /** How a number of calls went. */
  private record Tally(long finished, Map<String, Integer> failures) {
    @Override
    public String toString() {
      return finished + (failures.isEmpty() ? "" : ", failed " + failures);
    }
  }

  /**
   * Runs every scenario.
   *
   * @param args none
   * @throws InterruptedException never
   * @throws ExecutionException when a call throws what no call may
   */
  public static void main(String[] args) throws InterruptedException, ExecutionException {
    new Options(args);
    Bounds bounds = new Bounds();
    bounds.say(Machine.line() + "\n");
    bounds.open("scenario", "measured", "bound");
    outage(bounds);
    fifth("20 % resets", reset(), bounds);
    fifth("20 % truncated", truncated("{\"id\":\"chatcmpl-1\",\"choi"), bounds);
    fifth("20 % malformed", bytes(200, "application/json", "{\"id\":]".getBytes(UTF_8)), bounds);
    fifth("20 % empty choices", json(200, "{\"id\":\"c\",\"choices\":[]}"), bounds);
    named(bounds);
    System.exit(bounds.exitCode());
  }

  private static void outage(Bounds bounds) throws InterruptedException, ExecutionException {
    try (ScriptedServer server =
            ScriptedServer.inTurn(error(503, "overloaded", "The server is down"));
        LlmClient client = Clients.of(server.base(), Map.of()).build()) {
      Tally tally = calls(client, OUTAGE_CALLS);
      double each = server.seen().size() / (double) OUTAGE_CALLS;
      bounds.row(
          "503 always, " + OUTAGE_CALLS + " calls: requests / calls",
          String.format(Locale.ROOT, "%.3f (%s)", each, tally),
          "≤ " + REQUESTS_A_CALL,
          each <= REQUESTS_A_CALL);
    }
  }

  private static void fifth(String name, Reply fault, Bounds bounds)
      throws InterruptedException, ExecutionException {
    Random random = new Random(SEED);
    AtomicInteger faults = new AtomicInteger();
    Script script =
        (request, number) -> {
          boolean faulty = random.nextInt(100) < FAULTY_PERCENT;
          faults.addAndGet(faulty ? 1 : 0);
          return faulty ? fault : chat("fine");
        };
    try (ScriptedServer server = ScriptedServer.start(script);
        LlmClient client = bulk(server, QUICK)) {
      Tally tally = calls(client, CALLS);
      bounds.row(
          name + ": finished of " + CALLS,
          tally + "; " + faults + " faults in " + server.seen().size() + " requests",
          "= " + CALLS,
          tally.finished() == CALLS);
    }
  }

  /** Every 32nd call is told three times to wait; with three attempts, which this must not use. */
  private static void named(Bounds bounds) throws InterruptedException, ExecutionException {
    Map<String, AtomicInteger> times = new ConcurrentHashMap<>();
    List<Long> told = new CopyOnWriteArrayList<>();
    List<Long> arrivals = new CopyOnWriteArrayList<>();
    Script script =
        (request, number) -> {
          arrivals.add(System.nanoTime());
          boolean limited = request.body().contains("-limited");
          int time =
              times.computeIfAbsent(request.body(), b -> new AtomicInteger()).incrementAndGet();
          return limited && time <= 3 ? told(told) : chat("fine");
        };
    try (ScriptedServer server = ScriptedServer.start(script);
        LlmClient client = bulk(server, Map.of("SYNTHLAB_LLM_MAX_ATTEMPTS", "3"))) {
      Tally tally = calls(client, CALLS);
      String name = "429 three times with `Retry-After: 1`";
      bounds.row(
          name + ": finished of " + CALLS,
          tally + "; " + told.size() + " times told",
          "= " + CALLS,
          tally.finished() == CALLS);
      long early = arrivals.stream().filter(at -> early(at, told)).count();
      bounds.row(name + ": requests before their time", String.valueOf(early), "= 0", early == 0);
    }
  }

  private static Reply told(List<Long> told) {
    Reply reply = error(429, "rate_limit_exceeded", "Slow down", "retry-after", "1");
    return (socket, out) -> {
      boolean more = reply.write(socket, out);
      out.flush();
      told.add(System.nanoTime());
      return more;
    };
  }

  private static boolean early(long at, List<Long> told) {
    return told.stream().anyMatch(since -> at > since + UNDER_WAY_NANOS && at < since + WAIT_NANOS);
  }

  private static LlmClient bulk(ScriptedServer server, Map<String, String> variables) {
    return Clients.of(server.base(), variables)
        .waiting(CallPolicy.WaitMode.UNBOUNDED)
        .build();
  }

  private static Tally calls(LlmClient client, int calls)
      throws InterruptedException, ExecutionException {
    try (ExecutorService threads =
        Executors.newFixedThreadPool(AT_ONCE, Thread.ofVirtual().factory())) {
      List<Callable<Outcome<Completion>>> all = new ArrayList<>();
      for (int i = 0; i < calls; i++) {
        String prompt = "call " + i + (i % 32 == 0 ? "-limited" : "");
        all.add(() -> client.askOutcome(CompletionRequest.of(prompt)));
      }
      long finished = 0;
      Map<String, Integer> kinds = new TreeMap<>();
      for (Future<Outcome<Completion>> call : threads.invokeAll(all)) {
        switch (call.get()) {
          case Outcome.Answered<Completion> ok -> finished++;
          case Outcome.Rejected<Completion> rejected -> finished++;
          case Outcome.Failed<Completion> failed ->
              kinds.merge(name(failed.exception()), 1, Integer::sum);
        }
      }
      return new Tally(finished, kinds);
    }
  }

  private static String name(CallException reason) {
    return reason.getClass().getSimpleName();
  }
}
