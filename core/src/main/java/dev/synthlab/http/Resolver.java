package dev.synthlab.http;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/** Finds the addresses of a host. May block for as long as it likes: whoever asks does not. */
@FunctionalInterface
public interface Resolver {

  /**
   * Looks a host up.
   *
   * @param host its name
   * @return its addresses, the one to be tried first at the front
   * @throws UnknownHostException when it has none, or nobody could tell
   */
  List<InetAddress> lookup(String host) throws UnknownHostException;

  /**
   * The machine's own.
   *
   * @return a resolver that is safe for use by many threads
   */
  static Resolver system() {
    return host -> List.of(InetAddress.getAllByName(host));
  }
}
