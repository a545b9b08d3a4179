package dev.synthlab.call;

/**
 * The budget of a route's repetitions: when most calls fail, repeating them only adds to the load.
 * Not thread-safe; its lane's lock guards it.
 *
 * @see <a href="https://github.com/grpc/proposal/blob/master/A6-client-retries.md">gRPC's retry
 *     throttling, of which it is a form</a>
 */
final class RetryThrottle {
  private static final double FULL = 100;
  private static final double ENOUGH = 50;
  private static final double FAILURE = 1;
  private static final double SUCCESS = 0.5;

  private double tokens = FULL;

  void saw(RouteSignal signal) {
    switch (signal) {
      case SERVED -> tokens = Math.min(FULL, tokens + SUCCESS);
      case FAILED -> tokens = Math.max(0, tokens - FAILURE);
      case THROTTLED, NEUTRAL -> {}
    }
  }

  boolean allowsARetry() {
    return tokens > ENOUGH;
  }
}
