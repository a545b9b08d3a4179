package dev.synthlab.config;

import dev.synthlab.Internal;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The address of a PostgreSQL database, with its credentials as separate parts. Its text form shows
 * no credentials.
 *
 * @param hosts the servers, separated by commas, each with its port if there is one
 * @param database the name of the database
 * @param user the user name
 * @param password the password
 * @param parameters further parameters of the driver, for example {@code sslmode}
 */
@Internal
public record DatabaseUrl(
    String hosts,
    String database,
    Optional<String> user,
    Optional<Secret> password,
    Map<String, String> parameters) {
  private static final Pattern FORM =
      Pattern.compile(
          "(?:jdbc:)?(?:postgres|postgresql)://(?:([^/?#]*)@)?([^/?#@]+)(?:/([^/?#]*))?(?:\\?([^#]*))?",
          Pattern.CASE_INSENSITIVE);
  private static final Pattern HOST =
      Pattern.compile("(?:[A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+])(?::(\\d{1,5}))?");
  private static final Set<String> MODES =
      Set.of("disable", "allow", "prefer", "require", "verify-ca", "verify-full");

  /** Parameters that make the driver load a class or write a file. */
  private static final Set<String> CODE =
      Set.of(
          "socketfactory",
          "sslfactory",
          "sslhostnameverifier",
          "sslpasswordcallback",
          "authenticationpluginclassname",
          "xmlfactoryfactory",
          "loggerfile");

  /** Copies the parameters. */
  public DatabaseUrl {
    Objects.requireNonNull(hosts);
    Objects.requireNonNull(database);
    Objects.requireNonNull(user);
    Objects.requireNonNull(password);
    parameters = Collections.unmodifiableMap(new TreeMap<>(parameters));
  }

  /** Parses an address. A message about a problem contains no part of it. */
  static DatabaseUrl parse(String raw) {
    ValueParser.keepUserInfo(raw);
    String value = ValueParser.line(raw);
    Matcher form = FORM.matcher(value);
    if (!form.matches()) {
      throw new IllegalArgumentException(
          value.regionMatches(true, 0, "jdbc:sqlite:", 0, 12) || value.startsWith("sqlite:")
              ? "for a SQLite file set SYNTHLAB_DB_PATH instead"
              : "");
    }
    Map<String, String> parameters = parameters(Objects.requireNonNullElse(form.group(4), ""));
    String userInfo = form.group(1);
    Optional<String> user = Optional.ofNullable(parameters.remove("user"));
    Optional<Secret> password = Optional.ofNullable(parameters.remove("password")).map(Secret::of);
    if (userInfo != null) {
      Secret.ofUserInfo(userInfo);
      int colon = userInfo.indexOf(':');
      String name = decoded(colon < 0 ? userInfo : userInfo.substring(0, colon));
      user = name.isEmpty() ? user : Optional.of(name);
      password =
          colon < 0 ? password : Optional.of(Secret.of(decoded(userInfo.substring(colon + 1))));
    }
    String database = decoded(Objects.requireNonNullElse(form.group(3), ""));
    if (database.isEmpty()) {
      throw new IllegalArgumentException("it has no database name");
    }
    return new DatabaseUrl(hosts(form.group(2)), database, user, password, parameters);
  }

  /**
   * The value of a parameter.
   *
   * @param name its name
   * @return empty if it is not set
   */
  public Optional<String> parameter(String name) {
    return Optional.ofNullable(parameters.get(name));
  }

  @Override
  public String toString() {
    return "postgresql://" + hosts + "/" + database;
  }

  /** The address without its credentials, even if it is malformed. */
  static String masked(String value) {
    return value
        .replaceFirst("^((?:jdbc:)?[A-Za-z+]*:(?://)?).*@", "$1****@")
        .replaceFirst("[?#].*", "?****");
  }

  private static String hosts(String raw) {
    for (String host : raw.split(",", -1)) {
      Matcher one = HOST.matcher(host);
      if (!one.matches()) {
        throw new IllegalArgumentException("it has no valid host");
      }
      int port = one.group(1) == null ? 5432 : Integer.parseInt(one.group(1));
      if (port < 1 || port > 65_535) {
        throw new IllegalArgumentException("its port is not one from 1 to 65535");
      }
    }
    return raw;
  }

  private static Map<String, String> parameters(String query) {
    Map<String, String> parameters = new TreeMap<>();
    for (String pair : query.split("&", -1)) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        parameters.put(decoded(pair.substring(0, equals)), decoded(pair.substring(equals + 1)));
      }
    }
    parameters.keySet().stream()
        .filter(name -> CODE.contains(name.toLowerCase(Locale.ROOT)))
        .findFirst()
        .ifPresent(
            name -> {
              throw new IllegalArgumentException(
                  "its parameter "
                      + name
                      + " names a class or a file to write, which an address must not do: connect through"
                      + " a proxy of the provider instead");
            });
    Optional.ofNullable(parameters.get("sslpassword")).ifPresent(Secret::of);
    Optional<String> mode = Optional.ofNullable(parameters.get("sslmode"));
    if (mode.isPresent() && !MODES.contains(mode.get())) {
      throw new IllegalArgumentException("its sslmode is unknown to PostgreSQL");
    }
    return parameters;
  }

  // A plus sign is not a space here.
  private static String decoded(String raw) {
    try {
      return URLDecoder.decode(raw.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("it has a \"%\" that begins no two hexadecimal digits", e);
    }
  }
}
