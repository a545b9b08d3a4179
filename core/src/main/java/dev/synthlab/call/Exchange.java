package dev.synthlab.call;

import dev.synthlab.http.Request;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.Optional;

/**
 * One prepared request, and what its answers mean.
 *
 * @param <T> what it gives
 */
public interface Exchange<T> {

  /**
   * Whose limits, pauses and breaker it falls under.
   *
   * @return the route
   */
  Route route();

  /**
   * How much of a limit it takes, for an LLM the estimated tokens.
   *
   * @return zero or more
   */
  long weight();

  /**
   * What is sent.
   *
   * @return the same bytes each time
   */
  Request request();

  /**
   * Says what an event means. Reads the body of an {@link AttemptResult.ResponseReceived} and
   * closes it, except when the answer is {@linkplain #live() live}: then the answer closes it.
   *
   * @param result what came
   * @return what it means
   * @throws IOException when the body could not be read to its end; the loop then asks again with
   *     an {@link AttemptResult.TransportFailed}
   */
  Verdict<T> judge(AttemptResult result) throws IOException;

  /**
   * What the answer used.
   *
   * @param value the answer; a live one is asked when it was closed
   * @return tokens and cost
   */
  Spend spend(T value);

  /**
   * What is asked.
   *
   * @return the kind of request, for records
   */
  default CallMetadata.Operation purpose() {
    return CallMetadata.Operation.NONE;
  }

  /**
   * What is known of the answer.
   *
   * @param value the answer; a live one is asked when it was closed
   * @return model, request id, prices; no texts
   */
  default CallMetadata.AnswerMetadata said(T value) {
    return CallMetadata.AnswerMetadata.NOTHING;
  }

  /**
   * What was asked and what was answered; asked for only where it is kept.
   *
   * @param value the answer, or empty when there is none
   * @return the texts, or empty where there are none worth keeping
   */
  default Optional<CallMetadata.Content> texts(Optional<T> value) {
    return Optional.empty();
  }

  /**
   * What ended a live answer before its proper end.
   *
   * @param value the answer, when it was closed
   * @return the fault, or empty when nothing did
   */
  default Optional<Fault> brokenBy(T value) {
    return Optional.empty();
  }

  /**
   * What the answer may cost at most, where that is bounded.
   *
   * @return US dollars; 0 if it is free, empty when that cannot be told
   */
  default Optional<BigDecimal> maxCostUsd() {
    return Optional.of(BigDecimal.ZERO);
  }

  /**
   * Who is asked when this request has failed for good, within the same deadline.
   *
   * @param fault why it failed
   * @return another request, or empty when the call has failed
   */
  default Optional<Exchange<T>> fallback(Fault fault) {
    return Optional.empty();
  }

  /**
   * Whether the answer goes on living after the loop, as a stream does.
   *
   * @return false for a whole answer
   */
  default boolean live() {
    return false;
  }

  /**
   * Whether the time of an attempt bounds only the wait for the head of the answer, and then each
   * silence in its body, as for a file.
   *
   * @return false where it bounds the whole attempt
   */
  default boolean transfers() {
    return false;
  }
}
