package dev.synthlab.config;

import java.math.BigDecimal;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Parses single values. A value that is not allowed is an {@link IllegalArgumentException}; its
 * message has details, or is empty if {@link Variable#allowed} says enough.
 */
final class ValueParser {
  private static final Pattern DURATION =
      Pattern.compile("(\\d{1,12}(?:\\.\\d{1,9})?) ?(ms|s|m|h)?");
  private static final BigDecimal MAX = BigDecimal.valueOf(Duration.ofDays(30).toMillis());
  private static final Pattern API_VERSION = Pattern.compile("\\?api-version=([A-Za-z0-9._-]+)$");
  private static final Pattern CALL =
      Pattern.compile(
          "/(?:chat/completions|completions|embeddings|responses|images/generations)/*$");
  private static final Pattern CONTROL = Pattern.compile("[\\p{Cntrl}\u0080-\u009f\u2028\u2029]");
  private static final Pattern VISIBLE = Pattern.compile("[\\x21-\\x7e]+");
  private static final Pattern HEADER_NAME = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]+");
  private static final Pattern HEADER_VALUE = Pattern.compile("[\\x20-\\x7e]+");
  private static final Set<String> NOT_OURS_TO_SET =
      Set.of("host", "content-length", "transfer-encoding", "connection", "content-type");

  private ValueParser() {}

  /** A text of one line without the white space around it. */
  static String line(String raw) {
    refuseHidden(raw);
    return raw.strip();
  }

  static String token(String raw) {
    String value = line(raw);
    if (!VISIBLE.matcher(value).matches()) {
      throw refused("");
    }
    return value;
  }

  /** A key. It is not trimmed: a wrong key would be noticed only as a 401 of the server. */
  static Secret key(String raw) {
    Secret key = Secret.of(raw.strip());
    refuseHidden(raw);
    if (!raw.strip().equals(raw)) {
      throw refused("it has white space around it");
    }
    if (raw.startsWith("\"") || raw.startsWith("'")) {
      throw refused("it begins with a quote");
    }
    if (!VISIBLE.matcher(raw).matches()) {
      throw refused("");
    }
    return key;
  }

  /** Whether a user may set the header, and its name and value are what HTTP allows. */
  static boolean isOwnHeader(String name, String value) {
    return isHeader(name, value) && !NOT_OURS_TO_SET.contains(name.toLowerCase(Locale.ROOT));
  }

  private static boolean isHeader(String name, String value) {
    return HEADER_NAME.matcher(name).matches() && HEADER_VALUE.matcher(value).matches();
  }

  static Map<String, Secret> headers(String raw) {
    Map<String, Secret> headers = new LinkedHashMap<>();
    Set<String> seen = new HashSet<>();
    int number = 0;
    for (String pair : raw.split("[;\n]", -1)) {
      if (pair.isBlank()) {
        continue;
      }
      number++;
      int colon = pair.indexOf(':');
      Secret value = Secret.of(pair.substring(colon + 1).strip());
      String name = colon < 0 ? "" : pair.substring(0, colon).strip();
      if (!isHeader(name, value.reveal())) {
        throw refused("pair " + number + " is not");
      }
      String lower = name.toLowerCase(Locale.ROOT);
      if (NOT_OURS_TO_SET.contains(lower)) {
        throw refused(name + " is set by the transport");
      }
      if (!seen.add(lower)) {
        throw refused(name + " is set twice");
      }
      headers.put(name, value);
    }
    return headers;
  }

  /** Headers as OpenTelemetry writes them. */
  static Map<String, Secret> pairs(String raw) {
    Map<String, Secret> pairs = new LinkedHashMap<>();
    for (String pair : raw.split(",", -1)) {
      if (pair.isBlank()) {
        continue;
      }
      int equals = pair.indexOf('=');
      String name = equals < 0 ? "" : pair.substring(0, equals).strip();
      Secret value = Secret.of(decoded(pair.substring(equals + 1).strip()));
      if (!HEADER_NAME.matcher(name).matches() || !HEADER_VALUE.matcher(value.reveal()).matches()) {
        throw refused("pair " + (pairs.size() + 1) + " is not");
      }
      if (pairs.put(name.toLowerCase(Locale.ROOT), value) != null) {
        throw refused(name + " is set twice");
      }
    }
    return pairs;
  }

  private static String decoded(String value) {
    try {
      return URLDecoder.decode(value.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      Secret.of(value);
      throw refused("a percent sign is not followed by two hexadecimal digits");
    }
  }

  static double share(String raw) {
    String value = line(raw);
    if (!value.matches("0?\\.\\d{1,9}|[01](\\.0{0,9})?")) {
      throw refused("");
    }
    return Double.parseDouble(value);
  }

  /** US dollars. */
  static BigDecimal money(String raw) {
    String value = line(raw);
    if (!value.matches("\\d{1,9}(\\.\\d{1,9})?|\\.\\d{1,9}")) {
      throw refused("");
    }
    return new BigDecimal(value);
  }

  /** An http(s) address without user-info. */
  static URI open(String raw) {
    URI uri = address(raw);
    if (uri.getScheme().equals("local") || uri.getRawUserInfo() != null) {
      throw refused("it has user-info, which must be in headers");
    }
    return bare(uri);
  }

  static Duration duration(String raw) {
    Matcher matcher = DURATION.matcher(line(raw).toLowerCase(Locale.ROOT));
    if (!matcher.matches()) {
      throw refused("");
    }
    String unit = matcher.group(2) == null ? "s" : matcher.group(2);
    long millisPerUnit =
        switch (unit) {
          case "ms" -> 1;
          case "m" -> 60_000;
          case "h" -> 3_600_000;
          default -> 1_000;
        };
    BigDecimal millis =
        new BigDecimal(matcher.group(1)).multiply(BigDecimal.valueOf(millisPerUnit));
    if (millis.compareTo(BigDecimal.ONE) < 0 || millis.compareTo(MAX) > 0) {
      throw refused("");
    }
    return Duration.ofMillis(millis.longValue());
  }

  static int count(Variable variable, String raw) {
    String value = line(raw);
    if (!value.matches("\\d{1,9}")) {
      throw refused("");
    }
    int count = Integer.parseInt(value);
    if (count < variable.min() || count > variable.max()) {
      throw refused("");
    }
    return count;
  }

  /** A number; empty for auto. */
  static OptionalInt countOrAuto(Variable variable, String raw) {
    return line(raw).equalsIgnoreCase("auto")
        ? OptionalInt.empty()
        : OptionalInt.of(count(variable, raw));
  }

  /** Texts separated by commas. */
  static List<String> list(String raw) {
    return Stream.of(line(raw).split(",", -1))
        .map(String::strip)
        .filter(s -> !s.isEmpty())
        .toList();
  }

  static String choice(Variable variable, String raw) {
    String value = line(raw).toLowerCase(Locale.ROOT);
    List<String> choices = variable.choices();
    // Python's logging says WARNING, SLF4J says WARN.
    String choice = value.equals("warning") && choices.contains("warn") ? "warn" : value;
    if (!choices.contains(choice)) {
      throw refused("");
    }
    return choice;
  }

  /** A switch: on or off, true or false, 1 or 0, yes or no. */
  static boolean onOrOff(String raw) {
    return switch (line(raw).toLowerCase(Locale.ROOT)) {
      case "on", "true", "1", "yes" -> true;
      case "off", "false", "0", "no" -> false;
      default -> throw refused("");
    };
  }

  /** An HTTP proxy. The default scheme is http, the default port 80. */
  static NetworkSettings.Proxy proxy(String raw) {
    String address = withScheme(raw);
    keepUserInfo(address);
    URI uri = uri(line(address));
    if (!uri.getScheme().equalsIgnoreCase("http")) {
      throw refused("only proxies with an http:// address are supported");
    }
    if (uri.getHost() == null || uri.getHost().isEmpty()) {
      throw refused("it has no valid host");
    }
    boolean bare = uri.getRawPath().isEmpty() || uri.getRawPath().equals("/");
    if (!bare || uri.getRawQuery() != null || uri.getRawFragment() != null) {
      throw refused("it has a path, a query or a fragment");
    }
    if (uri.getPort() == 0 || uri.getPort() > 65_535) {
      throw refused("its port is not one from 1 to 65535");
    }
    return new NetworkSettings.Proxy(
        uri.getHost().replaceAll("[\\[\\]]", "").toLowerCase(Locale.ROOT),
        uri.getPort() < 0 ? 80 : uri.getPort(),
        Optional.ofNullable(uri.getRawUserInfo()).map(Secret::ofUserInfo));
  }

  static String withScheme(String proxy) {
    return proxy.contains("://") ? proxy : "http://" + proxy.stripLeading();
  }

  // Before anything can fail: the password of a malformed address is a secret, too.
  static void keepUserInfo(String raw) {
    Matcher userInfo = Pattern.compile("//([^/\\s]*)@").matcher(raw);
    if (userInfo.find()) {
      Secret.ofUserInfo(userInfo.group(1));
    }
  }

  /**
   * The address of a model server, without the path of a call and the query {@code ?api-version=},
   * which the consoles of servers show with it.
   */
  static URI baseUrl(String raw) {
    keepUserInfo(raw);
    String value = line(raw);
    Matcher query = API_VERSION.matcher(value);
    String path = query.find() ? value.substring(0, query.start()) : value;
    return address(CALL.matcher(path).replaceFirst(""));
  }

  /** The version in the query of the address of a model server. */
  static Optional<String> apiVersion(String raw) {
    Matcher query = API_VERSION.matcher(raw.strip());
    return query.find() ? Optional.of(query.group(1)) : Optional.empty();
  }

  /** An http(s) address, with user-info if there is any, or the address of the embedded model. */
  static URI address(String raw) {
    keepUserInfo(raw);
    URI uri = uri(line(raw));
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    if (uri.getRawQuery() != null || uri.getRawFragment() != null) {
      throw refused("it has a query or a fragment");
    }
    if (scheme.equals("local") && uri.getPath() != null && uri.getPath().length() > 1) {
      return uri;
    }
    if (!(scheme.equals("http") || scheme.equals("https"))) {
      throw refused("it does not begin with http:// or https://");
    }
    if (uri.getHost() == null || uri.getHost().isEmpty()) {
      throw refused("it has no valid host");
    }
    if (uri.getPort() == 0 || uri.getPort() > 65_535) {
      throw refused("its port is not one from 1 to 65535");
    }
    return uri;
  }

  /** The address without user-info and trailing slashes. */
  static URI bare(URI address) {
    if (address.getHost() == null) {
      return address;
    }
    String port = address.getPort() < 0 ? "" : ":" + address.getPort();
    String path = address.getRawPath().replaceFirst("/+$", "");
    String scheme = address.getScheme().toLowerCase(Locale.ROOT);
    return URI.create(scheme + "://" + address.getHost().toLowerCase(Locale.ROOT) + port + path);
  }

  private static URI uri(String value) {
    try {
      return new URI(value);
    } catch (URISyntaxException e) {
      throw refused("");
    }
  }

  private static void refuseHidden(String raw) {
    if (raw.indexOf('\ufeff') >= 0) {
      throw refused("it has a byte order mark (U+FEFF) in it");
    }
    Matcher control = CONTROL.matcher(raw);
    if (!control.find()) {
      return;
    }
    boolean atTheEnd = raw.substring(control.start()).isBlank();
    throw refused(
        switch (raw.charAt(control.start())) {
          case '\n' -> "it has a line break " + (atTheEnd ? "at its end" : "in it");
          case '\r' -> "it has a carriage return " + (atTheEnd ? "at its end" : "in it");
          default ->
              "it has the control character U+%04X in it"
                  .formatted((int) raw.charAt(control.start()));
        });
  }

  private static IllegalArgumentException refused(String reason) {
    return new IllegalArgumentException(reason);
  }
}
