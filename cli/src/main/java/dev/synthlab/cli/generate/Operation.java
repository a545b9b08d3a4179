package dev.synthlab.cli.generate;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * An operation of an API, which becomes a method of the client.
 *
 * @param name the name of the Java method
 * @param method the HTTP method, in lower case
 * @param path below the base URL, with parameter names in braces
 * @param doc the description; may be empty
 * @param arguments the required parameters, in order
 * @param options the optional parameters, if there are any
 * @param body the request body, if there is one
 * @param result the type of the response body; empty if it is not read
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

  /** The part of a request that a parameter goes to. */
  enum Location {
    PATH,
    QUERY,
    /** In the query, the elements of a list joined by commas. */
    QUERY_JOINED,
    HEADER,
    BODY
  }

  /**
   * A parameter of an operation, or its body.
   *
   * @param wireName the name in the request
   * @param name the name in Java
   * @param type the Java type, {@link Type.OptionalOf} for an optional parameter
   * @param location the part of the request
   * @param doc the description; may be empty
   */
  record Argument(String wireName, String name, Type type, Location location, String doc) {}

  /** The record of all optional parameters of an operation. */
  record Options(String typeName, String operation, List<Argument> all) {}

  /** Whether a transient failure is retried without an idempotency key. */
  boolean retriedByDefault() {
    return !method.equals("post") && !method.equals("patch");
  }

  /** The required arguments of the method, the body last. */
  List<Argument> required() {
    return body.map(sent -> Stream.concat(arguments.stream(), body.stream()).toList())
        .orElse(arguments);
  }
}
