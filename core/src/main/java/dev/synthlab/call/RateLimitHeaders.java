package dev.synthlab.call;

import dev.synthlab.http.Headers;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a server tells of its limits in {@code x-ratelimit-*}.
 *
 * @see <a href="https://platform.openai.com/docs/guides/rate-limits">OpenAI on rate limits</a>
 */
final class RateLimitHeaders {
  private static final Pattern TIME =
      Pattern.compile(
          "(?:(\\d{1,6})h)?(?:(\\d{1,6})m(?!s))?(?:(\\d{1,6}(?:\\.\\d+)?)s)?(?:(\\d{1,9})ms)?");
  private static final Duration MAX = Duration.ofSeconds(60);

  private RateLimitHeaders() {}

  /**
   * How long nothing should be sent, when nothing is left: the time in which one request, or one
   * part in a hundred of the tokens, comes back.
   */
  static Optional<Duration> pause(Headers headers) {
    return spent(headers, "requests").or(() -> spent(headers, "tokens"));
  }

  private static Optional<Duration> spent(Headers headers, String what) {
    Optional<Long> left = number(headers, "x-ratelimit-remaining-" + what);
    if (left.isEmpty() || left.get() > 0) {
      return Optional.empty();
    }
    long limit = number(headers, "x-ratelimit-limit-" + what).filter(n -> n > 0).orElse(1L);
    long parts = what.equals("requests") ? limit : Math.min(limit, 100);
    return headers
        .first("x-ratelimit-reset-" + what)
        .flatMap(RateLimitHeaders::time)
        .map(reset -> reset.dividedBy(parts))
        .filter(Duration::isPositive)
        .map(pause -> pause.compareTo(MAX) < 0 ? pause : MAX);
  }

  private static Optional<Long> number(Headers headers, String name) {
    return headers
        .first(name)
        .map(String::strip)
        .filter(text -> text.matches("\\d{1,18}"))
        .map(Long::parseLong);
  }

  /** 20ms, 1s, 6m0s, 1h2m3.5s; a bare number is seconds. */
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
