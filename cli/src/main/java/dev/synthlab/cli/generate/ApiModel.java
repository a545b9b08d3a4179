package dev.synthlab.cli.generate;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a client is written from.
 *
 * @param doc what the service is; may be empty
 * @param server its address, if one is known
 * @param key where its key goes
 * @param operations what it can be asked
 * @param types the types of that, by name
 * @param unsupported what of the file is not in the client, one sentence each
 */
record ApiModel(
    String doc,
    Optional<String> server,
    Key key,
    List<Operation> operations,
    Map<String, GeneratedType> types,
    List<String> unsupported) {

  /**
   * Where the key of a service goes.
   *
   * @param location where
   * @param name of the header or parameter, where it has one
   * @param optional whether the service also answers without
   */
  record Key(KeyLocation location, String name, boolean optional) {
    static final Key BEARER = new Key(KeyLocation.BEARER, "", false);
    static final Key NONE = new Key(KeyLocation.NONE, "", false);
  }

  /** A place for a key. */
  enum KeyLocation {
    BEARER,
    HEADER,
    QUERY,
    NONE
  }
}
