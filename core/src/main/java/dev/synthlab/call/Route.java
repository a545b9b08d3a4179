package dev.synthlab.call;

import java.net.URI;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The key by which calls share limits, pauses and a breaker: server, account and resource.
 *
 * @param base the base address, without user-info
 * @param keyName the name of the credential, for example the variable it came from; never the
 *     credential
 * @param resource the requested resource, for example the model
 */
public record Route(URI base, String keyName, String resource) {
  /** Requires all parts. */
  public Route {
    Objects.requireNonNull(base);
    Objects.requireNonNull(keyName);
    Objects.requireNonNull(resource);
  }

  /** The host, or {@code local} if there is none. */
  String server() {
    return base.getHost() == null ? "local" : base.getHost();
  }

  // It is looked up several times in each call, where the generated methods take longer to warm up.
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Route that
        && resource.equals(that.resource)
        && keyName.equals(that.keyName)
        && base.equals(that.base);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * base.hashCode() + keyName.hashCode()) + resource.hashCode();
  }

  @Override
  public String toString() {
    String host = base.getAuthority() == null ? base.getScheme() + ":" : base.getAuthority();
    return resource + "@" + host;
  }
}
