package dev.synthlab.call;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Failed calls as the loop makes them, for the tests of rooms below. */
public final class FailedCalls {
  private static final Instant THEN = Instant.parse("2026-11-22T10:00:00Z");

  private FailedCalls() {}

  public static CallReport report(int attempts, Optional<Fault> fault) {
    List<Attempt> sent =
        java.util.stream.IntStream.rangeClosed(1, attempts)
            .mapToObj(
                n ->
                    new Attempt(
                        n,
                        route(),
                        THEN,
                        Duration.ofMillis(7),
                        OptionalInt.of(200),
                        fault,
                        Duration.ZERO))
            .toList();
    Route route = route();
    return new CallReport(
        route, THEN, Duration.ofMillis(12), Duration.ofMillis(1), sent, Spend.NONE, fault);
  }

  private static Route route() {
    return new Route(URI.create("http://127.0.0.1:1/v1"), "OPENAI_API_KEY", "m");
  }

  public static <T> Outcome<T> of(Fault fault) {
    CallReport report = report(1, Optional.of(fault));
    return new Outcome.Failed<>(CallException.of(fault, report), report);
  }
}
