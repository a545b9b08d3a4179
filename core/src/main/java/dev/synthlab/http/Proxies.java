package dev.synthlab.http;

import dev.synthlab.config.NetworkSettings;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The proxies of the settings, and no others: names the one of an address, or none. Immutable, safe
 * for use by many threads.
 */
public final class Proxies extends ProxySelector {
  private final NetworkSettings network;

  private Proxies(NetworkSettings network) {
    this.network = network;
  }

  /**
   * The proxies that settings name.
   *
   * @param network through which proxy servers are reached
   * @return for any client of the JDK's kind
   */
  public static Proxies of(NetworkSettings network) {
    return new Proxies(network);
  }

  @Override
  public List<Proxy> select(@Nullable URI address) {
    return List.of(
        Optional.ofNullable(address)
            .flatMap(network::proxyFor)
            .map(p -> InetSocketAddress.createUnresolved(p.host(), p.port()))
            .map(place -> new Proxy(Proxy.Type.HTTP, place))
            .orElse(Proxy.NO_PROXY));
  }

  @Override
  public void connectFailed(
      @Nullable URI address, @Nullable SocketAddress proxy, @Nullable IOException reason) {
    // There is no other proxy to turn to.
  }
}
