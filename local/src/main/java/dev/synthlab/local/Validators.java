package dev.synthlab.local;

import dev.synthlab.http.Headers;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.regex.Pattern;

/** The strong validators of HTTP, with which {@code If-Range} requests the rest of a file. */
final class Validators {
  private static final Pattern STRONG_TAG = Pattern.compile("\"[\\x21\\x23-\\x7e]*\"");
  private static final Duration MIN_AGE = Duration.ofMinutes(1);

  private Validators() {}

  /** The validator of a response; empty if it has none, or only a weak one. */
  static Optional<String> of(Headers headers) {
    Optional<String> tag = headers.first("etag");
    if (tag.isPresent()) {
      return tag.map(String::strip).filter(value -> STRONG_TAG.matcher(value).matches());
    }
    Optional<ZonedDateTime> sent = headers.first("date").flatMap(Validators::date);
    return headers
        .first("last-modified")
        .map(String::strip)
        .filter(value -> sent.isPresent() && isStrong(value, sent.get()));
  }

  static boolean isUsable(String validator) {
    return STRONG_TAG.matcher(validator).matches() || date(validator).isPresent();
  }

  // A file may change twice within the second that a date names.
  private static boolean isStrong(String modified, ZonedDateTime sent) {
    return date(modified).filter(time -> !time.isAfter(sent.minus(MIN_AGE))).isPresent();
  }

  private static Optional<ZonedDateTime> date(String text) {
    try {
      return Optional.of(ZonedDateTime.parse(text.strip(), DateTimeFormatter.RFC_1123_DATE_TIME));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
