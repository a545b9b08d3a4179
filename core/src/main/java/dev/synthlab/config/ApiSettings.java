package dev.synthlab.config;

import java.net.URI;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * How a service outside is called. Its text form shows no secret. Immutable.
 *
 * @param baseUrl its address, without a slash at its end
 * @param key what authenticates the calls
 * @param keyName the name of the key, for example the variable it came from: calls with keys of
 *     different names share no limit and no pause
 * @param timeout the longest time of one attempt, body included
 * @param backoffFirst the bound of the first pause between attempts
 * @param backoffMax the bound of every pause between attempts
 * @param callDeadline the longest time of one call, attempts and pauses included
 */
public record ApiSettings(
    URI baseUrl,
    Optional<Secret> key,
    String keyName,
    Duration timeout,
    Duration backoffFirst,
    Duration backoffMax,
    Duration callDeadline) {

  /** Refuses what is missing. */
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
   * @param environment what was set, and where
   * @param variables the names, and what holds where they are not set
   * @return the settings
   * @throws ConfigException if anything is wrong, with all that is
   */
  public static ApiSettings from(Environment environment, ApiVariables variables) {
    return new ApiSettingsReader(environment, variables).read();
  }

  /**
   * The same with the key of another account.
   *
   * @param name what the account is called; never the key
   * @param other the key
   * @return new settings
   */
  public ApiSettings withKey(String name, Secret other) {
    return new ApiSettings(
        baseUrl, Optional.of(other), name, timeout, backoffFirst, backoffMax, callDeadline);
  }
}
