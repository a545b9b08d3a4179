package dev.synthlab.http;

import java.net.URI;
import java.util.Objects;

/**
 * An HTTP request. {@code toString} shows no header values, no body, no query and no user-info.
 *
 * @param method the HTTP method
 * @param uri the address; user-info in it is not sent
 * @param headers the header fields, credentials included
 * @param body the body
 * @param reach the addresses that it may be sent to
 */
public record Request(String method, URI uri, Headers headers, Body body, AddressPolicy reach) {

  /** The addresses that a request may be sent to. */
  public enum AddressPolicy {
    /** All addresses. */
    ANYWHERE,
    /** Public addresses only; the address of a host name is checked when the socket connects. */
    PUBLIC_ONLY
  }

  /** Requires all parts. */
  public Request {
    Objects.requireNonNull(method);
    Objects.requireNonNull(uri);
    Objects.requireNonNull(headers);
    Objects.requireNonNull(body);
    Objects.requireNonNull(reach);
  }

  /**
   * Creates a request that may be sent to all addresses.
   *
   * @param method the HTTP method
   * @param uri the address
   * @param headers the header fields
   * @param body the body
   */
  public Request(String method, URI uri, Headers headers, Body body) {
    this(method, uri, headers, body, AddressPolicy.ANYWHERE);
  }

  /**
   * Creates a POST request with a JSON body.
   *
   * @param uri the address
   * @param headers the header fields
   * @param json the body, UTF-8
   * @return the request
   */
  public static Request post(URI uri, Headers headers, byte[] json) {
    return new Request("POST", uri, headers, Body.json(json));
  }

  /**
   * Creates a GET request.
   *
   * @param uri the address
   * @param headers the header fields
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
