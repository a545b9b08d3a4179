package dev.synthlab.config;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The entries of {@code NO_PROXY}: {@code *}, a host with its subdomains (with or without a leading
 * dot), an IP address, or a network such as {@code 10.0.0.0/8}; all but networks may have a port.
 * Names are not resolved to compare their addresses.
 */
final class NoProxy {
  private static final Pattern FOUR = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");
  private static final Pattern SIX = Pattern.compile("[0-9a-fA-F.]*:[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");
  private static final Pattern BRACKETS = Pattern.compile("\\[([^\\]]+)](?::(\\d{1,5}))?");
  private static final Pattern WITH_PORT = Pattern.compile("([^:]+):(\\d{1,5})");
  private static final Pattern NETWORK = Pattern.compile("([^/]+)/(\\d{1,3})");
  private static final Pattern NAME = Pattern.compile("[\\p{L}\\p{N}_-]+(\\.[\\p{L}\\p{N}_-]+)*");

  private NoProxy() {}

  /** A host, and its port if there is one. */
  private record Rule(String host, Optional<Integer> port) {
    static Rule of(String text) {
      Matcher brackets = BRACKETS.matcher(text);
      if (brackets.matches()) {
        return new Rule(
            brackets.group(1), Optional.ofNullable(brackets.group(2)).map(Integer::valueOf));
      }
      Matcher port = WITH_PORT.matcher(text);
      return port.matches()
          ? new Rule(port.group(1), Optional.of(Integer.valueOf(port.group(2))))
          : new Rule(text, Optional.empty());
    }
  }

  /** The entries, separated by commas or white space. */
  static List<String> entries(String raw) {
    return Stream.of(ValueParser.line(raw).split("[,\\s]+")).filter(e -> !e.isEmpty()).toList();
  }

  /** Whether an entry is well-formed. */
  static boolean readable(String entry) {
    if (entry.equals("*")) {
      return true;
    }
    Matcher network = NETWORK.matcher(entry);
    if (network.matches()) {
      return literal(unbracketed(network.group(1)))
          .filter(base -> Integer.parseInt(network.group(2)) <= base.length * 8)
          .isPresent();
    }
    String host = name(Rule.of(entry).host());
    return literal(host).isPresent() || NAME.matcher(host).matches();
  }

  /** Whether an entry matches a host; an IPv6 address may be in brackets. */
  static boolean covers(String entry, String host, int port) {
    if (entry.equals("*")) {
      return true;
    }
    String wanted = withoutLastDot(unbracketed(host)).toLowerCase(Locale.ROOT);
    Optional<byte[]> address = literal(wanted);
    Matcher network = NETWORK.matcher(entry);
    if (network.matches()) {
      Optional<byte[]> base = literal(unbracketed(network.group(1)));
      return base.isPresent()
          && address.isPresent()
          && within(address.get(), base.get(), Integer.parseInt(network.group(2)));
    }
    Rule place = Rule.of(entry);
    if (place.port().filter(only -> only != port).isPresent()) {
      return false;
    }
    String covered = name(place.host());
    Optional<byte[]> other = literal(covered);
    if (address.isPresent() || other.isPresent()) {
      return address.isPresent()
          && other.isPresent()
          && within(address.get(), other.get(), other.get().length * 8);
    }
    return !covered.isEmpty() && (wanted.equals(covered) || wanted.endsWith("." + covered));
  }

  private static boolean within(byte[] address, byte[] base, int bits) {
    if (address.length != base.length || bits > base.length * 8) {
      return false;
    }
    for (int i = 0; i < bits; i++) {
      int mask = 0x80 >> (i % 8);
      if (((address[i / 8] ^ base[i / 8]) & mask) != 0) {
        return false;
      }
    }
    return true;
  }

  private static String name(String host) {
    return withoutLastDot(host.toLowerCase(Locale.ROOT).replaceFirst("^\\*?\\.", ""));
  }

  private static String withoutLastDot(String host) {
    return host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
  }

  private static String unbracketed(String host) {
    return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
  }

  private static Optional<byte[]> literal(String host) {
    String plain = host.replaceFirst("%.*", "");
    if (!FOUR.matcher(plain).matches() && !SIX.matcher(plain).matches()) {
      return Optional.empty();
    }
    if (FOUR.matcher(plain).matches()
        && Stream.of(plain.split("\\.")).anyMatch(part -> Integer.parseInt(part) > 255)) {
      return Optional.empty();
    }
    try {
      // A text of this form is parsed and not resolved.
      return Optional.of(InetAddress.getByName(plain).getAddress());
    } catch (UnknownHostException e) {
      return Optional.empty();
    }
  }
}
