package dev.synthlab.config;

import dev.synthlab.Internal;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The variables of an external service, {@code {SERVICE}_API_KEY}, {@code {SERVICE}_BASE_URL} and
 * {@code {SERVICE}_TIMEOUT}, and their defaults. Immutable.
 *
 * @param service its name in lower case, words joined by {@code -} or {@code _}
 * @param baseUrl its default address; without one the variable must be set
 * @param timeout the default of the maximum time of one attempt
 * @param need whether it needs a key
 */
@Internal
public record ApiVariables(String service, Optional<URI> baseUrl, Duration timeout, KeyNeed need) {
  static final String KEY = "_API_KEY";
  static final String ADDRESS = "_BASE_URL";
  static final String TIME = "_TIMEOUT";

  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9]*([-_][a-z0-9]+)*");
  private static final Set<String> OF_OTHERS =
      Stream.of(Variable.values())
          .flatMap(variable -> variable.names().stream())
          .collect(Collectors.toUnmodifiableSet());

  /** Whether a service needs a key. */
  public enum KeyNeed {
    /** The key must be set. */
    REQUIRED,
    /** The key is sent if it is set. */
    OPTIONAL,
    /** There is no key. */
    NONE
  }

  /** Validates the name: it must be usable in variables that have no other meaning. */
  public ApiVariables {
    Objects.requireNonNull(baseUrl);
    Objects.requireNonNull(need);
    if (!NAME.matcher(service).matches()) {
      throw new IllegalArgumentException(
          "the name of a service must be lower-case words joined by - or _, was \""
              + service
              + "\"");
    }
    if (!timeout.isPositive()) {
      throw new IllegalArgumentException("timeout must be positive, was " + timeout);
    }
    for (String ending : List.of(KEY, ADDRESS, TIME)) {
      String variable = upper(service) + ending;
      if (OF_OTHERS.contains(variable)) {
        throw new IllegalArgumentException(
            "a service cannot be named \""
                + service
                + "\": "
                + variable
                + " already has another meaning");
      }
    }
  }

  /**
   * The variable of the key.
   *
   * @return for example {@code WEATHER_API_KEY}
   */
  public String key() {
    return upper(service) + KEY;
  }

  /**
   * The variable of the address.
   *
   * @return for example {@code WEATHER_BASE_URL}
   */
  public String address() {
    return upper(service) + ADDRESS;
  }

  /**
   * The variable of the time of one attempt.
   *
   * @return for example {@code WEATHER_TIMEOUT}
   */
  public String time() {
    return upper(service) + TIME;
  }

  private static String upper(String service) {
    return service.toUpperCase(Locale.ROOT).replace('-', '_');
  }
}
