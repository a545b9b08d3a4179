package dev.synthlab.bench;

import dev.synthlab.bench.peer.Seen;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Holds a cell against what is right, and collects what is not. For one thread. */
final class Check {
  private final Cell cell;
  private final List<String> wrong = new ArrayList<>();

  Check(Cell cell) {
    this.cell = cell;
    expect(!cell.seen().showsKey(), "the key stands in the exception");
    expect(!cell.keyLogged(), "the key stands in the log");
  }

  List<String> wrong() {
    return wrong;
  }

  Check sends(int requests) {
    return expect(
        cell.requests() == requests, "sent " + cell.requests() + " requests, not " + requests);
  }

  Check answers(String text) {
    return expect(
        cell.seen().end() == Seen.End.ANSWERED && cell.seen().text().equals(text),
        "did not answer “" + text + "”");
  }

  Check fails(String... types) {
    return expect(
        cell.seen().end() == Seen.End.FAILED && List.of(types).contains(cell.seen().type()),
        "did not fail as " + String.join(" or ", types));
  }

  Check says(String words) {
    return expect(cell.seen().message().contains(words), "does not say “" + words + "”");
  }

  Check delivers(String text) {
    return expect(cell.seen().text().equals(text), "did not hand on “" + text + "”");
  }

  Check keeps(String partial) {
    return expect(
        cell.seen().kept().equals(partial), "the exception does not keep “" + partial + "”");
  }

  Check within(Duration max) {
    return expect(cell.seen().took().compareTo(max) <= 0, "took longer than " + max);
  }

  Check waits(Duration min, Duration max) {
    Duration waited = cell.firstWait();
    return expect(
        waited.compareTo(min) >= 0 && waited.compareTo(max) <= 0,
        "waited " + waited + ", not " + min + " to " + max);
  }

  private Check expect(boolean holds, String otherwise) {
    if (!holds) {
      wrong.add(otherwise);
    }
    return this;
  }
}
