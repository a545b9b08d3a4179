package dev.synthlab.config;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;

/**
 * A value that is never shown: a key, a password. Its text form is {@code ****}. Whatever becomes a
 * secret is known to the process from then on, so that it can be struck out of all that leaves.
 * Immutable, safe for use by many threads.
 */
public final class Secret {
  private static final int SHORTEST_KNOWN = 8;
  private static final int SHORTEST_SHOWN = 12;
  private static final String MASK = "****";

  /** What people write where a key must stand but none is needed; also ordinary words. */
  private static final Set<String> PLACEHOLDERS =
      Set.of(
          "lm-studio",
          "lmstudio",
          "localhost",
          "not-needed",
          "not_needed",
          "notneeded",
          "no-key-needed",
          "no-key-required",
          "not-required",
          "no-api-key",
          "anything",
          "something",
          "password",
          "undefined",
          "dummy-key",
          "placeholder",
          "your-api-key",
          "your_api_key",
          "changeme",
          "token-abc123");

  private static volatile Set<String> known = Set.of();

  private final String value;

  private Secret(String value) {
    this.value = value;
  }

  /**
   * Takes a value into keeping. If it is at least 8 characters long and no well-known placeholder,
   * it is struck out of all text that leaves the process.
   *
   * @param value the value as it is
   * @return the secret
   */
  public static Secret of(String value) {
    Secret secret = new Secret(Objects.requireNonNull(value));
    register(value);
    return secret;
  }

  /**
   * Takes the user-info of an address into keeping: as it stands, decoded, and its password alone.
   *
   * @param raw as it stands before the {@code @}, percent-encoded
   * @return the decoded {@code user:password}
   */
  static Secret ofUserInfo(String raw) {
    String decoded = percentDecoded(raw);
    register(raw);
    for (String form : new String[] {raw, decoded}) {
      int colon = form.indexOf(':');
      register(form.substring(colon + 1));
      // A user without a password is a key: "https://KEY:@host".
      if (colon == form.length() - 1) {
        register(form.substring(0, Math.max(colon, 0)));
      }
    }
    return of(decoded);
  }

  /**
   * All secrets of this process that are long enough to be told from ordinary words.
   *
   * @return an unchanging set; a new one each time a secret was added
   */
  public static Set<String> known() {
    return known;
  }

  /**
   * The value itself, to be sent and never to be shown.
   *
   * @return the value
   */
  public String reveal() {
    return value;
  }

  /**
   * Enough to tell one key from another: its last 4 characters, or none of them if it is shorter
   * than 12.
   *
   * @return for example {@code ****x9Qd}
   */
  public String lastFour() {
    return value.length() < SHORTEST_SHOWN ? MASK : MASK + value.substring(value.length() - 4);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Secret that && value.equals(that.value);
  }

  @Override
  public int hashCode() {
    return value.hashCode();
  }

  @Override
  public String toString() {
    return MASK;
  }

  private static synchronized void register(String value) {
    if (value.strip().length() < SHORTEST_KNOWN
        || known.contains(value)
        || PLACEHOLDERS.contains(value.toLowerCase(Locale.ROOT))) {
      return;
    }
    Set<String> more = new HashSet<>(known);
    more.add(value);
    known = Set.copyOf(more);
  }

  private static String percentDecoded(String raw) {
    byte[] in = raw.getBytes(StandardCharsets.UTF_8);
    byte[] out = new byte[in.length];
    int length = 0;
    for (int i = 0; i < in.length; i++) {
      int high = i + 2 < in.length && in[i] == '%' ? Character.digit(in[i + 1], 16) : -1;
      int low = high < 0 ? -1 : Character.digit(in[i + 2], 16);
      if (low < 0) {
        out[length++] = in[i];
      } else {
        out[length++] = (byte) (high * 16 + low);
        i += 2;
      }
    }
    return new String(out, 0, length, StandardCharsets.UTF_8);
  }
}
