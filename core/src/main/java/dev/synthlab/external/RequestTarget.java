package dev.synthlab.external;

import java.net.URI;

/**
 * What is asked for.
 *
 * @param method the HTTP method
 * @param address without the parameters of the query that the call adds
 * @param template the path before it was filled, for logs and spans
 * @param ownership whose address it is
 */
record RequestTarget(String method, URI address, String template, Ownership ownership) {
  /** Whose address it is. */
  enum Ownership {
    /** The service's own: the key goes with the request. */
    OWN,
    /** Somebody else's. */
    FOREIGN
  }

  /** As it stands in logs: nothing of the caller's in it. */
  String label() {
    return method + " " + (template.isEmpty() ? Uris.origin(address) : template);
  }

  RequestTarget withAddress(URI other) {
    return new RequestTarget(method, other, template, ownership);
  }
}
