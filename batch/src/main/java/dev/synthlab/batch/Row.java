package dev.synthlab.batch;

import dev.synthlab.llm.EmbeddingRequest;
import java.util.Map;
import java.util.Optional;

/** One row of the input. */
sealed interface Row {

  /** The identity of the row. */
  Key key();

  /** The input's keys that are not part of the request. */
  Map<String, Object> columns();

  /** The model of the request. */
  default Optional<String> model() {
    return Optional.empty();
  }

  /**
   * The identity of a row.
   *
   * @param index its index in the {@link RowTable}
   * @param id its custom id
   * @param line its line in the input
   * @param hash the hash of its content
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
   * A row that requests embeddings.
   *
   * @param base64 whether the result has the vectors as base64
   */
  record Embed(Key key, EmbeddingRequest request, boolean base64, Map<String, Object> columns)
      implements Row {
    @Override
    public Optional<String> model() {
      return request.options().model();
    }
  }

  /** A line that cannot become a request. */
  record Invalid(Key key, String reason, Map<String, Object> columns) implements Row {}
}
