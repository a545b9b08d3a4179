package dev.synthlab.http;

import dev.synthlab.Internal;
import dev.synthlab.config.NetworkSettings;
import java.time.Duration;
import java.util.Objects;

/**
 * The options of connecting to servers.
 *
 * @param network trusted certificates and proxies
 * @param timeout the time limit of a DNS lookup, and of the connection to each address
 * @param resolver looks up the addresses of a host
 */
@Internal
public record ConnectOptions(NetworkSettings network, Duration timeout, Resolver resolver) {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  /** Requires all parts, and a positive timeout. */
  public ConnectOptions {
    Objects.requireNonNull(network);
    Objects.requireNonNull(resolver);
    if (!timeout.isPositive()) {
      throw new IllegalArgumentException("timeout must be positive, was " + timeout);
    }
  }

  /**
   * The default options: a timeout of 5 s and the resolver of the system.
   *
   * @param network trusted certificates and proxies
   * @return the options
   */
  public static ConnectOptions of(NetworkSettings network) {
    return new ConnectOptions(network, TIMEOUT, Resolver.system());
  }

  /**
   * The same options with another timeout.
   *
   * @param other the time limit of a lookup, and of each address
   * @return new options
   */
  public ConnectOptions withTimeout(Duration other) {
    return new ConnectOptions(network, other, resolver);
  }

  /**
   * The same options with another resolver.
   *
   * @param other looks up the addresses of a host
   * @return new options
   */
  public ConnectOptions withResolver(Resolver other) {
    return new ConnectOptions(network, timeout, other);
  }
}
