package dev.synthlab.cli.generate;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;

/** The address of a service, as it may stand in a source. */
final class BaseUrl {
  private BaseUrl() {}

  /** The address without a slash at its end, if it is one. */
  static String checked(String url) {
    URI address;
    try {
      address = new URI(url.strip());
    } catch (URISyntaxException e) {
      throw new GenerateException("is no address: " + e.getReason(), e);
    }
    String scheme = String.valueOf(address.getScheme()).toLowerCase(Locale.ROOT);
    if (!(scheme.equals("http") || scheme.equals("https")) || address.getHost() == null) {
      throw new GenerateException("does not begin with http:// or https:// and a host");
    }
    if (address.getRawUserInfo() != null) {
      throw new GenerateException(
          "has a user or a password in it, which may not stand in a source: take them out");
    }
    if (address.getRawQuery() != null || address.getRawFragment() != null) {
      throw new GenerateException("has a query or a fragment, which no address of a service has");
    }
    return address.toASCIIString().replaceAll("/+$", "");
  }
}
