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
 * @param guarded whether requests to other servers than its own may only go to public addresses
 * @param redirects how many redirects of one call are followed
 */
public record ApiService(
    ApiVariables variables,
    KeyPlace key,
    Headers headers,
    int maxAttempts,
    Optional<Integer> requestsPerMinute,
    Optional<Integer> concurrency,
    boolean guarded,
    int redirects) {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final int ATTEMPTS = 3;
  private static final int MOST_REDIRECTS = 20;

  /** Checks the numbers. */
  public ApiService {
    Objects.requireNonNull(variables);
    Objects.requireNonNull(key);
    Objects.requireNonNull(headers);
    requireWithin("attempts", maxAttempts, 1, 100);
    requireWithin("redirects", redirects, 0, MOST_REDIRECTS);
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
        KeyPlace.bearer(),
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
   * @param place where; {@link KeyPlace#none()} for a service without keys
   * @return a new service
   */
  public ApiService withKey(KeyPlace place) {
    KeyNeed need = place instanceof KeyPlace.Nowhere ? KeyNeed.NONE : variables.need();
    return new ApiService(
        needing(need),
        place,
        headers,
        maxAttempts,
        requestsPerMinute,
        concurrency,
        guarded,
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
        guarded,
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
        variables, key, headers, attempts, requestsPerMinute, concurrency, guarded, redirects);
  }

  /**
   * The same with a limit of requests.
   *
   * @param most a minute, with one key
   * @return a new service
   */
  public ApiService withRequestsPerMinute(int most) {
    return new ApiService(
        variables, key, headers, maxAttempts, Optional.of(most), concurrency, guarded, redirects);
  }

  /**
   * The same with a limit of requests under way.
   *
   * @param most at once
   * @return a new service
   */
  public ApiService withConcurrency(int most) {
    return new ApiService(
        variables,
        key,
        headers,
        maxAttempts,
        requestsPerMinute,
        Optional.of(most),
        guarded,
        redirects);
  }

  /**
   * The same, guarded: a request to a server other than its own, by an address from outside or by a
   * redirect, goes to addresses of the public internet only.
   *
   * @return a new service
   */
  public ApiService withGuard() {
    return new ApiService(
        variables, key, headers, maxAttempts, requestsPerMinute, concurrency, true, redirects);
  }

  /**
   * The same, following redirects. Key and cookies do not go along to another origin.
   *
   * @param most of one call
   * @return a new service
   */
  public ApiService withRedirects(int most) {
    return new ApiService(
        variables, key, headers, maxAttempts, requestsPerMinute, concurrency, guarded, most);
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
        others, key, headers, maxAttempts, requestsPerMinute, concurrency, guarded, redirects);
  }

  private static void requireWithin(String what, int number, int least, int most) {
    if (number < least || number > most) {
      throw new IllegalArgumentException(
          what + " must be from " + least + " to " + most + ", was " + number);
    }
  }
}
