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
 * The proxies of one exporter, which make it reach the first server it asks and no other: the SDK
 * follows redirects, and would take headers along that were meant for this server. Safe for use by
 * many threads.
 */
final class SameServerProxySelector extends ProxySelector {
  // The SDK tells of it by this name, which nobody can own.
  private static final Proxy NOWHERE =
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
    String request = address.getScheme() + "://" + address.getRawAuthority();
    server.compareAndSet("", request);
    return request.equals(server.get()) ? proxies.select(address) : List.of(NOWHERE);
  }

  @Override
  public void connectFailed(URI address, SocketAddress proxy, IOException reason) {
    proxies.connectFailed(address, proxy, reason);
  }
}
