package dev.synthlab.http;

import dev.synthlab.Internal;
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
 * A proxy selector that uses the proxies of the settings only. Immutable, safe for use by many
 * threads.
 */
@Internal
public final class Proxies extends ProxySelector {
  private final NetworkSettings network;

  private Proxies(NetworkSettings network) {
    this.network = network;
  }

  /**
   * Creates a selector.
   *
   * @param network names the proxies
   * @return the selector
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
            .map(proxyAddress -> new Proxy(Proxy.Type.HTTP, proxyAddress))
            .orElse(Proxy.NO_PROXY));
  }

  @Override
  public void connectFailed(
      @Nullable URI address, @Nullable SocketAddress proxy, @Nullable IOException reason) {
    // There is no other proxy to select.
  }
}
