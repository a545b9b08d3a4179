package dev.synthlab.external;

import java.util.Objects;

/** The location of the API key in a request. */
public sealed interface ApiKeyLocation {

  /**
   * In the header {@code authorization}, as {@code Bearer}: the default.
   *
   * @return the location
   */
  static ApiKeyLocation bearer() {
    return new Header("authorization", "Bearer ");
  }

  /**
   * In a header of its own.
   *
   * @param name for example {@code x-api-key}
   * @return the location
   */
  static ApiKeyLocation header(String name) {
    return new Header(name, "");
  }

  /**
   * In the query. Proxies and servers may log such a key; in the logs and traces of this process it
   * is redacted.
   *
   * @param name for example {@code key}
   * @return the location
   */
  static ApiKeyLocation query(String name) {
    return new Query(name);
  }

  /**
   * No key.
   *
   * @return the location
   */
  static ApiKeyLocation none() {
    return new None();
  }

  /**
   * A header.
   *
   * @param name of the header
   * @param prefix the text before the key
   */
  record Header(String name, String prefix) implements ApiKeyLocation {
    /** Rejects null. */
    public Header {
      Objects.requireNonNull(name);
      Objects.requireNonNull(prefix);
    }
  }

  /**
   * A query parameter.
   *
   * @param name of the parameter
   */
  record Query(String name) implements ApiKeyLocation {
    /** Rejects null. */
    public Query {
      Objects.requireNonNull(name);
    }
  }

  /** No key. */
  record None() implements ApiKeyLocation {}
}
