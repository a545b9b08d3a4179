package dev.synthlab.cli.generate;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;

/** Validates the base URL of a service. */
final class BaseUrl {
  /** The maximum length of a URL, in characters. */
  static final int MAX = 2_000;

  private BaseUrl() {}

  /** The URL without trailing slashes. */
  static String checked(String url) {
    if (url.length() > MAX) {
      throw new GenerateException("is longer than " + MAX + " characters");
    }
    URI address;
    try {
      address = new URI(url.strip());
    } catch (URISyntaxException e) {
      throw new GenerateException("is not a valid URL: " + e.getReason(), e);
    }
    String scheme = String.valueOf(address.getScheme()).toLowerCase(Locale.ROOT);
    if (!(scheme.equals("http") || scheme.equals("https")) || address.getHost() == null) {
      throw new GenerateException("does not begin with http:// or https:// and a host");
    }
    if (address.getRawUserInfo() != null) {
      throw new GenerateException(
          "contains a user name or password, which must not be in source code: remove them");
    }
    if (address.getRawQuery() != null || address.getRawFragment() != null) {
      throw new GenerateException("has a query or a fragment, which a base URL cannot have");
    }
    return address.toASCIIString().replaceAll("/+$", "");
  }
}
