package dev.synthlab.call;

import dev.synthlab.Internal;

/** Why a request cannot be sent yet. */
@Internal
public enum WaitReason {
  /** The route is paused: the server asked to wait, or for fewer requests. */
  PAUSE("pause"),
  /** A limit on requests or tokens per time is reached. */
  RATE_LIMIT("limit"),
  /** The circuit breaker is open. */
  BREAKER("breaker"),
  /** The maximum number of requests is in flight. */
  CONCURRENCY("place");

  private final String code;

  WaitReason(String code) {
    this.code = code;
  }

  /**
   * The name of the reason in spans and metrics.
   *
   * @return a value of {@code synthlab.wait.reason}
   */
  public String code() {
    return code;
  }
}
