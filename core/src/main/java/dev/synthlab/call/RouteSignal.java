package dev.synthlab.call;

import java.util.Optional;

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

  static RouteSignal of(Optional<Fault> fault) {
    if (fault.isEmpty()) {
      return SUCCESS;
    }
    return switch (fault.get().kind()) {
      case RATE_LIMITED -> THROTTLED;
      case SERVER_FAILED, CONNECTION_FAILED, DEADLINE_EXCEEDED ->
          fault.get().retryAfter().isPresent() ? THROTTLED : FAILURE;
      case BAD_REQUEST,
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
