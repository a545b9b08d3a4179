package dev.synthlab.batch;

import java.util.Map;

/** One row of the input. */
sealed interface Row {

  /** Which row it is. */
  Key key();

  /** The input's keys that are no part of the request. */
  Map<String, Object> columns();

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
  record Ready(Key key, Map<String, Object> body, Map<String, Object> columns) implements Row {}

  /** A line that cannot be a request. */
  record Invalid(Key key, String why, Map<String, Object> columns) implements Row {}
}
