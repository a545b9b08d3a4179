package dev.synthlab.llm;

import dev.synthlab.call.AttemptResult;
import dev.synthlab.call.CallMetadata;
import dev.synthlab.call.Fault;
import dev.synthlab.call.Spend;
import java.io.IOException;
import java.util.Optional;

/**
 * Reads the body of a successful response, and describes what it read.
 *
 * @param <P> the request that was sent
 * @param <T> what the body is read as
 */
interface ResponseReader<P, T> {
  /** Reads the body and closes it, except a {@linkplain #live() live} one that is returned. */
  T read(P request, AttemptResult.ResponseReceived head)
      throws IOException, UnusableResponseException;

  default Spend spend(P request, T value) {
    return Spend.NONE;
  }

  default CallMetadata.AnswerMetadata metadata(P request, T value) {
    return CallMetadata.AnswerMetadata.NOTHING;
  }

  /** The text of the answer, for records. */
  default String text(T value) {
    return "";
  }

  /** What ended a live value early. */
  default Optional<Fault> brokenBy(T value) {
    return Optional.empty();
  }

  /** Whether the value reads its body after the call has returned. */
  default boolean live() {
    return false;
  }

  /** What messages call the body. */
  default String noun() {
    return "answer";
  }
}
