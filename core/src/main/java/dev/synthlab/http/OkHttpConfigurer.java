package dev.synthlab.http;

import dev.synthlab.config.NetworkSettings;
import dev.synthlab.config.Secret;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLSocketFactory;
import okhttp3.Authenticator;
import okhttp3.Connection;
import okhttp3.ConnectionSpec;
import okhttp3.Dns;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;

/**
 * The DNS, proxy and TLS configuration of an OkHttp client. None of it is used when a pooled
 * connection is reused. The certificates are read when the first {@code https} request is sent.
 */
final class OkHttpConfigurer implements Dns, AutoCloseable {
  private static final String CREDENTIALS = "Proxy-Authorization";

  private final ConnectOptions options;
  private final BoundedResolver resolver;
  private final ReentrantLock tlsLock = new ReentrantLock();
  private @Nullable Tls tls;

  private record Tls(SSLSocketFactory sockets, ExplainingTrustManager trust) {}

  OkHttpConfigurer(ConnectOptions options) {
    this.options = options;
    this.resolver = new BoundedResolver(options.resolver());
  }

  /** Configures a client for {@code http} addresses. */
  OkHttpClient.Builder configure(OkHttpClient.Builder builder) {
    NetworkSettings network = options.network();
    builder
        .dns(this)
        .connectTimeout(options.timeout())
        .socketFactory(new DirectSocketFactory())
        .connectionSpecs(List.of(ConnectionSpec.CLEARTEXT));
    if (network.httpProxy().isEmpty()
        && network.httpsProxy().isEmpty()
        && network.refused().isEmpty()) {
      return builder.proxy(Proxy.NO_PROXY);
    }
    credentials(network.httpsProxy())
        .ifPresent(words -> builder.proxyAuthenticator(preemptiveProxyAuthentication(words)));
    credentials(network.httpProxy())
        .ifPresent(words -> builder.addNetworkInterceptor(plainProxyAuthentication(words)));
    return builder.proxySelector(Proxies.of(network));
  }

  /** Configures a client for {@code https} addresses; all of them share their TLS sessions. */
  OkHttpClient.Builder configureTls(OkHttpClient.Builder builder) {
    Tls used = tls();
    return builder
        .connectionSpecs(List.of(ConnectionSpec.MODERN_TLS))
        .sslSocketFactory(used.sockets(), used.trust());
  }

  private Tls tls() {
    tlsLock.lock();
    try {
      if (tls == null) {
        ExplainingTrustManager trust = ExplainingTrustManager.of(options.network());
        tls = new Tls(trust.sockets(), trust);
      }
      return tls;
    } finally {
      tlsLock.unlock();
    }
  }

  /**
   * Restricts a client to public addresses. An address is checked twice: when the resolver returns
   * it or the host is one, and when the socket is connected.
   */
  OkHttpClient.Builder configureGuard(OkHttpClient.Builder builder) {
    return builder
        .dns(host -> SsrfGuard.requirePublic(host, lookup(host)))
        .addInterceptor(
            chain -> {
              SsrfGuard.requirePublicLiteral(chain.request().url().host());
              return chain.proceed(chain.request());
            })
        .addNetworkInterceptor(
            chain -> {
              Connection connection = chain.connection();
              if (connection != null) {
                InetSocketAddress to = connection.route().socketAddress();
                SsrfGuard.requirePublic(to.getHostString(), List.of(to.getAddress()));
              }
              return chain.proceed(chain.request());
            });
  }

  List<InetAddress> addresses(String host) throws UnknownHostException {
    return resolver.addresses(host, options.timeout());
  }

  @Override
  public List<InetAddress> lookup(String host) throws UnknownHostException {
    Duration left =
        CallEventListener.ofLookup().map(CallEventListener::remaining).orElse(options.timeout());
    return resolver.addresses(
        host, left.compareTo(options.timeout()) < 0 ? left : options.timeout());
  }

  @Override
  public void close() {
    resolver.close();
  }

  /** Sends the credentials with the first CONNECT; OkHttp asks for them by its own challenge. */
  private static Authenticator preemptiveProxyAuthentication(String credentials) {
    return (route, challenge) ->
        challenge.challenges().stream().anyMatch(c -> c.scheme().equals("OkHttp-Preemptive"))
            ? challenge.request().newBuilder().header(CREDENTIALS, credentials).build()
            : null;
  }

  /**
   * Sends the credentials to the proxy with an {@code http} request. Requests in a tunnel go to the
   * server, which must not get them.
   */
  private static Interceptor plainProxyAuthentication(String credentials) {
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
