package dev.synthlab.http;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;

/**
 * Tells addresses of the public internet from all others: of this machine, of private networks, of
 * those that a cloud keeps for itself.
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
          // The metadata of Azure and of Alibaba's cloud.
          Network.of("168.63.129.16", 32));

  /** Global unicast; what is not in it has another use. */
  private static final Network PUBLIC_6 = Network.of("2000::", 3);

  private static final List<Network> NOT_PUBLIC_6 =
      List.of(
          Network.of("2001::", 23),
          Network.of("2001:db8::", 32),
          Network.of("2002::", 16),
          Network.of("2620:4f:8000::", 48),
          Network.of("3fff::", 20));

  /** Well-known prefix of NAT64, whose last four bytes are an IPv4 address. */
  private static final Network NAT64 = Network.of("64:ff9b::", 96);

  private SsrfGuard() {}

  /** An address that is not public, and what was looked for. */
  static final class NotPublicException extends UnknownHostException {
    private static final long serialVersionUID = 1L;

    NotPublicException(String reason) {
      super(reason);
    }
  }

  /** The addresses, if all of them are public: a name that leads to both kinds is a trap. */
  static List<InetAddress> only(String host, List<InetAddress> addresses)
      throws NotPublicException {
    for (InetAddress address : addresses) {
      if (!holds(address)) {
        throw new NotPublicException(
            host + " leads to " + address.getHostAddress() + ", which is no public address");
      }
    }
    return addresses;
  }

  /** Whether an address is one of the public internet. */
  static boolean holds(InetAddress address) {
    byte[] bytes = address.getAddress();
    if (address instanceof Inet4Address) {
      return NOT_PUBLIC_4.stream().noneMatch(network -> network.holds(bytes));
    }
    if (NAT64.holds(bytes)) {
      byte[] inside = Arrays.copyOfRange(bytes, 12, 16);
      return NOT_PUBLIC_4.stream().noneMatch(network -> network.holds(inside));
    }
    return PUBLIC_6.holds(bytes) && NOT_PUBLIC_6.stream().noneMatch(net -> net.holds(bytes));
  }

  /** The addresses that begin with the same bits. */
  private record Network(InetAddress first, int bits) {
    static Network of(String address, int bits) {
      try {
        return new Network(InetAddress.getByName(address), bits); // a literal: nothing is asked
      } catch (UnknownHostException e) {
        throw new IllegalStateException(address, e);
      }
    }

    boolean holds(byte[] address) {
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

  /** Sockets that connect to public addresses only, whatever the name led to before. */
  static final class Sockets extends DirectSocketFactory {
    @Override
    public Socket createSocket() {
      return new Socket(Proxy.NO_PROXY) {
        @Override
        public void connect(SocketAddress to, int timeout) throws IOException {
          if (!(to instanceof InetSocketAddress place)
              || place.getAddress() == null
              || !holds(place.getAddress())) {
            throw new NotPublicException(to + " is no public address");
          }
          super.connect(to, timeout);
        }

        @Override
        public void connect(SocketAddress to) throws IOException {
          connect(to, 0);
        }
      };
    }
  }
}
