package dev.synthlab.config;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A value that is never shown, such as a key or a password. Its text form is {@code ****}. The
 * process remembers each secret, so that the redactor can mask it in all output. Immutable and
 * thread-safe.
 */
public final class Secret {
  private static final int SHORTEST_KNOWN = 8;
  private static final int SHORTEST_SHOWN = 12;
  private static final String MASK = "****";

  /** Placeholders that users write where a key is required but not used, and ordinary words. */
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

  private static final Set<String> KNOWN = ConcurrentHashMap.newKeySet();
  private static final AtomicLong CHANGES = new AtomicLong();

  private static volatile Snapshot known = new Snapshot(Set.of(), 0);

  private record Snapshot(Set<String> values, long change) {}

  private final String value;

  private Secret(String value) {
    this.value = value;
  }

  /**
   * Creates a secret. If the value has at least 8 characters and is no well-known placeholder, it
   * is masked in all output of the process.
   *
   * @param value the value
   * @return the secret
   */
  public static Secret of(String value) {
    Secret secret = new Secret(Objects.requireNonNull(value));
    register(value);
    return secret;
  }

  /**
   * Creates a secret from the user-info of an address. Its encoded form and its password alone are
   * secrets, too.
   *
   * @param raw the part before the {@code @}, percent-encoded
   * @return the decoded {@code user:password}
   */
  static Secret ofUserInfo(String raw) {
    String decoded = percentDecoded(raw);
    register(raw);
    for (String form : new String[] {raw, decoded}) {
      int colon = form.indexOf(':');
      register(form.substring(colon + 1));
      // Without a password the user name is a key: "https://KEY:@host".
      if (colon == form.length() - 1) {
        register(form.substring(0, Math.max(colon, 0)));
      }
    }
    return of(decoded);
  }

  /**
   * All secrets of this process that are masked.
   *
   * @return an immutable set; a new one after each new secret
   */
  public static Set<String> known() {
    Snapshot snapshot = known;
    long change = CHANGES.get();
    if (snapshot.change() != change) {
      snapshot = new Snapshot(Set.copyOf(KNOWN), change);
      known = snapshot;
    }
    return snapshot.values();
  }

  /** A value that is not masked in output, for what only stands where a secret may. */
  static Secret notMasked(String value) {
    return new Secret(Objects.requireNonNull(value));
  }

  /** Forgets a secret that is no longer valid: it is not masked any more. */
  static void forget(Secret secret) {
    if (KNOWN.remove(secret.value)) {
      CHANGES.incrementAndGet();
    }
  }

  /**
   * The value itself, for sending. It must not be shown.
   *
   * @return the value
   */
  public String reveal() {
    return value;
  }

  /**
   * The last 4 characters, by which users recognize a key; none if it is shorter than 12.
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

  private static void register(String value) {
    if (value.strip().length() >= SHORTEST_KNOWN
        && !PLACEHOLDERS.contains(value.toLowerCase(Locale.ROOT))) {
      if (KNOWN.add(value)) {
        CHANGES.incrementAndGet();
      }
    }
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
