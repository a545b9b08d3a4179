package dev.synthlab.external;

import java.net.URI;

/**
 * The method and URL of a request.
 *
 * @param method the HTTP method
 * @param address the URL, without the query parameters that the call adds
 * @param template the path with its placeholders, for logs and spans
 * @param ownership whether the URL is the service's own
 */
record RequestTarget(String method, URI address, String template, Ownership ownership) {
  /** The owner of a URL. */
  enum Ownership {
    /** The service's own: the key is sent. */
    OWN,
    /** Another server: the key is not sent. */
    FOREIGN
  }

  /** The text for logs, without values of the caller. */
  String label() {
    return method + " " + (template.isEmpty() ? Uris.origin(address) : template);
  }

  RequestTarget withAddress(URI other) {
    return new RequestTarget(method, other, template, ownership);
  }
}
