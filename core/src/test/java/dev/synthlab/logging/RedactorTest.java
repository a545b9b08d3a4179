package dev.synthlab.logging;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthlab.config.Secret;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedactorTest {
  private static final String PLAIN = "Canary7Plain8Key9";
  private static final String ODD = "c\u00e4n/ary+k=y&\"q\" \\<%>#1";
  private static final String PROSE =
      "Ada said: \"Basic understanding of a bearer token is a key to success?\" (see"
          + " https://example.com/a?b=c&d=e, author@example.com, key=value, 10:30; the ski-lift,"
          + " api keys, tokens, eyes, passwords, gh, hf and sk).\n";

  @BeforeAll
  static void makeThemKnown() {
    assertThat(List.of(Secret.of(PLAIN), Secret.of(ODD))).hasSize(2);
  }

  static Stream<String> forms() {
    return Stream.of(PLAIN, ODD).flatMap(RedactorTest::formsOf);
  }

  private static Stream<String> formsOf(String secret) {
    byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
    String form = URLEncoder.encode(secret, StandardCharsets.UTF_8);
    String json = secret.replace("\\", "\\\\").replace("\"", "\\\"");
    StringBuilder percent = new StringBuilder();
    for (byte each : bytes) {
      percent.append(String.format("%%%02x", each));
    }
    return Stream.of(
        secret,
        json,
        json.replace("/", "\\/"),
        json.replace("\u00e4", "\\u00e4")
            .replace("&", "\\u0026")
            .replace("<", "\\u003c")
            .replace(">", "\\u003e")
            .replace("=", "\\u003d")
            .replace("+", "\\u002b"),
        form,
        form.toLowerCase(Locale.ROOT).equals(form) ? form : lowerHex(form),
        form.replace("+", "%20"),
        percent.toString(),
        Base64.getEncoder().encodeToString(bytes),
        Base64.getUrlEncoder().withoutPadding().encodeToString(bytes),
        URLEncoder.encode(Base64.getEncoder().encodeToString(bytes), StandardCharsets.UTF_8),
        Base64.getEncoder().encodeToString(bytes).replace("/", "\\/"),
        HexFormat.of().formatHex(bytes),
        HexFormat.of().withUpperCase().formatHex(bytes));
  }

  private static String lowerHex(String percentEncoded) {
    StringBuilder out = new StringBuilder(percentEncoded);
    for (int at = out.indexOf("%"); at >= 0; at = out.indexOf("%", at + 1)) {
      out.replace(at, at + 3, out.substring(at, at + 3).toLowerCase(Locale.ROOT));
    }
    return out.toString();
  }

  @ParameterizedTest
  @MethodSource("forms")
  void redactsEveryFormOfASecret(String form) {
    assertThat(Redactor.redactKnown("<" + form + ">")).isEqualTo("<****>");
    assertThat(Redactor.redact("said " + form + " twice " + form))
        .isEqualTo("said **** twice ****");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\u001b[", "\u009b", "\u001b[1;"})
  void findsASecretWhoseBeginningLooksLikeAnEscapeSequence(String before) {
    String hex = HexFormat.ofDelimiter("\n").formatHex(PLAIN.getBytes(StandardCharsets.UTF_8));

    assertThat(Redactor.redactKnown(before + hex)).endsWith("****").hasSizeLessThan(12);
  }

  @Test
  void findsASecretInsideALongerBase64Text() {
    for (String secret : List.of(PLAIN, ODD)) {
      for (int before = 0; before < 7; before++) {
        String text = "u".repeat(before) + secret + "and more";
        String encoded = Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));

        String shown = Redactor.redactKnown(encoded);

        assertThat(shown).contains("****");
        // Without the middle of the secret nobody gets more of it than its edges.
        assertThat(encoded.length() - shown.length() + 4)
            .isGreaterThanOrEqualTo(secret.getBytes(StandardCharsets.UTF_8).length * 8 / 6 - 1);
      }
    }
  }

  @Test
  void redactsASecretAsSoonAsItIsRegistered() {
    String later = "told-only-later-" + 8812;
    assertThat(Redactor.redactKnown(later)).isEqualTo(later);

    assertThat(Secret.of(later)).isNotNull();

    assertThat(Redactor.redactKnown(later)).isEqualTo("****");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "Incorrect API key provided: sk-proj-abcDEF_123-xyz. | Incorrect API key provided: ****.",
        "sk-ant-api03-abcdefgh and sk-live12345 | **** and ****",
        "(gsk_abcdefgh12345678) | (****)",
        "Authorization: Bearer abc.def-123 | Authorization: Bearer ****",
        "used bearer eyJx1_y ok | used bearer **** ok",
        "{\"Authorization\": \"Basic em9lOndpbnRl\"} | {\"Authorization\": \"Basic ****\"}",
        "Basic em9lOndpbnRlcmx5IQ== sent | Basic **** sent",
        "api-key: 0123456789abcdef | api-key: ****",
        "X-Api-Key=abcdef123456; x | X-Api-Key=****; x",
        "'api_key': 'plainoldkey' | 'api_key': '****'",
        "OPENAI_API_KEY=abcdef123456 | OPENAI_API_KEY=****",
        "proxy-authorization: custom-thing | proxy-authorization: ****",
        "AKIAIOSFODNN7EXAMPLE | ****",
        "ghp_abcdefghijklmnopqrstuvwxyz012345 | ****",
        "github_pat_11ABCDEFG0123456789_abc | ****",
        "AIzaSyA1234567890abcdefghijklmnopqrstuv | ****",
        "hf_AbCdEfGhIjKlMnOpQrStUv | ****",
        "xoxb-123456789012-abcdef | ****",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl | ****",
        "http://ada:pw@example.com/v1 | http://****@example.com/v1",
        "https://ada:p@ss@example.com | https://****@example.com",
        "postgresql://key@db:5432/x | postgresql://****@db:5432/x",
        "https://e.com/?key=abcdefgh&x=1 | https://e.com/?key=****&x=1",
        "https://e.com/?x=1&access_token=abcdefgh | https://e.com/?x=1&access_token=****",
      })
  void redactsTextThatLooksLikeAKey(String text, String shown) {
    assertThat(Redactor.redact(text)).isEqualTo(shown);
    assertThat(Redactor.redact(shown)).isEqualTo(shown);
    assertThat(Redactor.redactKnown(text)).isSameAs(text);
  }

  @Test
  void leavesOrdinaryTextUnchanged() {
    assertThat(Redactor.redact(PROSE)).isSameAs(PROSE);
    assertThat(Redactor.redact("")).isEmpty();
  }

  static Stream<String> slowTexts() {
    Stream<String> begun =
        Stream.of(
                "sk-abcdefgh1 ",
                "eyJhbGciOiJ9.eyJzdWIiOiIx.c2lnbmF0 ",
                "ghp_abcdefghijklmnop ",
                "AKIAIOSFODNN7EXAMPLE ",
                "bearer abcdef1 ",
                "basic abcdefgH= ",
                "Authorization: Basic abcdefgh ",
                "\\\"api-key\\\": \\\"abcdefgh ",
                "?access_token=abcdefgh",
                "://ada:pw@host",
                PLAIN + " ",
                ODD + " ")
            .flatMap(
                text ->
                    Stream.iterate(1, i -> i <= text.length(), i -> i + 3)
                        .map(i -> text.substring(0, i)));
    Stream<String> others =
        Stream.of(
            PROSE,
            "eyJ_",
            "eyJ-",
            "://a@",
            "://a:",
            "sk-",
            "a_key=",
            "=",
            "\\",
            "%",
            "%25",
            "&",
            "&#",
            "&#1",
            "&amp;",
            "\\u",
            "\\u0",
            "\\u0043",
            "\\\\u0043",
            "\\\\\\\\u0043",
            "\\u{",
            "=4",
            "=43",
            "0x",
            "0x4",
            "U+",
            "U+004",
            "*",
            "****",
            "\u001b[",
            "\u001b[1",
            "\u009b",
            "Q2FuYXJ5",
            "Q2Fu\n",
            "43616e",
            "43 61 ",
            "67,97,",
            "%43%61",
            "%2543",
            "c a n a r y",
            "\u0000",
            "c\u0000",
            "C" + " ".repeat(60));
    return Stream.concat(begun, others).distinct();
  }

  @ParameterizedTest
  @MethodSource("slowTexts")
  void redactsLongTextInLinearTime(String unit) {
    Doubling.holds(unit, Doubling.LONG, Redactor::redact);
  }

  @Tag("deep")
  @ParameterizedTest
  @MethodSource("slowTexts")
  void redactsALargeAnswerInLinearTime(String unit) {
    Doubling.holds(unit, Doubling.LONGEST, Redactor::redact);
  }

  @Test
  void readsOnlyThePartOfALongTextThatItShows() {
    String text = PROSE.repeat(40_000);

    long whole = Doubling.millis(() -> Redactor.redactBeginning(text, 200));

    assertThat(whole).isLessThan(50);
  }

  @Test
  void splitsNoSurrogatePair() {
    assertThat(Redactor.redactBeginning("a\ud83d\ude00b", 2)).isEqualTo("a");
    assertThat(Redactor.redactBeginning("a\ud83d\ude00b", 3)).isEqualTo("a\ud83d\ude00");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sk-proj-abcDEF_123-xyz",
        "Authorization: Bearer abcdef.123",
        "http://ada:password@example.com",
        "api-key: 0123456789abcdef",
        "?key=abcdefgh&x",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"
      })
  void showsNoBeginningOfTextThatLooksLikeAKey(String key) {
    String text = "say " + key + " now" + " and so on".repeat(1_000);
    String whole = Redactor.redact(text);
    for (int max = 0; max < 100; max++) {
      assertThat(whole).startsWith(Redactor.redactBeginning(text, max));
    }
    for (int end = 5; end < 4 + key.length(); end++) {
      assertThat(Redactor.redactCut(text.substring(0, end))).endsWith("****");
    }
  }

  @RepeatedTest(100)
  void redactsSecretsForAnyDivisionOfAStream(RepetitionInfo run) {
    Random random = new Random(run.getCurrentRepetition());
    List<String> forms = forms().toList();
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 6; i++) {
      int from = random.nextInt(PROSE.length());
      text.append(PROSE, from, from + random.nextInt(PROSE.length() - from));
      text.append(forms.get(random.nextInt(forms.size())));
    }
    String whole = text.toString();

    assertThat(streamed(whole, Redactor.streamingKnown(), random))
        .isEqualTo(Redactor.redactKnown(whole));
  }

  @Test
  void emitsOrdinaryTextAtOnceAndBuffersPossibleSecrets() {
    RedactingStream stream = Redactor.streamingKnown();

    StringBuilder shown = new StringBuilder();
    int told = 0;
    for (String piece :
        List.of("Hello, ", "world. ", "Is it Canary7Please ", "or %43", " or Canary8?")) {
      shown.append(stream.next(piece));
      told += piece.length();
      // A few characters may begin an encoded form.
      assertThat(shown).hasSizeGreaterThan(told - 6);
    }
    assertThat(shown.append(stream.next(" -- ")))
        .startsWith("Hello, world. Is it Canary7Please or %43 or");
    assertThat(stream.next("Canary7Pl")).doesNotContain("C");
    assertThat(stream.next("ai")).isEmpty();
    assertThat(stream.next("d. ") + stream.next("It is not.")).startsWith("Canary7Plaid. ");
    assertThat(stream.next("Canary7")).doesNotContain("C");
    assertThat(stream.end()).endsWith("Canary7");
  }

  @Test
  @Timeout(value = 60, unit = TimeUnit.SECONDS)
  void buffersOnlyALimitedAmountOfText() {
    RedactingStream stream = Redactor.streamingKnown();
    StringBuilder shown = new StringBuilder();
    for (int i = 0; i < 200_000; i++) {
      shown.append(stream.next(i % 60 == 0 ? "c" : " "));
    }

    assertThat(shown).hasSizeGreaterThan(180_000);
  }

  @ParameterizedTest
  @CsvSource({
    "'a\u001b[31mb', 'a\\x1b[31mb'",
    "'a\rb', 'a\\x0db'",
    "'a\u0000\u007f\u009b', 'a\\x00\\x7f\\x9b'",
    "'a\u202eb\u2066c\u200f', 'a\\u202eb\\u2066c\\u200f'",
    "'a\u2028b\u2029', 'a\\u2028b\\u2029'",
    "'a\n\tb', 'a\n\tb'",
    "'\u00e4\u20ac\ud83d\ude00 x', '\u00e4\u20ac\ud83d\ude00 x'",
  })
  void makesTerminalControlCharactersVisible(String text, String shown) {
    assertThat(Redactor.printable(text)).isEqualTo(shown);
  }

  @Test
  void escapesLoneSurrogates() {
    char high = '\ud83d';

    assertThat(Redactor.printable("a" + high + "b")).isEqualTo("a\\ud83db");
  }

  @Test
  void printsTextOnOneLine() {
    assertThat(Redactor.printableLine("a\r\nb\tc")).isEqualTo("a\\x0d\\nb\tc");
  }

  private static String streamed(String text, RedactingStream stream, Random random) {
    StringBuilder shown = new StringBuilder();
    int at = 0;
    while (at < text.length()) {
      int end = Math.min(text.length(), at + random.nextInt(12));
      shown.append(stream.next(text.substring(at, end)));
      at = end;
    }
    return shown.append(stream.end()).toString();
  }
}
