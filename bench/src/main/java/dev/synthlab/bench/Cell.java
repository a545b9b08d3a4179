package dev.synthlab.bench;

import dev.synthlab.bench.peer.Seat;
import dev.synthlab.bench.peer.Seen;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One library under one fault.
 *
 * @param seen what its caller saw
 * @param arrivals when each request reached the server, in nanoseconds of one clock
 * @param keyLogged whether the key stood in what the library logged
 */
record Cell(Seen seen, List<Long> arrivals, boolean keyLogged) {
  private static final int WIDTH = 100;

  int requests() {
    return arrivals.size();
  }

  /** How long it waited before the second request. */
  Duration firstWait() {
    return requests() < 2 ? Duration.ZERO : Duration.ofNanos(arrivals.get(1) - arrivals.get(0));
  }

  String markdown() {
    String what =
        switch (seen.end()) {
          case ANSWERED -> "ok " + quoted(seen.text());
          case HANGS -> "**hangs > " + Seat.PATIENCE.toSeconds() + " s**" + delivered();
          case FAILED -> seen.type() + ": " + shortened(seen.message()) + delivered();
        };
    List<String> leaks = new ArrayList<>();
    if (seen.showsKey()) {
      leaks.add("exception");
    }
    if (keyLogged) {
      leaks.add("log");
    }
    return String.format(
        Locale.ROOT,
        "h=%d, %.1f s: %s%s",
        requests(),
        seen.took().toMillis() / 1000.0,
        what,
        leaks.isEmpty() ? "" : " **(key in " + String.join(" and ", leaks) + ")**");
  }

  private String delivered() {
    String pieces = seen.text().isEmpty() ? "" : "; had " + quoted(seen.text());
    return seen.kept().isEmpty() ? pieces : pieces + "; keeps " + quoted(seen.kept());
  }

  private static String quoted(String text) {
    return "“" + shortened(text) + "”";
  }

  private static String shortened(String text) {
    String line = text.replaceAll("\\s+", " ").replace("|", "\\|").replace("<", "&lt;");
    return line.length() > WIDTH ? line.substring(0, WIDTH) + "…" : line;
  }
}
