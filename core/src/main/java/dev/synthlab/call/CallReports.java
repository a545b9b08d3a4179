package dev.synthlab.call;

import dev.synthlab.Internal;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** The factory for reports and their parts, for the packages that make calls or read records. */
@Internal
public final class CallReports {
  private CallReports() {}

  /**
   * Creates a report.
   *
   * @param route the route of the last request
   * @param started the time at which the call started
   * @param elapsed the time from the start of the call to its end
   * @param queued the time that the call waited before its requests were sent
   * @param attempts all requests that were sent, in order
   * @param spend the tokens used, and their price
   * @param fault why the call failed, or empty
   * @param metadata the kind of request, the work that it belongs to, and its response
   * @return the report
   */
  public static CallReport of(
      Route route,
      Instant started,
      Duration elapsed,
      Duration queued,
      List<Attempt> attempts,
      Spend spend,
      Optional<Fault> fault,
      CallMetadata metadata) {
    return new CallReport(route, started, elapsed, queued, attempts, spend, fault, metadata);
  }

  /**
   * Creates the report of a call that sent nothing.
   *
   * @param route the route that the request would have had
   * @param started the time at which the call started
   * @param elapsed the time from the start of the call to its end
   * @param spend the tokens used, and their price
   * @param fault why the call failed, or empty
   * @param metadata the kind of request, the work that it belongs to, and its response
   * @return the report, without attempts
   */
  public static CallReport unsent(
      Route route,
      Instant started,
      Duration elapsed,
      Spend spend,
      Optional<Fault> fault,
      CallMetadata metadata) {
    return new CallReport(
        route, started, elapsed, Duration.ZERO, List.of(), spend, fault, metadata);
  }

  /**
   * Creates the report of no call, for exceptions that tests make.
   *
   * @param fault the fault of the exception, or empty
   * @return a report without attempts, times and tokens
   */
  public static CallReport none(Optional<Fault> fault) {
    return unsent(
        new Route(URI.create("none:none"), "none", "none"),
        Instant.EPOCH,
        Duration.ZERO,
        Spend.NONE,
        fault,
        CallMetadata.NONE);
  }

  /**
   * Creates an attempt.
   *
   * @param number the position among the attempts of the call, 1 for the first
   * @param route the route on which the request was sent
   * @param started the time at which the request was sent
   * @param took the time from the start of the attempt to its end
   * @param status the HTTP status, if there was a response
   * @param fault the fault that the attempt ended with, or empty
   * @param backoff the delay between this attempt and the next one
   * @return the attempt
   */
  public static Attempt attempt(
      int number,
      Route route,
      Instant started,
      Duration took,
      OptionalInt status,
      Optional<Fault> fault,
      Duration backoff) {
    return new Attempt(number, route, started, took, status, fault, backoff);
  }

  /**
   * Creates a spend.
   *
   * @param inputTokens the number of input tokens, cached ones included
   * @param outputTokens the number of output tokens, reasoning tokens included
   * @param cachedTokens the number of input tokens that the provider had cached
   * @param reasoningTokens the number of output tokens that are reasoning
   * @param costUsd the price in US dollars; empty if it is not known
   * @return the spend
   */
  public static Spend spend(
      long inputTokens,
      long outputTokens,
      long cachedTokens,
      long reasoningTokens,
      Optional<BigDecimal> costUsd) {
    return new Spend(inputTokens, outputTokens, cachedTokens, reasoningTokens, costUsd);
  }
}
