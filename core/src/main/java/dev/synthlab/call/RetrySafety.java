package dev.synthlab.call;

import dev.synthlab.Internal;
import dev.synthlab.http.Headers;
import dev.synthlab.http.Request;
import dev.synthlab.http.TransportException.Phase;
import java.util.Objects;
import java.util.Set;

/**
 * Whether a request that a service may have processed may be sent again.
 *
 * @param method the HTTP method
 * @param repeatable whether its body can be sent twice
 * @param idempotent whether sending it twice has the effect of sending it once
 */
@Internal
public record RetrySafety(String method, boolean repeatable, boolean idempotent) {
  private static final Set<String> IDEMPOTENT_METHODS =
      Set.of("GET", "HEAD", "PUT", "DELETE", "OPTIONS");
  private static final String IDEMPOTENCY_KEY = "idempotency-key";

  /** Requires the method. */
  public RetrySafety {
    Objects.requireNonNull(method);
  }

  /**
   * The safety of a request, by its method, its idempotency key and its body.
   *
   * @param request the request
   * @return what may be sent twice of it
   */
  public static RetrySafety of(Request request) {
    boolean idempotent =
        IDEMPOTENT_METHODS.contains(request.method())
            || request.headers().first(IDEMPOTENCY_KEY).isPresent();
    return new RetrySafety(request.method(), request.body().repeatable(), idempotent);
  }

  /**
   * The same for a request that has no effect but its answer.
   *
   * @return idempotent
   */
  public RetrySafety withoutEffect() {
    return new RetrySafety(method, repeatable, true);
  }

  /**
   * Turns a retry that is not safe into the end of the call.
   *
   * @param result the result of the attempt
   * @param byDefault the verdict on it
   * @param <T> the type of the value
   * @return the same verdict, or {@link Verdict.GiveUp}
   */
  public <T> Verdict<T> limit(AttemptResult result, Verdict<T> byDefault) {
    if (!(byDefault instanceof Verdict.TryAgain<T> again)) {
      return byDefault;
    }
    boolean neverSent = neverSent(result);
    if (!neverSent && !repeatable) {
      return giveUp(again.fault(), "its body can be sent only once");
    }
    if (neverSent || idempotent || serverAllowsRetry(result, again.fault())) {
      return byDefault;
    }
    return giveUp(
        again.fault(),
        "the service may have processed this "
            + method
            + "; it is retried if it has an idempotency key");
  }

  private static <T> Verdict<T> giveUp(Fault fault, String reason) {
    return new Verdict.GiveUp<>(
        fault.as(fault.kind(), fault.message() + " (not retried: " + reason + ")"));
  }

  /** Whether the request has not reached the service. */
  private static boolean neverSent(AttemptResult result) {
    return switch (result) {
      case AttemptResult.TransportFailed broken ->
          broken.cause().phase() == Phase.RESOLVE || broken.cause().phase() == Phase.CONNECT;
      case AttemptResult.NotPermitted held -> true;
      case AttemptResult.ResponseReceived answer -> false;
    };
  }

  /** Whether the response says that the request was not processed or may be retried. */
  private static boolean serverAllowsRetry(AttemptResult result, Fault fault) {
    return result instanceof AttemptResult.ResponseReceived answer
        && (answer.status() == 429
            || answer.status() == 425
            || (answer.status() == 503 && fault.retryAfter().isPresent())
            || shouldRetryHeader(answer.headers()));
  }

  /**
   * Whether a server asks for a retry.
   *
   * @param headers the headers of its response
   * @return true for {@code x-should-retry: true}
   */
  public static boolean shouldRetryHeader(Headers headers) {
    return headers
        .first("x-should-retry")
        .filter(v -> v.strip().equalsIgnoreCase("true"))
        .isPresent();
  }
}
