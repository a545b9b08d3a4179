package dev.synthlab.http;

import dev.synthlab.Internal;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/** A DNS resolver. It may block for any time: callers limit it. */
@Internal
@FunctionalInterface
public interface Resolver {

  /**
   * Looks up the addresses of a host.
   *
   * @param host its name
   * @return its addresses, in the order in which to try them
   * @throws UnknownHostException if it has none, or the lookup fails
   */
  List<InetAddress> lookup(String host) throws UnknownHostException;

  /**
   * The resolver of the system.
   *
   * @return a resolver that is safe for use by many threads
   */
  static Resolver system() {
    return host -> List.of(InetAddress.getAllByName(host));
  }
}
