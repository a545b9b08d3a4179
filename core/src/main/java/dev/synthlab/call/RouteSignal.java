package dev.synthlab.call;

/** The effect of an attempt on the breaker and the limits of its route. */
enum RouteSignal {
  /** The server answered. */
  SUCCESS,
  /** The server asked for fewer requests. */
  THROTTLED,
  /** The server failed, or could not be reached. */
  FAILURE,
  /** Nothing is learned about the server, as from an invalid request or a cancelled call. */
  NEUTRAL;

  static RouteSignal of(Verdict<?> verdict) {
    return switch (verdict) {
      case Verdict.Accept<?> answered -> SUCCESS;
      case Verdict.TryAgain<?> again -> again.throttled() ? THROTTLED : of(again.fault());
      case Verdict.ReplaceWith<?> replaced -> of(replaced.fault());
      case Verdict.GiveUp<?> failed -> of(failed.fault());
    };
  }

  private static RouteSignal of(Fault fault) {
    return switch (fault.kind()) {
      case RATE_LIMITED -> THROTTLED;
      case SERVER_FAILED, CONNECTION_FAILED, DEADLINE_EXCEEDED ->
          ResponseClassifier.isThrottled(fault) ? THROTTLED : FAILURE;
      case BAD_REQUEST,
          PROMPT_FILTERED,
          AUTHENTICATION,
          NOT_FOUND,
          QUOTA_EXCEEDED,
          BUDGET_EXCEEDED,
          TLS_FAILED,
          MALFORMED_RESPONSE,
          RESPONSE_TOO_LARGE,
          REDIRECTED,
          STREAM_INTERRUPTED,
          CIRCUIT_OPEN,
          CANCELLED ->
          NEUTRAL;
    };
  }
}
