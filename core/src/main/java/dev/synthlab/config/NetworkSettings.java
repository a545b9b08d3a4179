package dev.synthlab.config;

import java.net.URI;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * How servers are reached: certificate authorities and proxies. Its text form shows no secret.
 *
 * @param caFile the authorities that are trusted in addition to the system's
 * @param httpProxy the proxy for {@code http} addresses
 * @param httpsProxy the proxy for {@code https} addresses
 * @param noProxy the entries of {@code NO_PROXY}: hosts that are reached without a proxy
 * @param refused the problem of a proxy that is set and cannot be used, by the scheme of the
 *     addresses that it is for; only a call through it fails
 */
public record NetworkSettings(
    Optional<CaFile> caFile,
    Optional<Proxy> httpProxy,
    Optional<Proxy> httpsProxy,
    List<String> noProxy,
    Map<String, ConfigException.Problem> refused) {
  private static final NetworkSettings DIRECT =
      new NetworkSettings(
          Optional.empty(), Optional.empty(), Optional.empty(), List.of(), Map.of());

  /** Keeps a copy of the entries. */
  public NetworkSettings {
    Objects.requireNonNull(caFile);
    Objects.requireNonNull(httpProxy);
    Objects.requireNonNull(httpsProxy);
    noProxy = List.copyOf(noProxy);
    refused = Map.copyOf(refused);
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
   * @throws ConfigException if it would be reached through a proxy that cannot be used
   */
  public Optional<Proxy> proxyFor(URI address) {
    if (httpProxy.isEmpty() && httpsProxy.isEmpty() && refused.isEmpty()) {
      return Optional.empty();
    }
    boolean secure = "https".equals(scheme(address));
    Optional<Proxy> proxy = secure ? httpsProxy : httpProxy;
    Optional<ConfigException.Problem> problem =
        Optional.ofNullable(refused.get(secure ? "https" : "http"));
    if ((proxy.isEmpty() && problem.isEmpty()) || address.getHost() == null) {
      return Optional.empty();
    }
    int port = address.getPort() >= 0 ? address.getPort() : secure ? 443 : 80;
    String host = address.getHost();
    if (noProxy.stream().anyMatch(entry -> NoProxy.covers(entry, host, port))) {
      return Optional.empty();
    }
    if (problem.isPresent()) {
      throw new ConfigException(List.of(problem.get()));
    }
    return proxy;
  }

  private static String scheme(URI address) {
    return address.getScheme() == null ? "" : address.getScheme().toLowerCase(Locale.ROOT);
  }
}
