package dev.synthlab.llm;

import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;

/**
 * Texts that a model shall turn into vectors, and how. Immutable. Of the options those count that
 * say who is asked, how long and by whom; how an answer is worded has no meaning here and is not
 * sent.
 *
 * @param inputs the texts, none of them blank
 * @param dimensions the length of each vector, for models that support several
 * @param options of the request
 */
public record EmbeddingRequest(List<String> inputs, OptionalInt dimensions, CallOptions options)
    implements ModelRequest<EmbeddingRequest> {

  /** Keeps a copy and checks that no input is blank. */
  public EmbeddingRequest {
    inputs = List.copyOf(inputs);
    Objects.requireNonNull(dimensions);
    Objects.requireNonNull(options);
    if (inputs.isEmpty()) {
      throw new IllegalArgumentException("there is no input: embeddings need at least one text");
    }
    for (int i = 0; i < inputs.size(); i++) {
      if (inputs.get(i).isBlank()) {
        throw new IllegalArgumentException(
            "input " + i + " is blank: an embedding needs a text that says something");
      }
    }
    if (dimensions.orElse(1) < 1) {
      throw new IllegalArgumentException(
          "dimensions must be at least 1, was " + dimensions.getAsInt());
    }
  }

  /**
   * A request for vectors of the default length.
   *
   * @param inputs at least one
   * @return a request
   */
  public static EmbeddingRequest of(String... inputs) {
    return of(List.of(inputs));
  }

  /**
   * A request for vectors of the default length.
   *
   * @param inputs at least one; may be more than a server accepts in one request
   * @return a request
   */
  public static EmbeddingRequest of(List<String> inputs) {
    return new EmbeddingRequest(inputs, OptionalInt.empty(), CallOptions.NONE);
  }

  @Override
  public EmbeddingRequest with(CallOptions other) {
    return new EmbeddingRequest(inputs, dimensions, other);
  }

  /**
   * The same request for vectors of another length.
   *
   * @param numbers the length of each vector, at least 1
   * @return a new request
   */
  public EmbeddingRequest withDimensions(int numbers) {
    return new EmbeddingRequest(inputs, OptionalInt.of(numbers), options);
  }
}
