package dev.synthlab.call;

import java.util.Optional;

/** What the end of an attempt says about its route. */
enum RouteSignal {
  /** It served. */
  SERVED,
  /** It asks for fewer requests. */
  THROTTLED,
  /** It failed, or could not be reached. */
  FAILED,
  /** It was not at fault, or said nothing: a wrong request, a cancelled call. */
  NEUTRAL;

  static RouteSignal of(Optional<Fault> fault) {
    if (fault.isEmpty()) {
      return SERVED;
    }
    return switch (fault.get().kind()) {
      case RATE_LIMITED -> THROTTLED;
      case SERVER_FAILED, CONNECTION_FAILED, DEADLINE_EXCEEDED ->
          fault.get().retryAfter().isPresent() ? THROTTLED : FAILED;
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
