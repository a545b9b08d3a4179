package dev.synthlab.external;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/** Builds and compares URLs. */
final class Uris {
  private static final String UNRESERVED =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

  private Uris() {}

  /** Appends a path to the base and replaces its placeholders by values in order. */
  static URI expand(URI base, String path, Object... values) {
    if (!path.isEmpty() && !path.startsWith("/")) {
      throw new IllegalArgumentException("a path must begin with a slash, was \"" + path + "\"");
    }
    StringBuilder out = new StringBuilder(base.toString());
    int used = 0;
    int at = 0;
    for (int open = path.indexOf('{'); open >= 0; open = path.indexOf('{', at)) {
      int close = path.indexOf('}', open);
      if (close < 0) {
        throw new IllegalArgumentException("a brace is not closed in \"" + path + "\"");
      }
      String name = path.substring(open + 1, close);
      if (used == values.length) {
        throw new IllegalArgumentException("no value for {" + name + "} in \"" + path + "\"");
      }
      out.append(path, at, open).append(segment(name, values[used++]));
      at = close + 1;
    }
    if (used != values.length) {
      throw new IllegalArgumentException(
          "\"" + path + "\" takes " + used + " values, got " + values.length);
    }
    return parse(out.append(path, at, path.length()).toString());
  }

  private static String segment(String name, Object value) {
    String text = value.toString();
    // Servers and proxies resolve these to another path.
    if (text.isEmpty() || text.equals(".") || text.equals("..")) {
      throw new IllegalArgumentException(
          "the value of {" + name + "} must not be empty, \".\" or \"..\"");
    }
    return encode(text);
  }

  static String encode(String text) {
    StringBuilder out = new StringBuilder(text.length() + 8);
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      if (UNRESERVED.indexOf((char) b) >= 0) {
        out.append((char) b);
      } else {
        out.append(String.format(Locale.ROOT, "%%%02X", b & 0xff));
      }
    }
    return out.toString();
  }

  /** Validates an absolute URL. */
  static URI requireHttp(URI address) {
    String scheme = address.getScheme() == null ? "" : address.getScheme().toLowerCase(Locale.ROOT);
    boolean web = scheme.equals("http") || scheme.equals("https");
    if (!web || address.getHost() == null || address.getRawUserInfo() != null) {
      throw new IllegalArgumentException(
          "an address must begin with http:// or https://, have a host and no user-info");
    }
    return address;
  }

  static URI withQuery(URI address, String more) {
    if (more.isEmpty()) {
      return address;
    }
    String text = address.toString();
    int fragment = text.indexOf('#');
    String whole = fragment < 0 ? text : text.substring(0, fragment);
    return parse(whole + (address.getRawQuery() == null ? "?" : "&") + more);
  }

  /** Resolves a {@code location} or a link; empty if the result is not an http URL. */
  static Optional<URI> resolve(URI from, String reference) {
    try {
      URI to = from.resolve(new URI(reference.strip()));
      return Optional.of(requireHttp(to));
    } catch (URISyntaxException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Scheme, host and port. */
  static URI origin(URI address) {
    String scheme = address.getScheme().toLowerCase(Locale.ROOT);
    int port = address.getPort();
    boolean byDefault = port < 0 || port == (scheme.equals("https") ? 443 : 80);
    String host = address.getHost().toLowerCase(Locale.ROOT);
    return URI.create(scheme + "://" + host + (byDefault ? "" : ":" + port));
  }

  static boolean sameOrigin(URI one, URI other) {
    return origin(one).equals(origin(other));
  }

  private static URI parse(String text) {
    try {
      return new URI(text);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("the URL has invalid characters", e);
    }
  }
}
