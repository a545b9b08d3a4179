package dev.synthlab.http;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A guard against server-side request forgery: rejects addresses that are not public, such as
 * loopback, private networks, and the metadata services of clouds.
 *
 * @see <a href="https://www.iana.org/assignments/iana-ipv4-special-registry">IPv4 special-purpose
 *     addresses</a>
 * @see <a href="https://www.iana.org/assignments/iana-ipv6-special-registry">IPv6 special-purpose
 *     addresses</a>
 */
final class SsrfGuard {
  private static final List<Network> NOT_PUBLIC_4 =
      List.of(
          Network.of("0.0.0.0", 8),
          Network.of("10.0.0.0", 8),
          Network.of("100.64.0.0", 10),
          Network.of("127.0.0.0", 8),
          Network.of("169.254.0.0", 16),
          Network.of("172.16.0.0", 12),
          Network.of("192.0.0.0", 24),
          Network.of("192.0.2.0", 24),
          Network.of("192.31.196.0", 24),
          Network.of("192.52.193.0", 24),
          Network.of("192.88.99.0", 24),
          Network.of("192.168.0.0", 16),
          Network.of("192.175.48.0", 24),
          Network.of("198.18.0.0", 15),
          Network.of("198.51.100.0", 24),
          Network.of("203.0.113.0", 24),
          Network.of("224.0.0.0", 3),
          // The metadata services of Azure and Alibaba Cloud.
          Network.of("168.63.129.16", 32));

  /** Global unicast; all other addresses have another use. */
  private static final Network PUBLIC_6 = Network.of("2000::", 3);

  private static final List<Network> NOT_PUBLIC_6 =
      List.of(
          Network.of("2001::", 23),
          Network.of("2001:db8::", 32),
          Network.of("2002::", 16),
          Network.of("2620:4f:8000::", 48),
          Network.of("3fff::", 20));

  /** The well-known prefix of NAT64; the last four bytes are an IPv4 address. */
  private static final Network NAT64 = Network.of("64:ff9b::", 96);

  /** As OkHttp writes an address in the place of a host: digits and dots, or with colons. */
  private static final Pattern ADDRESS = Pattern.compile("[0-9.]+|.*:.*");

  private SsrfGuard() {}

  /** The exception for an address that is not public. */
  static final class NotPublicException extends UnknownHostException {
    private static final long serialVersionUID = 1L;

    NotPublicException(String reason) {
      super(reason);
    }
  }

  /** Requires all addresses of a host to be public: a name with both kinds is an attack. */
  static List<InetAddress> requirePublic(String host, List<InetAddress> addresses)
      throws NotPublicException {
    for (InetAddress address : addresses) {
      if (!isPublic(address)) {
        throw new NotPublicException(
            host + " leads to " + address.getHostAddress() + ", which is no public address");
      }
    }
    return addresses;
  }

  /** Whether an address is public. */
  static boolean isPublic(InetAddress address) {
    byte[] bytes = address.getAddress();
    if (address instanceof Inet4Address) {
      return NOT_PUBLIC_4.stream().noneMatch(network -> network.contains(bytes));
    }
    if (NAT64.contains(bytes)) {
      byte[] inside = Arrays.copyOfRange(bytes, 12, 16);
      return NOT_PUBLIC_4.stream().noneMatch(network -> network.contains(inside));
    }
    return PUBLIC_6.contains(bytes) && NOT_PUBLIC_6.stream().noneMatch(net -> net.contains(bytes));
  }

  /** A network in CIDR notation. */
  private record Network(InetAddress first, int bits) {
    static Network of(String address, int bits) {
      try {
        return new Network(InetAddress.getByName(address), bits); // a literal: no lookup
      } catch (UnknownHostException e) {
        throw new IllegalStateException(address, e);
      }
    }

    boolean contains(byte[] address) {
      byte[] prefix = first.getAddress();
      if (address.length != prefix.length) {
        return false;
      }
      for (int bit = 0; bit < bits; bit++) {
        int mask = 0x80 >> (bit % 8);
        if ((address[bit / 8] & mask) != (prefix[bit / 8] & mask)) {
          return false;
        }
      }
      return true;
    }
  }

  /** Refuses a host that is an address itself: it is never looked up. */
  static void requirePublicLiteral(String host) throws UnknownHostException {
    if (ADDRESS.matcher(host).matches()) {
      requirePublic(host, List.of(InetAddress.getByName(host))); // no lookup either
    }
  }
}
