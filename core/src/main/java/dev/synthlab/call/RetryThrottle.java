package dev.synthlab.call;

/**
 * Retry throttling of one route: when most attempts fail, retries only add to the load. Not
 * thread-safe; guarded by the lock of its gate.
 *
 * @see <a href="https://github.com/grpc/proposal/blob/master/A6-client-retries.md">gRPC's retry
 *     throttling, which it is modelled on</a>
 */
final class RetryThrottle {
  private static final double MAX_TOKENS = 100;
  private static final double RETRY_THRESHOLD = 50;
  private static final double FAILURE_COST = 1;
  private static final double SUCCESS_GAIN = 0.5;

  private double tokens = MAX_TOKENS;

  void record(RouteSignal signal) {
    switch (signal) {
      case SUCCESS -> tokens = Math.min(MAX_TOKENS, tokens + SUCCESS_GAIN);
      case FAILURE -> tokens = Math.max(0, tokens - FAILURE_COST);
      case THROTTLED, NEUTRAL -> {}
    }
  }

  boolean allowsRetry() {
    return tokens > RETRY_THRESHOLD;
  }
}
