package dev.synthlab.trace;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A proxy selector that lets an exporter connect to its first server only: the SDK follows
 * redirects, and would send the API key to another server. Thread-safe.
 */
final class SameServerProxySelector extends ProxySelector {
  // The error of the SDK contains this host name, which nobody can register.
  private static final Proxy NO_SERVER =
      new Proxy(
          Proxy.Type.HTTP,
          InetSocketAddress.createUnresolved("redirects-are-not-followed.invalid", 9));

  private final ProxySelector proxies;
  private final AtomicReference<String> server = new AtomicReference<>("");

  SameServerProxySelector(ProxySelector proxies) {
    this.proxies = proxies;
  }

  @Override
  public List<Proxy> select(URI address) {
    String origin = address.getScheme() + "://" + address.getRawAuthority();
    server.compareAndSet("", origin);
    return origin.equals(server.get()) ? proxies.select(address) : List.of(NO_SERVER);
  }

  @Override
  public void connectFailed(URI address, SocketAddress proxy, IOException reason) {
    proxies.connectFailed(address, proxy, reason);
  }
}
