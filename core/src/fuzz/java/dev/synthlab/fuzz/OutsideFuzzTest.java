package dev.synthlab.fuzz;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.synthlab.call.AttemptResult;
import dev.synthlab.call.Fault;
import dev.synthlab.call.ResponseClassifier;
import dev.synthlab.call.Route;
import dev.synthlab.call.Verdict;
import dev.synthlab.http.Headers;
import dev.synthlab.http.SseReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Anything a server may send is read, or refused in words; never an exception of another kind. */
class OutsideFuzzTest {
  private static final Route ROUTE = new Route(URI.create("http://127.0.0.1:1/v1"), "KEY", "m");
  private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");

  @FuzzTest(maxDuration = "40m", maxExecutions = 1_000_000)
  void readsAnyStreamOfEvents(FuzzedDataProvider data) throws IOException {
    byte[] bytes = data.consumeRemainingAsBytes();
    SseReader reader = new SseReader(new ByteArrayInputStream(bytes));
    int events = 0;
    for (var event = reader.next(); event.isPresent(); event = reader.next()) {
      events++;
      if (event.get().data().length() > bytes.length) {
        throw new IllegalStateException("more came out than went in");
      }
    }
    if (events > bytes.length) {
      throw new IllegalStateException("an event of no bytes");
    }
  }

  @FuzzTest(maxDuration = "40m", maxExecutions = 1_000_000)
  void readsAnyHeaders(FuzzedDataProvider data) throws IOException {
    int status = data.pickValue(new int[] {429, 503, 500, 400});
    Headers headers =
        Headers.of(
            "Retry-After", data.consumeString(40),
            "retry-after-ms", data.consumeString(40),
            "x-ratelimit-reset-requests", data.consumeString(40),
            "x-ratelimit-remaining-requests", data.consumeString(20),
            "x-should-retry", data.consumeString(10),
            "location", data.consumeRemainingAsString());
    judge(status, headers, new byte[0]);
  }

  @FuzzTest(maxDuration = "40m", maxExecutions = 1_000_000)
  void readsAnyErrorBody(FuzzedDataProvider data) throws IOException {
    int status = data.consumeInt(300, 599);
    judge(status, Headers.NONE, data.consumeRemainingAsBytes());
  }

  private static void judge(int status, Headers headers, byte[] body) throws IOException {
    AttemptResult result =
        new AttemptResult.ResponseReceived(status, headers, new ByteArrayInputStream(body));
    Verdict<String> verdict = ResponseClassifier.of(result, ROUTE, NOW);
    Fault fault =
        switch (verdict) {
          case Verdict.TryAgain<String> again -> again.fault();
          case Verdict.GiveUp<String> over -> over.fault();
          case Verdict.Accept<String> accept -> throw new IllegalStateException("accepted");
          case Verdict.ReplaceWith<String> next -> throw new IllegalStateException("mended");
        };
    Optional<Duration> wait = fault.retryAfter();
    if (wait.isPresent() && !wait.get().isPositive()) {
      throw new IllegalStateException("a wait of " + wait.get());
    }
    if (fault.message().chars().anyMatch(c -> c < ' ' && c != '\t')
        || fault.message().length() > 20_000) {
      throw new IllegalStateException("not one short line");
    }
  }
}
