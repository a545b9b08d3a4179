package dev.synthlab.external;

import dev.synthlab.http.Headers;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads {@code Link} headers.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8288">RFC 8288</a>
 */
final class LinkHeader {
  /** A target and its parameters; a value in quotes may hold commas and semicolons. */
  private static final Pattern LINK =
      Pattern.compile("<([^>]*)>((?:\\s*;\\s*[^;,=\\s]+(?:\\s*=\\s*(?:\"[^\"]*\"|[^;,\"]*))?)*)");

  private static final Pattern REL =
      Pattern.compile(";\\s*rel\\s*=\\s*(?:\"([^\"]*)\"|([^;,\"\\s]*))", Pattern.CASE_INSENSITIVE);

  private LinkHeader() {}

  /** The target of the link with {@code rel=next}, as the server wrote it. */
  static Optional<String> next(Headers headers) {
    return headers.fields().stream()
        .filter(field -> field.name().equalsIgnoreCase("link"))
        .flatMap(field -> LINK.matcher(field.value()).results())
        .filter(link -> isNext(link.group(2)))
        .map(link -> link.group(1))
        .findFirst();
  }

  private static boolean isNext(String parameters) {
    Matcher rel = REL.matcher(parameters);
    if (!rel.find()) {
      return false;
    }
    String words = rel.group(1) == null ? rel.group(2) : rel.group(1);
    return (" " + words.toLowerCase(Locale.ROOT) + " ").contains(" next ");
  }
}
