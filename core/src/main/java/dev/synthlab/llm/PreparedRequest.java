package dev.synthlab.llm;

import dev.synthlab.call.CallMetadata;
import dev.synthlab.call.Fault;
import dev.synthlab.call.Route;
import dev.synthlab.http.Request;
import java.math.BigDecimal;
import java.util.Optional;

/**
 * One HTTP request to one model, and the requests that may replace it after a failure. Immutable.
 *
 * @param <P> the type itself
 */
interface PreparedRequest<P extends PreparedRequest<P>> {
  Route route();

  /** The estimated number of tokens, for rate limits. */
  long weight();

  /** The HTTP request that is sent. */
  Request wire();

  /** The number of unreadable responses after which the call fails. */
  default int unreadableTries() {
    return 1;
  }

  /** The kind of request, for records. */
  default CallMetadata.Operation operation() {
    return CallMetadata.Operation.NONE;
  }

  /** The texts of the request and of its answer, for records. */
  default Optional<CallMetadata.Content> content(String answer) {
    return Optional.empty();
  }

  /** The maximum cost; empty when it is not known. */
  default Optional<BigDecimal> maxCostUsd() {
    return Optional.of(BigDecimal.ZERO);
  }

  /** The request without what the server refused, if the fault names it. */
  default Optional<P> repaired(Fault fault) {
    return Optional.empty();
  }

  /** The same request to the next model, if that may help. */
  default Optional<P> fallback(Fault fault) {
    return Optional.empty();
  }

  /** The fault with a hint about the settings that may cause it. */
  default Fault explained(Fault fault) {
    return fault;
  }
}
