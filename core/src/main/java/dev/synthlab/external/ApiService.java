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
 * The description of an HTTP service: its name, default base URL, API key location, and limits.
 * Immutable.
 */
public final class ApiService {
  private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);
  private static final int MAX_REDIRECTS = 20;

  private final ApiVariables variables;
  private final ApiKeyLocation key;
  private final Headers headers;
  private final Traits traits;

  /** The numbers and switches of a service. */
  private record Traits(
      int maxAttempts,
      Optional<Integer> requestsPerMinute,
      Optional<Integer> concurrency,
      boolean publicAddressesOnly,
      int redirects) {
    static final Traits DEFAULT = new Traits(3, Optional.empty(), Optional.empty(), false, 0);

    Traits {
      requireRange("attempts", maxAttempts, 1, 100);
      requireRange("redirects", redirects, 0, MAX_REDIRECTS);
      requestsPerMinute.ifPresent(n -> requireRange("requests a minute", n, 1, 100_000_000));
      concurrency.ifPresent(n -> requireRange("concurrency", n, 1, 100_000));
    }
  }

  private ApiService(ApiVariables variables, ApiKeyLocation key, Headers headers, Traits traits) {
    this.variables = Objects.requireNonNull(variables);
    this.key = Objects.requireNonNull(key);
    this.headers = Objects.requireNonNull(headers);
    this.traits = traits;
  }

  /**
   * A service with defaults: bearer key, no default base URL, a timeout of 30 s, three attempts, no
   * rate limit, no redirects.
   *
   * @param name in lower case, words joined by {@code -} or {@code _}; in upper case it is the
   *     prefix of its environment variables
   * @return the service
   */
  public static ApiService named(String name) {
    ApiVariables variables =
        new ApiVariables(name, Optional.empty(), DEFAULT_TIMEOUT, KeyNeed.REQUIRED);
    return new ApiService(variables, ApiKeyLocation.bearer(), Headers.NONE, Traits.DEFAULT);
  }

  /**
   * A copy with a default base URL, used when the variable is not set.
   *
   * @param baseUrl of http or https, without query
   * @return the copy
   */
  public ApiService withBaseUrl(String baseUrl) {
    return with(
        new ApiVariables(
            name(), Optional.of(URI.create(baseUrl)), variables.timeout(), variables.need()));
  }

  /**
   * A copy with another default timeout of an attempt, used when the variable is not set.
   *
   * @param timeout positive
   * @return the copy
   */
  public ApiService withTimeout(Duration timeout) {
    return with(new ApiVariables(name(), variables.baseUrl(), timeout, variables.need()));
  }

  /**
   * A copy with another location of the API key.
   *
   * @param location {@link ApiKeyLocation#none()} for a service without keys
   * @return the copy
   */
  public ApiService withKey(ApiKeyLocation location) {
    KeyNeed need = location instanceof ApiKeyLocation.None ? KeyNeed.NONE : variables.need();
    return new ApiService(withKeyNeed(need), location, headers, traits);
  }

  /**
   * A copy for a service that also accepts requests without a key.
   *
   * @return the copy
   */
  public ApiService withOptionalKey() {
    return with(withKeyNeed(KeyNeed.OPTIONAL));
  }

  /**
   * A copy that sends one more header with every request.
   *
   * @param name of the header
   * @param value not secret
   * @return the copy
   */
  public ApiService withHeader(String name, String value) {
    return new ApiService(variables, key, headers.with(name, value), traits);
  }

  /**
   * A copy with another maximum number of attempts.
   *
   * @param attempts the first attempt included
   * @return the copy
   */
  public ApiService withMaxAttempts(int attempts) {
    return with(
        new Traits(
            attempts,
            traits.requestsPerMinute,
            traits.concurrency,
            traits.publicAddressesOnly,
            traits.redirects));
  }

  /**
   * A copy with a rate limit.
   *
   * @param max requests a minute with one key
   * @return the copy
   */
  public ApiService withRequestsPerMinute(int max) {
    return with(
        new Traits(
            traits.maxAttempts,
            Optional.of(max),
            traits.concurrency,
            traits.publicAddressesOnly,
            traits.redirects));
  }

  /**
   * A copy with a concurrency limit.
   *
   * @param max requests in flight
   * @return the copy
   */
  public ApiService withConcurrency(int max) {
    return with(
        new Traits(
            traits.maxAttempts,
            traits.requestsPerMinute,
            Optional.of(max),
            traits.publicAddressesOnly,
            traits.redirects));
  }

  /**
   * A copy that sends requests to other servers than its own (absolute URLs, redirects) only to
   * addresses of the public internet.
   *
   * @return the copy
   */
  public ApiService withPublicAddressesOnly() {
    return with(
        new Traits(
            traits.maxAttempts,
            traits.requestsPerMinute,
            traits.concurrency,
            true,
            traits.redirects));
  }

  /**
   * A copy that follows redirects. Key and cookies are not sent to another origin.
   *
   * @param max redirects of one call
   * @return the copy
   */
  public ApiService withRedirects(int max) {
    return with(
        new Traits(
            traits.maxAttempts,
            traits.requestsPerMinute,
            traits.concurrency,
            traits.publicAddressesOnly,
            max));
  }

  /**
   * The name of the service.
   *
   * @return in lower case
   */
  public String name() {
    return variables.service();
  }

  /**
   * Reads the settings of this service.
   *
   * @param environment the variables and their origins
   * @return the settings
   * @throws dev.synthlab.config.ConfigException if variables are missing or invalid; it names all
   *     of them
   */
  public ApiSettings settings(Environment environment) {
    return ApiSettings.from(environment, variables);
  }

  @Override
  public String toString() {
    return "ApiService[" + name() + "]";
  }

  ApiKeyLocation key() {
    return key;
  }

  Headers headers() {
    return headers;
  }

  int maxAttempts() {
    return traits.maxAttempts;
  }

  Optional<Integer> requestsPerMinute() {
    return traits.requestsPerMinute;
  }

  Optional<Integer> concurrency() {
    return traits.concurrency;
  }

  boolean publicAddressesOnly() {
    return traits.publicAddressesOnly;
  }

  int redirects() {
    return traits.redirects;
  }

  private ApiVariables withKeyNeed(KeyNeed need) {
    return new ApiVariables(name(), variables.baseUrl(), variables.timeout(), need);
  }

  private ApiService with(ApiVariables changed) {
    return new ApiService(changed, key, headers, traits);
  }

  private ApiService with(Traits changed) {
    return new ApiService(variables, key, headers, changed);
  }

  private static void requireRange(String what, int number, int min, int max) {
    if (number < min || number > max) {
      throw new IllegalArgumentException(
          what + " must be from " + min + " to " + max + ", was " + number);
    }
  }
}
