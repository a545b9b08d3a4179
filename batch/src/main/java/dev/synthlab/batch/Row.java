package dev.synthlab.batch;

import dev.synthlab.llm.EmbeddingRequest;
import java.util.Map;
import java.util.Optional;

/** One row of the input. */
sealed interface Row {

  /** Which row it is. */
  Key key();

  /** The input's keys that are no part of the request. */
  Map<String, Object> columns();

  /** The model that it names, or was given. */
  default Optional<String> model() {
    return Optional.empty();
  }

  /**
   * Which row it is.
   *
   * @param index its place in the {@link RowTable}
   * @param id its custom id
   * @param line its line in the input
   * @param hash the hash of what it says
   */
  record Key(int index, String id, int line, long hash) {}

  /** A row that can be sent: a whole request body. */
  record Ready(Key key, Map<String, Object> body, Map<String, Object> columns) implements Row {
    @Override
    public Optional<String> model() {
      return RowParser.model(body);
    }
  }

  /**
   * A row that asks for vectors.
   *
   * @param base64 whether its answer is to hold them as base64
   */
  record Embed(Key key, EmbeddingRequest request, boolean base64, Map<String, Object> columns)
      implements Row {
    @Override
    public Optional<String> model() {
      return request.options().model();
    }
  }

  /** A line that cannot be a request. */
  record Invalid(Key key, String reason, Map<String, Object> columns) implements Row {}
}
