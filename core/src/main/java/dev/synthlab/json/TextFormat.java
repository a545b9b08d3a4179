package dev.synthlab.json;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * The formats of JSON Schema that are checked, each in time linear in the length of the text.
 *
 * @see <a href="https://json-schema.org/draft/2020-12/json-schema-validation#name-defined-formats">
 *     the formats</a>
 */
final class TextFormat {
  private static final int MAX = 2_048;
  private static final String OCTET = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
  private static final String LABEL = "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?";
  private static final String HOST = LABEL + "(\\." + LABEL + ")*";

  private static final BoundedPattern IPV6 =
      BoundedPattern.of("^[0-9A-Fa-f:]*:[0-9A-Fa-f:]*(" + OCTET + "\\.){0,3}[0-9A-Fa-f]*$");

  private static final Map<String, Predicate<String>> KNOWN =
      Map.ofEntries(
          Map.entry("date", read(text -> LocalDate.parse(text))),
          Map.entry("date-time", read(text -> OffsetDateTime.parse(ScalarTypes.withT(text)))),
          Map.entry("time", read(text -> OffsetTime.parse(text))),
          Map.entry(
              "duration",
              matching(
                      "^P([0-9]+W|([0-9]+Y)?([0-9]+M)?([0-9]+D)?(T([0-9]+H)?([0-9]+M)?([0-9]+S)?)?)$")
                  .and(text -> text.length() > 1 && !text.endsWith("T") && !text.equals("P"))),
          Map.entry(
              "email",
              matching("^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@(" + HOST + "|\\[[0-9A-Fa-f:.]+\\])$")
                  .and(
                      text ->
                          !text.startsWith(".") && !text.contains(".@") && !text.contains(".."))),
          Map.entry("hostname", matching("^" + HOST + "$").and(text -> text.length() <= 253)),
          Map.entry("ipv4", matching("^(" + OCTET + "\\.){3}" + OCTET + "$")),
          Map.entry("ipv6", TextFormat::isIpv6),
          Map.entry("uri", read(URI::create).and(text -> URI.create(text).isAbsolute())),
          Map.entry("uri-reference", read(URI::create)),
          Map.entry("uuid", matching("^[0-9A-Fa-f]{8}-([0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}$")),
          Map.entry("regex", read(BoundedPattern::of)),
          Map.entry("json-pointer", matching("^(/([^~]|~[01])*)?$")));

  private TextFormat() {}

  /** Whether a text has a format. Every text has a format that is not known. */
  static boolean obeys(String format, String text) {
    Predicate<String> rule = KNOWN.get(format);
    return rule == null || (text.length() <= MAX && rule.test(text));
  }

  private static Predicate<String> matching(String pattern) {
    BoundedPattern compiled = BoundedPattern.of(pattern);
    return compiled::find;
  }

  private static Predicate<String> read(Function<String, ?> reader) {
    return text -> {
      try {
        return reader.apply(text) != null;
      } catch (RuntimeException e) { // each type has its own for what it cannot read
        return false;
      }
    };
  }

  /** The JDK reads what has a colon as an address and looks no name up. */
  private static boolean isIpv6(String text) {
    try {
      return IPV6.find(text) && InetAddress.getByName(text) != null;
    } catch (UnknownHostException e) {
      return false;
    }
  }
}
