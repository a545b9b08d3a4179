package dev.synthlab.llm;

import dev.synthlab.Internal;
import dev.synthlab.call.CallReport;
import java.util.List;
import java.util.Optional;

/** Makes the values that callers of a client receive, for the other modules of the library. */
@Internal
public final class ResponseFactory {
  private ResponseFactory() {}

  /**
   * An answer without tool calls and without earlier answers.
   *
   * @param text of the answer
   * @param finishReason why the model stopped
   * @param usage the tokens
   * @param requestedModel the model that the request names
   * @param respondedModel the model that the response names
   * @param requestId the id that the server gave the request
   * @param json the chat completion object
   * @param report how the call went
   * @return a completion
   */
  public static Completion completion(
      String text,
      FinishReason finishReason,
      Usage usage,
      String requestedModel,
      String respondedModel,
      Optional<String> requestId,
      String json,
      CallReport report) {
    return new Completion(
        text,
        "",
        finishReason,
        usage,
        requestedModel,
        respondedModel,
        requestId,
        JsonLine.of(json),
        List.of(),
        Optional.empty(),
        List.of(),
        report);
  }

  /**
   * Vectors with the models that a request and a response name.
   *
   * @param vectors one for each input
   * @param requestedModel the model that the request names
   * @param respondedModel the model that the response names
   * @param usage the tokens
   * @param report how the call went
   * @return embeddings
   */
  public static Embeddings embeddings(
      List<float[]> vectors,
      String requestedModel,
      String respondedModel,
      Usage usage,
      CallReport report) {
    return new Embeddings(vectors, requestedModel, respondedModel, usage, report);
  }

  /**
   * The tokens of a request without an answer of tokens, as for embeddings.
   *
   * @param inputTokens tokens sent
   * @param known false for an estimate
   * @return a usage
   */
  public static Usage inputUsage(long inputTokens, boolean known) {
    return new Usage(inputTokens, 0, 0, 0, known);
  }
}
