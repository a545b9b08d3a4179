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
 * A request without its API key.
 *
 * @param target method and URL, the query included
 * @param headers the header fields
 * @param body the request body
 * @param addressPolicy which addresses it may be sent to
 */
record UnsignedRequest(
    RequestTarget target, Headers headers, Body body, AddressPolicy addressPolicy) {

  /** The headers that are sent on to another server after a redirect. */
  private static final Set<String> SAFE_HEADERS =
      Set.of("accept", "accept-language", "user-agent", "range");

  /** The request with its key. */
  Request signed(ApiContext context) {
    URI address = target.address();
    Headers all = headers;
    if (target.ownership() == RequestTarget.Ownership.OWN && context.settings().key().isPresent()) {
      String key = context.settings().key().get().reveal();
      switch (context.service().key()) {
        case ApiKeyLocation.Header header -> all = all.with(header.name(), header.prefix() + key);
        case ApiKeyLocation.Query query -> address = withKey(address, query.name(), key);
        case ApiKeyLocation.None none -> {}
      }
    }
    return new Request(target.method(), address, all, body, addressPolicy);
  }

  /** A link of the service may contain the key already. The encoded key is a secret too. */
  private static URI withKey(URI address, String name, String key) {
    String parameter = Uris.encode(name) + "=";
    String query = "&" + Objects.requireNonNullElse(address.getRawQuery(), "");
    return query.contains("&" + parameter)
        ? address
        : Uris.withQuery(address, parameter + Secret.of(Uris.encode(key)).reveal());
  }

  /** The request of a redirect. Headers are sent on only within the same origin. */
  UnsignedRequest redirected(int status, URI to, AddressPolicy outside) {
    boolean asGet =
        (status == 303 && !target.method().equals("HEAD"))
            || ((status == 301 || status == 302) && target.method().equals("POST"));
    boolean sameOrigin = Uris.sameOrigin(target.address(), to);
    RequestTarget next =
        new RequestTarget(
            asGet ? "GET" : target.method(),
            to,
            target.template(),
            sameOrigin ? target.ownership() : RequestTarget.Ownership.FOREIGN);
    return new UnsignedRequest(
        next,
        sameOrigin ? headers : safeHeaders(),
        asGet ? Body.empty() : body,
        sameOrigin ? addressPolicy : outside);
  }

  private Headers safeHeaders() {
    List<Headers.Field> safe =
        headers.fields().stream()
            .filter(field -> SAFE_HEADERS.contains(field.name().toLowerCase(Locale.ROOT)))
            .toList();
    return new Headers(safe);
  }
}
