package dev.synthlab.call;

import dev.synthlab.Internal;
import dev.synthlab.http.Request;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.Optional;

/**
 * One prepared request, and the interpretation of its responses.
 *
 * @param <T> the type of the value that it produces
 */
@Internal
public interface Exchange<T> {

  /**
   * The route whose limits, pauses and breaker apply.
   *
   * @return the route
   */
  Route route();

  /**
   * The share of the token limit that it takes: for an LLM the estimated tokens.
   *
   * @return zero or more
   */
  long weight();

  /**
   * The HTTP request.
   *
   * @return the same bytes each time
   */
  Request request();

  /**
   * Interprets the result of an attempt. Reads the body of an {@link
   * AttemptResult.ResponseReceived} and closes it, except in {@link BodyMode#STREAM}: then the
   * value closes it.
   *
   * @param result the result
   * @return the verdict
   * @throws IOException if the body cannot be read to its end; the loop then calls this method with
   *     an {@link AttemptResult.TransportFailed}
   */
  Verdict<T> judge(AttemptResult result) throws IOException;

  /**
   * The tokens that the response used, and their price.
   *
   * @param value the value; a stream after it was closed
   * @return tokens and cost
   */
  Spend spend(T value);

  /**
   * The kind of request, for records.
   *
   * @return {@link CallMetadata.Operation#NONE} unless overridden
   */
  default CallMetadata.Operation purpose() {
    return CallMetadata.Operation.NONE;
  }

  /**
   * The metadata of the response.
   *
   * @param value the value; a stream after it was closed
   * @return model, request id and prices; no texts
   */
  default CallMetadata.AnswerMetadata said(T value) {
    return CallMetadata.AnswerMetadata.NOTHING;
  }

  /**
   * The prompt and the answer, for an observer that stores them.
   *
   * @param value the value, or empty if the call failed
   * @return the texts, or empty if there is nothing to store
   */
  default Optional<CallMetadata.Content> texts(Optional<T> value) {
    return Optional.empty();
  }

  /**
   * The fault that ended a stream early.
   *
   * @param value the value, after it was closed
   * @return empty if the stream was complete
   */
  default Optional<Fault> brokenBy(T value) {
    return Optional.empty();
  }

  /**
   * The maximum cost of the response.
   *
   * @return US dollars; 0 if it is free, empty if no maximum is known
   */
  default Optional<BigDecimal> maxCostUsd() {
    return Optional.of(BigDecimal.ZERO);
  }

  /**
   * The request that replaces this one after it has failed permanently, within the same deadline.
   *
   * @param fault why it failed
   * @return empty if the call has failed
   */
  default Optional<Exchange<T>> fallback(Fault fault) {
    return Optional.empty();
  }

  /**
   * How the body of the response is read.
   *
   * @return {@link BodyMode#WHOLE} unless overridden
   */
  default BodyMode bodyMode() {
    return BodyMode.WHOLE;
  }
}
