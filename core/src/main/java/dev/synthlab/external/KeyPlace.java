package dev.synthlab.external;

import java.util.Objects;

/** Where the key of a service stands in a request. */
public sealed interface KeyPlace {

  /**
   * In the header {@code authorization}, as {@code Bearer}: the usual place.
   *
   * @return the place
   */
  static KeyPlace bearer() {
    return new InHeader("authorization", "Bearer ");
  }

  /**
   * In a header of its own.
   *
   * @param name for example {@code x-api-key}
   * @return the place
   */
  static KeyPlace header(String name) {
    return new InHeader(name, "");
  }

  /**
   * In the query. Such a key stands in the logs of whoever is on the way; it is struck out of all
   * that leaves this process otherwise.
   *
   * @param name for example {@code key}
   * @return the place
   */
  static KeyPlace query(String name) {
    return new InQuery(name);
  }

  /**
   * Nowhere: there is no key.
   *
   * @return the place
   */
  static KeyPlace none() {
    return new Nowhere();
  }

  /**
   * A header.
   *
   * @param name of the header
   * @param before what stands before the key
   */
  record InHeader(String name, String before) implements KeyPlace {
    /** Refuses what is missing. */
    public InHeader {
      Objects.requireNonNull(name);
      Objects.requireNonNull(before);
    }
  }

  /**
   * A parameter of the query.
   *
   * @param name of the parameter
   */
  record InQuery(String name) implements KeyPlace {
    /** Refuses what is missing. */
    public InQuery {
      Objects.requireNonNull(name);
    }
  }

  /** No place. */
  record Nowhere() implements KeyPlace {}
}
