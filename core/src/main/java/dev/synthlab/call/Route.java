package dev.synthlab.call;

import java.net.URI;
import java.util.Objects;

/**
 * What calls share a limit, a pause or a breaker: the same server, account and resource.
 *
 * @param base the base address, without user-info
 * @param keyName the name of the credential, for example the variable it came from; never the
 *     credential
 * @param resource what is asked for, for example the model
 */
public record Route(URI base, String keyName, String resource) {
  /** Refuses what is missing. */
  public Route {
    Objects.requireNonNull(base);
    Objects.requireNonNull(keyName);
    Objects.requireNonNull(resource);
  }

  /** The host, or that there is none. */
  String server() {
    return base.getHost() == null ? "local" : base.getHost();
  }

  @Override
  public String toString() {
    String host = base.getAuthority() == null ? base.getScheme() + ":" : base.getAuthority();
    return resource + "@" + host;
  }
}
