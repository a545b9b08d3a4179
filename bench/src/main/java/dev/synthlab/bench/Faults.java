package dev.synthlab.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.synthlab.bench.peer.Ask;
import dev.synthlab.bench.peer.Seat;
import dev.synthlab.bench.peer.Seen;
import dev.synthlab.test.Replies;
import dev.synthlab.test.ScriptedServer;
import dev.synthlab.test.ScriptedServer.Reply;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Puts client libraries through the same faults of a server and prints what each made of them.
 * Fails when ours did anything wrong.
 */
public final class Faults {
  // The others log as they come; of ours every line is searched for the key.
  private static final String LOG_ALL = "-Dorg.slf4j.simpleLogger.log.dev.synthlab=debug";

  private static final PrintStream out = new PrintStream(System.out, true, UTF_8);

  private Faults() {}

  /** A library in its process. */
  private record Player(String name, Child child, boolean knowsDeadlines) {}

  /**
   * Runs every row with every library.
   *
   * @param args {@code --retry-after SECONDS} for the wait that the server names, and {@code
   *     --peers DIRECTORY} for the built modules of the others
   * @throws IOException when a process cannot be started or ends
   */
  public static void main(String[] args) throws IOException {
    Options options = new Options(args, "--retry-after", "--peers");
    Duration retryAfter = Duration.ofSeconds(options.number("--retry-after", 3));
    Path peers = Path.of(options.text("--peers").orElse("bench/peers"));
    List<Player> players =
        List.of(
            player(Child.start(Ours.class, List.of(LOG_ALL)), true),
            peer(peers, "openai-java", "dev.synthlab.bench.openai.OpenAiJava"),
            peer(peers, "langchain4j", "dev.synthlab.bench.langchain4j.LangChain4j"),
            peer(peers, "spring-ai", "dev.synthlab.bench.springai.SpringAi"));
    try {
      head(players, retryAfter);
      int wrong = 0;
      for (FaultRow row : FaultRow.all(retryAfter)) {
        wrong += print(row, players) ? 0 : 1;
      }
      out.println("\nOurs: " + (wrong == 0 ? "right in every row." : wrong + " rows wrong."));
      System.exit(wrong == 0 ? 0 : 1);
    } finally {
      players.forEach(player -> player.child().close());
    }
  }

  private static Player peer(Path peers, String module, String main) throws IOException {
    Path target = peers.resolve(module).resolve("target");
    Path jars = target.resolve("classpath.txt");
    if (!Files.exists(jars)) {
      throw new IOException(jars + " is missing: build the modules of bench first");
    }
    String classPath =
        target.resolve("classes") + System.getProperty("path.separator") + Files.readString(jars);
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    return player(Child.start(java, classPath.strip(), main, List.of()), false);
  }

  /** A library that has answered once each way, so that no row pays for loading its classes. */
  private static Player player(Child child, boolean knowsDeadlines) throws IOException {
    Player player = new Player(child.hear(Seat.MARK), child, knowsDeadlines);
    Reply streamed =
        Replies.events(Replies.delta("fine"), Replies.finish("stop"), Replies.usage(), "[DONE]");
    for (FaultRow row :
        List.of(
            new FaultRow("", false, Duration.ZERO, List.of(Replies.chat("fine")), right -> {}),
            new FaultRow("", true, Duration.ZERO, List.of(streamed), right -> {}))) {
      Cell cell = play(row, player);
      if (!cell.seen().text().equals("fine")) {
        throw new IOException(player.name() + " fails without a fault: " + cell.markdown());
      }
    }
    return player;
  }

  private static void head(List<Player> players, Duration retryAfter) {
    out.println("h = requests sent for one call; then the time it took, and what its caller saw.");
    out.println("Each library with its defaults but for a timeout of 3 s, in a process of its own");
    out.println("with the class path it brings, one call after the other, after one call of each");
    out.println(
        "kind that went well. The server names a wait of " + retryAfter.toSeconds() + " s.");
    out.println(Machine.line() + "\n");
    StringBuilder line = new StringBuilder("| server |");
    players.forEach(player -> line.append(' ').append(player.name()).append(" |"));
    out.println(line + " ours right |");
    out.println("|---".repeat(players.size() + 2) + "|");
  }

  private static boolean print(FaultRow row, List<Player> players) throws IOException {
    StringBuilder line = new StringBuilder("| " + row.name() + " |");
    List<String> wrong = new ArrayList<>();
    for (Player player : players) {
      if (row.deadline().isPositive() && !player.knowsDeadlines()) {
        line.append(" no such setting |");
        continue;
      }
      Cell cell = play(row, player);
      line.append(' ').append(cell.markdown()).append(" |");
      if (player.equals(players.getFirst())) {
        Check check = new Check(cell);
        row.right().accept(check);
        wrong.addAll(check.wrong());
      }
    }
    out.println(
        line + (wrong.isEmpty() ? " yes |" : " **no: " + String.join("; ", wrong) + "** |"));
    return wrong.isEmpty();
  }

  private static Cell play(FaultRow row, Player player) throws IOException {
    List<Long> arrivals = new CopyOnWriteArrayList<>();
    List<Reply> replies = row.replies();
    int loggedBefore = player.child().logged().length();
    try (ScriptedServer server =
        ScriptedServer.start(
            (request, number) -> {
              arrivals.add(System.nanoTime());
              return replies.get(Math.min(number, replies.size()) - 1);
            })) {
      Ask ask =
          new Ask(row.streamed(), server.base(), FaultRow.KEY, FaultRow.TIMEOUT, row.deadline());
      player.child().tell(ask.line());
      Seen seen = Seen.of(player.child().hear(Seat.MARK));
      String logged = player.child().logged().substring(loggedBefore);
      return new Cell(seen, List.copyOf(arrivals), logged.contains(FaultRow.KEY));
    }
  }
}
