package dev.synthlab.bench.peer;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Lets one library do what comes in on standard input, and says on standard output what it saw. */
public final class Seat {
  /** How the lines begin that are ours: a library may print too. */
  public static final String MARK = "@seat ";

  /** How long one call may take before it counts as hanging. */
  public static final Duration PATIENCE = Duration.ofSeconds(40);

  private final Peer peer;
  private final Queue<String> pieces = new ConcurrentLinkedQueue<>();

  private Seat(Peer peer) {
    this.peer = peer;
  }

  /**
   * Serves until standard input ends; then the process ends too.
   *
   * @param peer the library
   * @throws IOException when standard input breaks
   */
  public static void serve(Peer peer) throws IOException {
    PrintStream out = new PrintStream(System.out, true, UTF_8);
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, UTF_8));
    out.println(MARK + peer.artifact() + " " + version(peer.artifact()));
    for (Optional<String> line = line(in); line.isPresent(); line = line(in)) {
      out.println(MARK + new Seat(peer).seen(Ask.of(line.get())).line());
    }
    // Threads of a library, and calls that hang, must not keep the process.
    System.exit(0);
  }

  private static Optional<String> line(BufferedReader in) throws IOException {
    return Optional.ofNullable(in.readLine());
  }

  private Seen seen(Ask ask) {
    FutureTask<Void> task = new FutureTask<>(() -> ask(ask));
    Thread caller = Thread.ofPlatform().name("caller").daemon().unstarted(task);
    long from = System.nanoTime();
    caller.start();
    try {
      task.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      return ended(Seen.End.ANSWERED, from);
    } catch (TimeoutException e) {
      caller.interrupt();
      return ended(Seen.End.HANGS, from);
    } catch (ExecutionException e) {
      return failed(Optional.ofNullable(e.getCause()).orElse(e), ask, from);
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts a seat", e);
    }
  }

  private Void ask(Ask ask) throws Exception {
    if (ask.streamed()) {
      peer.stream(ask, pieces::add);
    } else {
      pieces.add(peer.complete(ask));
    }
    return null;
  }

  private Seen ended(Seen.End end, long from) {
    return new Seen(end, "", "", String.join("", pieces), "", since(from), false);
  }

  private Seen failed(Throwable failure, Ask ask, long from) {
    StringWriter trace = new StringWriter();
    failure.printStackTrace(new PrintWriter(trace));
    return new Seen(
        Seen.End.FAILED,
        failure.getClass().getSimpleName(),
        String.valueOf(failure.getMessage()),
        String.join("", pieces),
        peer.kept(failure),
        since(from),
        trace.toString().contains(ask.key()));
  }

  private static Duration since(long from) {
    return Duration.ofNanos(System.nanoTime() - from);
  }

  private static String version(String artifact) {
    Matcher jar =
        Pattern.compile(Pattern.quote(artifact) + "-(\\d[^/\\\\]*)\\.jar")
            .matcher(System.getProperty("java.class.path"));
    return jar.find() ? jar.group(1) : "of unknown version";
  }
}
