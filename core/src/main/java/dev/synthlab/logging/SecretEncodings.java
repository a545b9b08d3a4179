package dev.synthlab.logging;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.function.IntUnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The encodings of one secret that are searched for. */
final class SecretEncodings {
  /** The most steps of decoding: JSON within JSON, an address within an address. */
  static final int MAX_STEPS = 4;

  private static final int SHORTEST = 8;
  private static final int SHORTEST_ENCODED = 10;
  private static final int SHORTEST_WITH_DIGIT = 12;
  private static final int SHORTEST_WORDS = 20;
  private static final String UNRESERVED = "-._~";
  private static final String FORM_UNRESERVED = "-._*";

  private final String secret;
  private final byte[] bytes;

  SecretEncodings(String secret) {
    this.secret = secret;
    this.bytes = secret.getBytes(StandardCharsets.UTF_8);
  }

  /** Encodings that are compared character by character. */
  Set<String> exact() {
    Set<String> all = new LinkedHashSet<>();
    addWritten(secret, all);
    all.add(asLatin1(bytes));
    addPercent(secret, c -> alphanumeric(c) || FORM_UNRESERVED.indexOf(c) >= 0, "+", all);
    addPercent(secret, SecretEncodings::alphanumeric, "%20", all);
    addPercent(secret, c -> c > ' ' && c < 0x7f && "%\"<>/?#@:".indexOf(c) < 0, "%20", all);
    addPercent(secret, c -> false, "%20", all);
    all.add(secret.chars().mapToObj(c -> "" + (char) c).collect(Collectors.joining("\0")));
    String hex = HexFormat.of().formatHex(bytes);
    all.add(hex);
    all.add(hex.toUpperCase(Locale.ROOT));
    addBase64(Base64.getEncoder(), all);
    addBase64(Base64.getUrlEncoder(), all);
    all.removeIf(form -> form.length() < SHORTEST);
    return all;
  }

  /** Encodings of which only the letters and digits are compared, in lower case. */
  Set<String> letters() {
    Set<String> all = new LinkedHashSet<>();
    DecodedText view = DecodedText.of(secret);
    for (int step = 0; step <= MAX_STEPS; step++) {
      addPlain(view.text(), all);
      view = view.without(EscapeForm.COMMON, false);
    }
    addPlain(asLatin1(bytes), all);
    addPlain(new StringBuilder(secret).reverse().toString(), all);
    List<byte[]> encodings =
        List.of(bytes, inCharset(StandardCharsets.UTF_16BE), inCharset(StandardCharsets.UTF_16LE));
    for (byte[] each : encodings) {
      addEncoded(HexFormat.of().formatHex(each), all);
      base64Within(each).forEach(text -> addEncoded(text, all));
    }
    for (String once : base64Within(bytes)) {
      base64Within(once.getBytes(StandardCharsets.US_ASCII)).forEach(text -> addEncoded(text, all));
    }
    addEncoded(HexFormat.of().formatHex(Base64.getEncoder().withoutPadding().encode(bytes)), all);
    for (HexFormat hex : List.of(HexFormat.of(), HexFormat.of().withUpperCase())) {
      byte[] digits = hex.formatHex(bytes).getBytes(StandardCharsets.US_ASCII);
      base64Within(digits).forEach(text -> addEncoded(text, all));
    }
    addEncoded(numbers(secret.codePoints(), c -> c), all);
    addEncoded(numbers(IntStream.range(0, bytes.length), i -> bytes[i]), all);
    addEncoded(numbers(IntStream.range(0, bytes.length), i -> bytes[i] & 0xff), all);
    return all;
  }

  /** A secret that could be a few ordinary words is only found with its separators. */
  private static void addPlain(String text, Set<String> all) {
    String letters = AlphanumericText.of(text);
    boolean digit = letters.chars().anyMatch(c -> c >= '0' && c <= '9');
    if (letters.length() >= (digit ? SHORTEST_WITH_DIGIT : SHORTEST_WORDS)) {
      all.add(letters);
      all.add(AlphanumericText.of("a" + text).substring(1));
    }
  }

  private static void addEncoded(String text, Set<String> all) {
    String letters = AlphanumericText.of("a" + text).substring(1);
    if (letters.length() >= SHORTEST_ENCODED) {
      all.add(letters);
    }
  }

  private byte[] inCharset(Charset charset) {
    return secret.getBytes(charset);
  }

  private static String asLatin1(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  private static String numbers(IntStream from, IntUnaryOperator number) {
    return from.mapToObj(each -> String.valueOf(number.applyAsInt(each)))
        .collect(Collectors.joining(","));
  }

  /** A text as it stands, in JSON and in an address. */
  private static void addWritten(String text, Set<String> all) {
    all.add(text);
    for (IntPredicate escaped :
        Set.<IntPredicate>of(c -> false, c -> "<>&'=+".indexOf(c) >= 0, c -> c == '/')) {
      for (boolean ascii : new boolean[] {true, false}) {
        all.add(json(text, escaped, ascii, HexFormat.of()));
        all.add(json(text, escaped, ascii, HexFormat.of().withUpperCase()));
      }
    }
    addPercent(text, c -> alphanumeric(c) || UNRESERVED.indexOf(c) >= 0, "%20", all);
  }

  /**
   * Base64 of the secret alone and, for each of the three places in which it may begin within a
   * group of bytes, those characters that depend on the secret only.
   */
  private void addBase64(Base64.Encoder encoder, Set<String> all) {
    addWritten(encoder.encodeToString(bytes), all);
    addWritten(encoder.withoutPadding().encodeToString(bytes), all);
    base64Within(bytes, encoder).forEach(text -> addWritten(text, all));
  }

  private static List<String> base64Within(byte[] bytes) {
    return base64Within(bytes, Base64.getEncoder());
  }

  private static List<String> base64Within(byte[] bytes, Base64.Encoder encoder) {
    List<String> all = new ArrayList<>();
    for (int before = 0; before < 3; before++) {
      byte[] shifted = new byte[before + bytes.length];
      System.arraycopy(bytes, 0, shifted, before, bytes.length);
      String encoded = encoder.withoutPadding().encodeToString(shifted);
      int first = (before * 8 + 5) / 6;
      int last = shifted.length * 8 / 6;
      all.add(encoded.substring(first, last));
    }
    return all;
  }

  private static String json(String text, IntPredicate escaped, boolean ascii, HexFormat hex) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\' || (c == '/' && escaped.test(c))) {
        out.append('\\').append(c);
      } else if (c < ' ' || (ascii && c > '~') || escaped.test(c)) {
        out.append("\\u").append(hex.toHexDigits(c));
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }

  private static void addPercent(String text, IntPredicate plain, String space, Set<String> all) {
    all.add(percent(text, plain, space, HexFormat.of().withUpperCase()));
    all.add(percent(text, plain, space, HexFormat.of()));
  }

  private static String percent(String text, IntPredicate plain, String space, HexFormat hex) {
    StringBuilder out = new StringBuilder();
    for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
      int c = each & 0xff;
      if (plain.test(c)) {
        out.append((char) c);
      } else if (c == ' ') {
        out.append(space);
      } else {
        out.append('%').append(hex.toHexDigits(each));
      }
    }
    return out.toString();
  }

  private static boolean alphanumeric(int c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  }
}
