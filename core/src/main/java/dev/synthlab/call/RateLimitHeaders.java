package dev.synthlab.call;

import dev.synthlab.http.Headers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A parser of the response headers {@code x-ratelimit-*}, and of their other spellings.
 *
 * @see <a href="https://platform.openai.com/docs/guides/rate-limits">OpenAI on rate limits</a>
 */
final class RateLimitHeaders {
  private static final Pattern TIME =
      Pattern.compile(
          "(?:(\\d{1,6})h)?(?:(\\d{1,6})m(?!s))?(?:(\\d{1,6}(?:\\.\\d+)?)s)?(?:(\\d{1,9})ms)?");
  private static final Pattern RESET =
      Pattern.compile(
          "(?:x-)?ratelimit-reset(?:-[a-z-]+)?|anthropic-ratelimit-[a-z]+(?:-tokens)?-reset");
  private static final Duration MAX = Duration.ofSeconds(60);
  private static final int MAX_DIGITS = 18;
  private static final String REQUESTS_LEFT = "x-ratelimit-remaining-requests";
  private static final String TOKENS_LEFT = "x-ratelimit-remaining-tokens";

  private RateLimitHeaders() {}

  /**
   * The pause after a response that says that no request or no token is left: the time until one
   * request, or one percent of the tokens, is available again.
   */
  static Optional<Duration> pause(Headers headers) {
    Optional<Duration> requests = exhausted(headers, REQUESTS_LEFT, "requests");
    return requests.isPresent() ? requests : exhausted(headers, TOKENS_LEFT, "tokens");
  }

  /**
   * The time until a limit is reset, for a response that says that it is reached: of the limits
   * with nothing left the longest, else of those that do not say what is left the shortest.
   */
  static Optional<Duration> reset(Headers headers, Instant now) {
    List<Duration> reached = new ArrayList<>();
    List<Duration> unknown = new ArrayList<>();
    for (Headers.Field field : headers.fields()) {
      String name = field.name().toLowerCase(Locale.ROOT);
      if (RESET.matcher(name).matches()) {
        Optional<Long> left = number(headers.first(name.replace("reset", "remaining")));
        List<Duration> all = left.isPresent() ? reached : unknown;
        if (left.orElse(0L) == 0) {
          RetryAfter.parse(field.value(), now).ifPresent(all::add);
        }
      }
    }
    return reached.stream()
        .max(Duration::compareTo)
        .or(() -> unknown.stream().min(Duration::compareTo));
  }

  private static Optional<Duration> exhausted(Headers headers, String remaining, String what) {
    Optional<String> stated = headers.first(remaining);
    if (stated.isEmpty()) {
      return Optional.empty();
    }
    Optional<Long> left = number(stated);
    if (left.isEmpty() || left.get() > 0) {
      return Optional.empty();
    }
    long limit = number(headers.first("x-ratelimit-limit-" + what)).filter(n -> n > 0).orElse(1L);
    long parts = what.equals("requests") ? limit : Math.min(limit, 100);
    return headers
        .first("x-ratelimit-reset-" + what)
        .flatMap(RateLimitHeaders::time)
        .map(reset -> reset.dividedBy(parts))
        .filter(Duration::isPositive)
        .map(pause -> pause.compareTo(MAX) < 0 ? pause : MAX);
  }

  private static Optional<Long> number(Optional<String> stated) {
    String text = stated.orElse("").strip();
    return isNumber(text) ? Optional.of(Long.parseLong(text)) : Optional.empty();
  }

  private static boolean isNumber(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return false;
      }
    }
    return !text.isEmpty() && text.length() <= MAX_DIGITS;
  }

  /** Parses a time such as 20ms, 1s, 6m0s or 1h2m3.5s; a number without a unit is seconds. */
  static Optional<Duration> time(String text) {
    String written = text.strip().matches("\\d{1,6}(\\.\\d+)?") ? text.strip() + "s" : text.strip();
    Matcher parts = TIME.matcher(written);
    if (written.isEmpty() || !parts.matches()) {
      return Optional.empty();
    }
    double seconds =
        part(parts, 1) * 3_600 + part(parts, 2) * 60 + part(parts, 3) + part(parts, 4) / 1e3;
    return Optional.of(Duration.ofNanos((long) (seconds * 1e9)));
  }

  private static double part(Matcher parts, int group) {
    return parts.group(group) == null ? 0 : Double.parseDouble(parts.group(group));
  }
}
