package dev.synthlab.http;

import dev.synthlab.config.NetworkSettings;
import java.time.Duration;
import java.util.Objects;

/**
 * How connections are made.
 *
 * @param network whom to trust, and through which proxy
 * @param timeout how long the lookup of a name may take, and the connection to each address of it
 * @param resolver finds the addresses of a host
 */
public record ConnectOptions(NetworkSettings network, Duration timeout, Resolver resolver) {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  /** Refuses what is missing, and a time that is none. */
  public ConnectOptions {
    Objects.requireNonNull(network);
    Objects.requireNonNull(resolver);
    if (!timeout.isPositive()) {
      throw new IllegalArgumentException("timeout must be positive, was " + timeout);
    }
  }

  /**
   * The usual way: within 5 s, by the machine's own resolver.
   *
   * @param network whom to trust, and through which proxy
   * @return the options
   */
  public static ConnectOptions of(NetworkSettings network) {
    return new ConnectOptions(network, TIMEOUT, Resolver.system());
  }

  /**
   * The same with another bound.
   *
   * @param other for the lookup and for each address
   * @return new options
   */
  public ConnectOptions withTimeout(Duration other) {
    return new ConnectOptions(network, other, resolver);
  }

  /**
   * The same with another resolver.
   *
   * @param other finds the addresses of a host
   * @return new options
   */
  public ConnectOptions withResolver(Resolver other) {
    return new ConnectOptions(network, timeout, other);
  }
}
