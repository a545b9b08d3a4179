package dev.synthlab.external;

import dev.synthlab.config.ApiSettings;
import dev.synthlab.config.ApiVariables;
import dev.synthlab.config.ApiVariables.KeyNeed;
import dev.synthlab.config.Environment;
import dev.synthlab.http.Headers;
import java.net.URI;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * What is known of a service outside before anything is configured: its name, its usual address,
 * where its key goes, what it bears. Immutable.
 *
 * @param variables the names of its variables, and what holds where they are not set
 * @param key where the key goes
 * @param headers what goes with every request
 * @param maxAttempts how often a call is tried, the first attempt included
 * @param requestsPerMinute most requests a minute with one key
 * @param concurrency most requests under way at once
 * @param publicAddressesOnly whether requests to other servers than its own may only go to public
 *     addresses
 * @param redirects how many redirects of one call are followed
 */
public record ApiService(
    ApiVariables variables,
    ApiKeyLocation key,
    Headers headers,
    int maxAttempts,
    Optional<Integer> requestsPerMinute,
    Optional<Integer> concurrency,
    boolean publicAddressesOnly,
    int redirects) {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final int ATTEMPTS = 3;
  private static final int MAX_REDIRECTS = 20;

  /** Checks the numbers. */
  public ApiService {
    Objects.requireNonNull(variables);
    Objects.requireNonNull(key);
    Objects.requireNonNull(headers);
    requireWithin("attempts", maxAttempts, 1, 100);
    requireWithin("redirects", redirects, 0, MAX_REDIRECTS);
    requestsPerMinute.ifPresent(n -> requireWithin("requests a minute", n, 1, 100_000_000));
    concurrency.ifPresent(n -> requireWithin("concurrency", n, 1, 100_000));
  }

  /**
   * A service that takes its key as {@code Bearer} and whose address must be set, with 30 s for an
   * attempt and three of them, no limit, no guard and no redirects.
   *
   * @param name in lower case, words joined by {@code -} or {@code _}; in capitals it begins the
   *     names of its variables
   * @return the service
   */
  public static ApiService named(String name) {
    ApiVariables variables = new ApiVariables(name, Optional.empty(), TIMEOUT, KeyNeed.REQUIRED);
    return new ApiService(
        variables,
        ApiKeyLocation.bearer(),
        Headers.NONE,
        ATTEMPTS,
        Optional.empty(),
        Optional.empty(),
        false,
        0);
  }

  /**
   * The same with an address for when the variable is not set.
   *
   * @param address of http or https, without query
   * @return a new service
   */
  public ApiService withBaseUrl(String address) {
    return with(
        new ApiVariables(
            name(), Optional.of(URI.create(address)), variables.timeout(), variables.need()));
  }

  /**
   * The same with another time for an attempt, for when the variable is not set.
   *
   * @param limit positive
   * @return a new service
   */
  public ApiService withTimeout(Duration limit) {
    return with(new ApiVariables(name(), variables.baseUrl(), limit, variables.need()));
  }

  /**
   * The same with the key in another place.
   *
   * @param place where; {@link ApiKeyLocation#none()} for a service without keys
   * @return a new service
   */
  public ApiService withKey(ApiKeyLocation place) {
    KeyNeed need = place instanceof ApiKeyLocation.None ? KeyNeed.NONE : variables.need();
    return new ApiService(
        needing(need),
        place,
        headers,
        maxAttempts,
        requestsPerMinute,
        concurrency,
        publicAddressesOnly,
        redirects);
  }

  /**
   * The same for a service that also answers without a key.
   *
   * @return a new service
   */
  public ApiService withOptionalKey() {
    return with(needing(KeyNeed.OPTIONAL));
  }

  /**
   * The same with one more header on every request.
   *
   * @param name of the header
   * @param value no secret
   * @return a new service
   */
  public ApiService withHeader(String name, String value) {
    return new ApiService(
        variables,
        key,
        headers.with(name, value),
        maxAttempts,
        requestsPerMinute,
        concurrency,
        publicAddressesOnly,
        redirects);
  }

  /**
   * The same with another number of attempts.
   *
   * @param attempts the first included
   * @return a new service
   */
  public ApiService withMaxAttempts(int attempts) {
    return new ApiService(
        variables,
        key,
        headers,
        attempts,
        requestsPerMinute,
        concurrency,
        publicAddressesOnly,
        redirects);
  }

  /**
   * The same with a limit of requests.
   *
   * @param max a minute, with one key
   * @return a new service
   */
  public ApiService withRequestsPerMinute(int max) {
    return new ApiService(
        variables,
        key,
        headers,
        maxAttempts,
        Optional.of(max),
        concurrency,
        publicAddressesOnly,
        redirects);
  }

  /**
   * The same with a limit of requests under way.
   *
   * @param max at once
   * @return a new service
   */
  public ApiService withConcurrency(int max) {
    return new ApiService(
        variables,
        key,
        headers,
        maxAttempts,
        requestsPerMinute,
        Optional.of(max),
        publicAddressesOnly,
        redirects);
  }

  /**
   * The same, guarded: a request to a server other than its own, by an address from outside or by a
   * redirect, goes to addresses of the public internet only.
   *
   * @return a new service
   */
  public ApiService withPublicAddressesOnly() {
    return new ApiService(
        variables, key, headers, maxAttempts, requestsPerMinute, concurrency, true, redirects);
  }

  /**
   * The same, following redirects. Key and cookies do not go along to another origin.
   *
   * @param max of one call
   * @return a new service
   */
  public ApiService withRedirects(int max) {
    return new ApiService(
        variables,
        key,
        headers,
        maxAttempts,
        requestsPerMinute,
        concurrency,
        publicAddressesOnly,
        max);
  }

  /**
   * Its name.
   *
   * @return in lower case
   */
  public String name() {
    return variables.service();
  }

  /**
   * What it is called with.
   *
   * @param environment what was set, and where
   * @return the settings
   * @throws dev.synthlab.config.ConfigException if anything is wrong, with all that is
   */
  public ApiSettings settings(Environment environment) {
    return ApiSettings.from(environment, variables);
  }

  private ApiVariables needing(KeyNeed need) {
    return new ApiVariables(name(), variables.baseUrl(), variables.timeout(), need);
  }

  private ApiService with(ApiVariables others) {
    return new ApiService(
        others,
        key,
        headers,
        maxAttempts,
        requestsPerMinute,
        concurrency,
        publicAddressesOnly,
        redirects);
  }

  private static void requireWithin(String what, int number, int min, int max) {
    if (number < min || number > max) {
      throw new IllegalArgumentException(
          what + " must be from " + min + " to " + max + ", was " + number);
    }
  }
}
