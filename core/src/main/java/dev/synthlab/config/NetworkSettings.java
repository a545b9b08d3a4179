package dev.synthlab.config;

import java.net.URI;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * How servers are reached: certificate authorities and proxies. Its text form shows no secret.
 *
 * @param caFile the authorities that are trusted in addition to the system's
 * @param httpProxy the proxy for {@code http} addresses
 * @param httpsProxy the proxy for {@code https} addresses
 * @param noProxy the entries of {@code NO_PROXY}: hosts that are reached without a proxy
 */
public record NetworkSettings(
    Optional<CaFile> caFile,
    Optional<Proxy> httpProxy,
    Optional<Proxy> httpsProxy,
    List<String> noProxy) {
  private static final NetworkSettings DIRECT =
      new NetworkSettings(Optional.empty(), Optional.empty(), Optional.empty(), List.of());

  /** Keeps a copy of the entries. */
  public NetworkSettings {
    Objects.requireNonNull(caFile);
    Objects.requireNonNull(httpProxy);
    Objects.requireNonNull(httpsProxy);
    noProxy = List.copyOf(noProxy);
  }

  /**
   * Certificate authorities from a file. Its text form has their number only.
   *
   * @param path the file
   * @param certificates its certificates that have not expired, at least one
   */
  public record CaFile(Path path, List<X509Certificate> certificates) {

    /** Keeps a copy of the certificates. */
    public CaFile {
      Objects.requireNonNull(path);
      certificates = List.copyOf(certificates);
    }

    @Override
    public String toString() {
      return path + " (" + certificates.size() + " certificates)";
    }
  }

  /**
   * An HTTP proxy. Its text form is host and port.
   *
   * @param host its name or address, an IPv6 address without brackets
   * @param port its port
   * @param userInfo the {@code user:password} for it, decoded
   */
  public record Proxy(String host, int port, Optional<Secret> userInfo) {

    /** Requires every part. */
    public Proxy {
      Objects.requireNonNull(host);
      Objects.requireNonNull(userInfo);
    }

    @Override
    public String toString() {
      return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
  }

  /**
   * No proxy, and only the certificate authorities of the system.
   *
   * @return the same each time
   */
  public static NetworkSettings direct() {
    return DIRECT;
  }

  /**
   * The proxy for an address. Loopback addresses are no exception: {@code NO_PROXY} must list them.
   *
   * @param address an {@code http} or {@code https} address
   * @return empty when it is reached without a proxy
   */
  public Optional<Proxy> proxyFor(URI address) {
    boolean secure = "https".equals(scheme(address));
    Optional<Proxy> proxy = secure ? httpsProxy : httpProxy;
    if (proxy.isEmpty() || address.getHost() == null) {
      return Optional.empty();
    }
    int port = address.getPort() >= 0 ? address.getPort() : secure ? 443 : 80;
    String host = address.getHost();
    return proxy.filter(any -> noProxy.stream().noneMatch(e -> NoProxy.covers(e, host, port)));
  }

  private static String scheme(URI address) {
    return address.getScheme() == null ? "" : address.getScheme().toLowerCase(Locale.ROOT);
  }
}
