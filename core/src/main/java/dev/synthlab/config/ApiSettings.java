package dev.synthlab.config;

import java.net.URI;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * How an external service is called. Its text form shows no secret. Immutable.
 *
 * @param baseUrl its address, without a slash at its end
 * @param key the API key
 * @param keyName the name of the key, for example its variable: calls with keys of different names
 *     share no limits
 * @param timeout the maximum time of one attempt, body included
 * @param backoffFirst the maximum of the first delay between attempts
 * @param backoffMax the maximum of every delay between attempts
 * @param callDeadline the maximum time of one call, attempts and delays included
 */
public record ApiSettings(
    URI baseUrl,
    Optional<Secret> key,
    String keyName,
    Duration timeout,
    Duration backoffFirst,
    Duration backoffMax,
    Duration callDeadline) {

  /** Requires every part. */
  public ApiSettings {
    Objects.requireNonNull(baseUrl);
    Objects.requireNonNull(key);
    Objects.requireNonNull(keyName);
    Objects.requireNonNull(timeout);
    Objects.requireNonNull(backoffFirst);
    Objects.requireNonNull(backoffMax);
    Objects.requireNonNull(callDeadline);
  }

  /**
   * Reads the settings of a service.
   *
   * @param environment the variables and their origins
   * @param variables the names and defaults
   * @return the settings
   * @throws ConfigException if any value is wrong, with all problems
   */
  public static ApiSettings from(Environment environment, ApiVariables variables) {
    return new ApiSettingsReader(environment, variables).read();
  }

  /**
   * A copy with another key.
   *
   * @param name the name of the key; never the key itself
   * @param other the key
   * @return new settings
   */
  public ApiSettings withKey(String name, Secret other) {
    return new ApiSettings(
        baseUrl, Optional.of(other), name, timeout, backoffFirst, backoffMax, callDeadline);
  }
}
