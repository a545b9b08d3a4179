package dev.synthlab.external;

import java.util.Objects;

/** Where the key of a service stands in a request. */
public sealed interface ApiKeyLocation {

  /**
   * In the header {@code authorization}, as {@code Bearer}: the usual place.
   *
   * @return the place
   */
  static ApiKeyLocation bearer() {
    return new Header("authorization", "Bearer ");
  }

  /**
   * In a header of its own.
   *
   * @param name for example {@code x-api-key}
   * @return the place
   */
  static ApiKeyLocation header(String name) {
    return new Header(name, "");
  }

  /**
   * In the query. Such a key stands in the logs of whoever is on the way; it is struck out of all
   * that leaves this process otherwise.
   *
   * @param name for example {@code key}
   * @return the place
   */
  static ApiKeyLocation query(String name) {
    return new Query(name);
  }

  /**
   * Nowhere: there is no key.
   *
   * @return the place
   */
  static ApiKeyLocation none() {
    return new None();
  }

  /**
   * A header.
   *
   * @param name of the header
   * @param prefix what stands before the key
   */
  record Header(String name, String prefix) implements ApiKeyLocation {
    /** Refuses what is missing. */
    public Header {
      Objects.requireNonNull(name);
      Objects.requireNonNull(prefix);
    }
  }

  /**
   * A parameter of the query.
   *
   * @param name of the parameter
   */
  record Query(String name) implements ApiKeyLocation {
    /** Refuses what is missing. */
    public Query {
      Objects.requireNonNull(name);
    }
  }

  /** No place. */
  record None() implements ApiKeyLocation {}
}
