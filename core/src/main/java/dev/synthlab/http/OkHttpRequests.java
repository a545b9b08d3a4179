package dev.synthlab.http;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * OkHttp requests with an address and headers, from which requests with a body are made. To parse
 * an address and to check the characters of headers takes longer than to copy them, and most
 * clients send all requests to one address with the same headers. Safe for use by many threads.
 */
final class OkHttpRequests {
  private static final int MAX = 256;

  private final ConcurrentMap<String, Prototype> byAddress = new ConcurrentHashMap<>();

  private record Prototype(Headers headers, okhttp3.Request request) {}

  /**
   * The prototype of a request.
   *
   * @throws IllegalArgumentException if the address or a header is not allowed in HTTP
   */
  @SuppressWarnings("ReferenceEquality") // equal headers of another object are rare
  okhttp3.Request of(Request request) {
    String address = request.uri().toString();
    Prototype known = byAddress.get(address);
    if (known != null && known.headers == request.headers()) {
      return known.request;
    }
    okhttp3.Request made = made(address, request.headers());
    if (byAddress.size() >= MAX) {
      byAddress.clear();
    }
    byAddress.put(address, new Prototype(request.headers(), made));
    return made;
  }

  private static okhttp3.Request made(String address, Headers headers) {
    okhttp3.Request.Builder wire = new okhttp3.Request.Builder().url(address);
    for (Headers.Field field : headers.fields()) {
      wire.addHeader(field.name(), field.value());
    }
    return wire.build();
  }
}
