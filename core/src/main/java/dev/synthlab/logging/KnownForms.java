package dev.synthlab.logging;

import dev.synthlab.config.Secret;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;
import java.util.function.IntPredicate;

/** The secrets of this process in every form in which they may be met. Immutable. */
final class KnownForms {
  private static final int SHORTEST = 8;
  private static final String UNRESERVED = "-._~";
  private static final String FORM_UNRESERVED = "-._*";

  private static volatile KnownForms current = new KnownForms(Set.of());

  private final Set<String> secrets;
  private final String[] forms;
  private final int longest;

  private KnownForms(Set<String> secrets) {
    this.secrets = secrets;
    Set<String> all = new LinkedHashSet<>();
    secrets.forEach(secret -> addForms(secret, all));
    all.removeIf(form -> form.length() < SHORTEST);
    this.forms = all.toArray(String[]::new);
    this.longest = all.stream().mapToInt(String::length).max().orElse(0);
  }

  /** The forms of the secrets that are known now. */
  @SuppressWarnings("ReferenceEquality") // the set is a new one whenever a secret was added
  static KnownForms current() {
    Set<String> known = Secret.known();
    KnownForms forms = current;
    if (forms.secrets != known) {
      forms = new KnownForms(known);
      current = forms;
    }
    return forms;
  }

  /** How long the longest form is. */
  int longest() {
    return longest;
  }

  /** Hides every form in the text. */
  void hideIn(String text, Stretches stretches) {
    for (String form : forms) {
      for (int at = text.indexOf(form); at >= 0; at = text.indexOf(form, at + 1)) {
        stretches.hide(at, at + form.length());
      }
    }
  }

  /** Where the longest end of the text begins that may grow to a form; its length if none. */
  int openFrom(String text) {
    for (int at = Math.max(0, text.length() - longest + 1); at < text.length(); at++) {
      int left = text.length() - at;
      for (String form : forms) {
        if (form.length() > left && form.startsWith(text.substring(at))) {
          return at;
        }
      }
    }
    return text.length();
  }

  private static void addForms(String secret, Set<String> all) {
    byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
    addWritten(secret, all);
    addPercent(secret, c -> alphanumeric(c) || FORM_UNRESERVED.indexOf(c) >= 0, "+", all);
    addPercent(secret, KnownForms::alphanumeric, "%20", all);
    addPercent(secret, c -> c > ' ' && c < 0x7f && "%\"<>/?#@:".indexOf(c) < 0, "%20", all);
    addPercent(secret, c -> false, "%20", all);
    String hex = HexFormat.of().formatHex(bytes);
    all.add(hex);
    all.add(hex.toUpperCase(Locale.ROOT));
    addBase64(bytes, Base64.getEncoder(), all);
    addBase64(bytes, Base64.getUrlEncoder(), all);
  }

  /** A text as it stands, in JSON and in an address. */
  private static void addWritten(String text, Set<String> all) {
    all.add(text);
    for (IntPredicate escaped :
        Set.<IntPredicate>of(c -> false, c -> "<>&'=+".indexOf(c) >= 0, c -> c == '/')) {
      for (boolean ascii : new boolean[] {true, false}) {
        all.add(json(text, escaped, ascii, "\\u%04x"));
        all.add(json(text, escaped, ascii, "\\u%04X"));
      }
    }
    addPercent(text, c -> alphanumeric(c) || UNRESERVED.indexOf(c) >= 0, "%20", all);
  }

  /**
   * Base64 of the secret alone and, for each of the three places in which it may begin within a
   * group of bytes, those characters that depend on the secret only.
   */
  private static void addBase64(byte[] bytes, Base64.Encoder encoder, Set<String> all) {
    addWritten(encoder.encodeToString(bytes), all);
    addWritten(encoder.withoutPadding().encodeToString(bytes), all);
    for (int before = 0; before < 3; before++) {
      byte[] shifted = new byte[before + bytes.length];
      System.arraycopy(bytes, 0, shifted, before, bytes.length);
      String encoded = encoder.withoutPadding().encodeToString(shifted);
      int first = (before * 8 + 5) / 6;
      int last = shifted.length * 8 / 6;
      addWritten(encoded.substring(first, last), all);
    }
  }

  private static String json(String text, IntPredicate escaped, boolean ascii, String unicode) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\' || (c == '/' && escaped.test(c))) {
        out.append('\\').append(c);
      } else if (c < ' ' || (ascii && c > '~') || escaped.test(c)) {
        out.append(String.format(Locale.ROOT, unicode, (int) c));
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }

  private static void addPercent(String text, IntPredicate plain, String space, Set<String> all) {
    StringBuilder upper = new StringBuilder();
    StringBuilder lower = new StringBuilder();
    for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
      int c = each & 0xff;
      if (plain.test(c)) {
        upper.append((char) c);
        lower.append((char) c);
      } else if (c == ' ') {
        upper.append(space);
        lower.append(space);
      } else {
        upper.append(String.format(Locale.ROOT, "%%%02X", c));
        lower.append(String.format(Locale.ROOT, "%%%02x", c));
      }
    }
    all.add(upper.toString());
    all.add(lower.toString());
  }

  private static boolean alphanumeric(int c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  }
}
