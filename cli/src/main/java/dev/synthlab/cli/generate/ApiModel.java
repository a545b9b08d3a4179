package dev.synthlab.cli.generate;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The description of an API that a client is written from.
 *
 * @param doc the description of the service; may be empty
 * @param server its base URL, if known
 * @param key how its API key is sent
 * @param operations its operations
 * @param types the types that the operations use, by name
 * @param example an operation that the test of the client calls, if one has a small example
 * @param unsupported the parts of the file that the client does not cover, one line each
 */
record ApiModel(
    String doc,
    Optional<String> server,
    Key key,
    List<Operation> operations,
    Map<String, GeneratedType> types,
    Optional<ExampleCall> example,
    List<String> unsupported) {

  /**
   * How an API key is sent.
   *
   * @param location the part of the request
   * @param name of the header or query parameter; empty for the others
   * @param optional whether the service also accepts requests without a key
   */
  record Key(KeyLocation location, String name, boolean optional) {
    static final Key BEARER = new Key(KeyLocation.BEARER, "", false);
    static final Key NONE = new Key(KeyLocation.NONE, "", false);
  }

  /** The part of a request that holds the key. */
  enum KeyLocation {
    BEARER,
    HEADER,
    QUERY,
    NONE
  }
}
