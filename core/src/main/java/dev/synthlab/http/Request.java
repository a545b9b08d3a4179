package dev.synthlab.http;

import java.net.URI;
import java.util.Objects;

/**
 * One HTTP request, ready to be sent. Its text form has no header values, no body, no query and no
 * user-info.
 *
 * @param method the HTTP method
 * @param uri the whole address; user-info in it is not sent
 * @param headers what goes with it, credentials included
 * @param body what is sent
 * @param reach where it may go
 */
public record Request(String method, URI uri, Headers headers, Body body, AddressPolicy reach) {

  /** Where a request may go. */
  public enum AddressPolicy {
    /** To any address. */
    ANYWHERE,
    /**
     * To addresses of the public internet only: the address that a name leads to is judged when the
     * connection is made.
     */
    PUBLIC_ONLY
  }

  /** Refuses what is missing. */
  public Request {
    Objects.requireNonNull(method);
    Objects.requireNonNull(uri);
    Objects.requireNonNull(headers);
    Objects.requireNonNull(body);
    Objects.requireNonNull(reach);
  }

  /**
   * A request that may go anywhere.
   *
   * @param method the HTTP method
   * @param uri the whole address
   * @param headers what goes with it
   * @param body what is sent
   */
  public Request(String method, URI uri, Headers headers, Body body) {
    this(method, uri, headers, body, AddressPolicy.ANYWHERE);
  }

  /**
   * A POST of JSON.
   *
   * @param uri where to
   * @param headers what goes with it
   * @param json the body, UTF-8
   * @return the request
   */
  public static Request post(URI uri, Headers headers, byte[] json) {
    return new Request("POST", uri, headers, Body.json(json));
  }

  /**
   * A GET.
   *
   * @param uri where to
   * @param headers what goes with it
   * @return the request
   */
  public static Request get(URI uri, Headers headers) {
    return new Request("GET", uri, headers, Body.empty());
  }

  @Override
  public String toString() {
    String host = uri.getHost() == null ? "" : uri.getHost();
    String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
    return method + " " + uri.getScheme() + "://" + host + port + uri.getPath();
  }
}
