package dev.synthlab.http;

import dev.synthlab.config.NetworkSettings;
import dev.synthlab.config.Secret;
import java.net.InetAddress;
import java.net.Proxy;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import okhttp3.Authenticator;
import okhttp3.Connection;
import okhttp3.Dns;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;

/**
 * Names, proxies and trust for an OkHttp client. Nothing of it is asked while a connection of the
 * pool serves.
 */
final class OkHttpConfigurer implements Dns, AutoCloseable {
  private static final String CREDENTIALS = "Proxy-Authorization";

  private final ConnectOptions options;
  private final BoundedResolver lookup;

  OkHttpConfigurer(ConnectOptions options) {
    this.options = options;
    this.lookup = new BoundedResolver(options.resolver());
  }

  OkHttpClient.Builder applied(OkHttpClient.Builder builder) {
    NetworkSettings network = options.network();
    ExplainingTrustManager trust = ExplainingTrustManager.of(network);
    builder
        .dns(this)
        .connectTimeout(options.timeout())
        .socketFactory(new DirectSocketFactory())
        .sslSocketFactory(trust.sockets(), trust);
    if (network.httpProxy().isEmpty() && network.httpsProxy().isEmpty()) {
      return builder.proxy(Proxy.NO_PROXY);
    }
    credentials(network.httpsProxy())
        .ifPresent(words -> builder.proxyAuthenticator(beforeTheTunnel(words)));
    credentials(network.httpProxy())
        .ifPresent(words -> builder.addNetworkInterceptor(withoutTunnel(words)));
    return builder.proxySelector(Proxies.of(network));
  }

  /**
   * The same for requests that may go to the public internet only. The address of a name is judged
   * twice: as the resolver gives it, and when the socket is connected, which is what counts.
   */
  OkHttpClient.Builder guarded(OkHttpClient.Builder builder) {
    return builder
        .dns(host -> SsrfGuard.only(host, lookup(host)))
        .socketFactory(new SsrfGuard.Sockets());
  }

  List<InetAddress> addresses(String host) throws UnknownHostException {
    return lookup.addresses(host, options.timeout());
  }

  @Override
  public List<InetAddress> lookup(String host) throws UnknownHostException {
    Duration left =
        CallEventListener.ofLookup().map(CallEventListener::left).orElse(options.timeout());
    return lookup.addresses(host, left.compareTo(options.timeout()) < 0 ? left : options.timeout());
  }

  @Override
  public void close() {
    lookup.close();
  }

  /** Credentials go with the first CONNECT; OkHttp asks for them by a challenge of its own. */
  private static Authenticator beforeTheTunnel(String credentials) {
    return (route, challenge) ->
        challenge.challenges().stream().anyMatch(c -> c.scheme().equals("OkHttp-Preemptive"))
            ? challenge.request().newBuilder().header(CREDENTIALS, credentials).build()
            : null;
  }

  /**
   * An {@code http} request shows them to the proxy itself; within a tunnel nobody may see them.
   */
  private static Interceptor withoutTunnel(String credentials) {
    return chain -> {
      Connection connection = chain.connection();
      boolean proxied =
          connection != null
              && connection.route().proxy().type() == Proxy.Type.HTTP
              && !chain.request().isHttps();
      return chain.proceed(
          proxied
              ? chain.request().newBuilder().header(CREDENTIALS, credentials).build()
              : chain.request());
    };
  }

  private static Optional<String> credentials(Optional<NetworkSettings.Proxy> proxy) {
    return proxy
        .flatMap(NetworkSettings.Proxy::userInfo)
        .map(Secret::reveal)
        .map(pair -> pair.contains(":") ? pair : pair + ":")
        .map(pair -> pair.getBytes(StandardCharsets.UTF_8))
        .map(pair -> "Basic " + Base64.getEncoder().encodeToString(pair));
  }
}
