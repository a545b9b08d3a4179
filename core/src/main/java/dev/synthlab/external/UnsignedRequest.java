package dev.synthlab.external;

import dev.synthlab.config.Secret;
import dev.synthlab.http.Body;
import dev.synthlab.http.Headers;
import dev.synthlab.http.Request;
import dev.synthlab.http.Request.AddressPolicy;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;

/**
 * A request before the key is put on it.
 *
 * @param target what is asked for, its query included
 * @param headers what goes with it
 * @param body what is sent
 * @param addressPolicy where it may go
 */
record UnsignedRequest(RequestTarget target, Headers headers, Body body, AddressPolicy addressPolicy) {
  private static final Set<String> IDEMPOTENT_METHODS = Set.of("GET", "HEAD", "PUT", "DELETE", "OPTIONS");
  private static final String IDEMPOTENCY_KEY = "idempotency-key";

  /** What may be told to a server that a redirect leads to. */
  private static final Set<String> SAFE_HEADERS =
      Set.of("accept", "accept-language", "user-agent", "range");

  /** As it goes out. */
  Request signed(ApiContext context) {
    URI address = target.address();
    Headers all = headers;
    if (target.ownership() == RequestTarget.Ownership.OWN && context.settings().key().isPresent()) {
      String key = context.settings().key().get().reveal();
      switch (context.service().key()) {
        case ApiKeyLocation.Header place -> all = all.with(place.name(), place.prefix() + key);
        case ApiKeyLocation.Query place -> address = withKey(address, place.name(), key);
        case ApiKeyLocation.None none -> {}
      }
    }
    return new Request(target.method(), address, all, body, addressPolicy);
  }

  /** A link of the service may have the key in it already. Encoded, it is as secret as plain. */
  private static URI withKey(URI address, String name, String key) {
    String parameter = Uris.encode(name) + "=";
    String query = "&" + Objects.requireNonNullElse(address.getRawQuery(), "");
    return query.contains("&" + parameter)
        ? address
        : Uris.withQuery(address, parameter + Secret.of(Uris.encode(key)).reveal());
  }

  /** Whether sending it twice does what sending it once does. */
  boolean idempotent() {
    return IDEMPOTENT_METHODS.contains(target.method()) || headers.first(IDEMPOTENCY_KEY).isPresent();
  }

  /** The request that a redirect asks for. What is meant for the service stays with it. */
  UnsignedRequest redirected(int status, URI to, AddressPolicy outside) {
    boolean asGet =
        (status == 303 && !target.method().equals("HEAD"))
            || ((status == 301 || status == 302) && target.method().equals("POST"));
    boolean stays = Uris.sameOrigin(target.address(), to);
    RequestTarget next =
        new RequestTarget(
            asGet ? "GET" : target.method(),
            to,
            target.template(),
            stays ? target.ownership() : RequestTarget.Ownership.FOREIGN);
    return new UnsignedRequest(
        next, stays ? headers : safeHeaders(), asGet ? Body.empty() : body, stays ? addressPolicy : outside);
  }

  private Headers safeHeaders() {
    List<Headers.Field> kept =
        headers.fields().stream()
            .filter(field -> SAFE_HEADERS.contains(field.name().toLowerCase(Locale.ROOT)))
            .toList();
    return new Headers(kept);
  }
}
