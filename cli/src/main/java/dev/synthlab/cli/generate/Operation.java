package dev.synthlab.cli.generate;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A method of a client.
 *
 * @param name its name in Java
 * @param method the method of HTTP, in lower case
 * @param path below the base address, with names in braces
 * @param doc what it does; may be empty
 * @param arguments what must be given, in order
 * @param options what may be given
 * @param body what is sent, if anything
 * @param result what comes back, if anything is read
 */
record Operation(
    String name,
    String method,
    String path,
    String doc,
    List<Argument> arguments,
    Optional<Options> options,
    Optional<Argument> body,
    Optional<Type> result) {

  /** Where an argument goes. */
  enum Location {
    PATH,
    QUERY,
    /** In the query, the members of a list joined by commas. */
    QUERY_JOINED,
    HEADER,
    BODY
  }

  /**
   * One thing that is given.
   *
   * @param wireName its name in the request
   * @param name its name in Java
   * @param type its type, {@link Type.OptionalOf} if it may be missing
   * @param location where it goes
   * @param doc what it is; may be empty
   */
  record Argument(String wireName, String name, Type type, Location location, String doc) {}

  /** A record of all that may be given. */
  record Options(String typeName, List<Argument> all) {}

  /** Whether it is sent again by itself when it fails in passing. */
  boolean retriedByDefault() {
    return !method.equals("post") && !method.equals("patch");
  }

  /** All that the method takes, options aside, in the order it takes it. */
  List<Argument> required() {
    return body.map(sent -> Stream.concat(arguments.stream(), body.stream()).toList())
        .orElse(arguments);
  }
}
