package dev.synthlab.logging;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthlab.config.Secret;
import dev.synthlab.testing.Encodings;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SecretEncodingsTest {
  private static final String LONG = "sk-proj-Hidden_7Forms/8Key+9";
  private static final String SHORT = "pw:4Q/x9";
  private static final String ODD = "z\u00fcrich+k=y&\"q\" \\<%>#17 Ok";

  @BeforeAll
  static void makeThemKnown() {
    assertThat(List.of(Secret.of(LONG), Secret.of(SHORT), Secret.of(ODD))).hasSize(3);
  }

  static Stream<Arguments> forms() {
    Map<String, Map<String, String>> all =
        Map.of(
            LONG, Encodings.ofLong(LONG), ODD, Encodings.ofAny(ODD), SHORT, Encodings.ofAny(SHORT));
    return all.entrySet().stream()
        .flatMap(
            key ->
                key.getValue().entrySet().stream()
                    .map(form -> Arguments.of(form.getKey(), key.getKey(), form.getValue())));
  }

  @ParameterizedTest(name = "{0} of {1}")
  @MethodSource("forms")
  void redactsASecretInEveryEncoding(String name, String key, String form) {
    String shown = Redactor.redactKnown("an echo <" + form + "> of it");

    assertThat(shown).startsWith("an echo <").contains("****").endsWith("> of it");
    assertThat(left(shown)).isLessThanOrEqualTo(form.length() / 4 + 3);
    assertThat(Redactor.redactKnown(shown)).isEqualTo(shown);
  }

  @ParameterizedTest(name = "{0} of {1}")
  @MethodSource("forms")
  void redactsASecretWhereverAStreamIsSplit(String name, String key, String form) {
    String text = "an echo <" + form + "> of it";
    for (int cut = 0; cut <= text.length(); cut++) {
      RedactingStream stream = Redactor.streamingKnown();

      String shown =
          stream.next(text.substring(0, cut)) + stream.next(text.substring(cut)) + stream.end();

      assertThat(shown).isEqualTo(Redactor.redactKnown(text));
    }
  }

  @ParameterizedTest(name = "{0} of {1}")
  @MethodSource("forms")
  void showsNoBeginningOfASecretWhereverATextIsTruncated(String name, String key, String form) {
    String text = "an echo <" + form + "> of it";
    String whole = Redactor.redactKnown(text);
    for (int max = 0; max <= text.length(); max++) {
      String shown = Redactor.redactKnownBeginning(text, max);

      assertThat(shown).hasSizeLessThanOrEqualTo(max);
      assertThat(whole).startsWith(shown);
    }
    String beyond = text + " and so on".repeat(500);
    String wholeBeyond = Redactor.redactKnown(beyond);
    // Over all forms every remainder occurs.
    for (int max = form.length() % 7; max <= text.length(); max += 7) {
      assertThat(wholeBeyond).startsWith(Redactor.redactKnownBeginning(beyond, max));
    }
  }

  @ParameterizedTest(name = "{0} of {1}")
  @MethodSource("forms")
  void showsNoBeginningOfASecretInATruncatedText(String name, String key, String form) {
    String text = "an echo <" + form + "> of it";
    String whole = Redactor.redactKnown(text);
    int begin = whole.indexOf("****");
    for (int end = begin + 1; end < text.length() - 8; end++) {
      String shown = Redactor.redactCut(text.substring(0, end));

      assertThat(whole.substring(0, begin)).startsWith(shown.replace("*", ""));
    }
  }

  /** How many characters of a form are still there. */
  private static int left(String shown) {
    String within = shown.replaceAll("https://user:|@host/|\\?x=ab|&y=1|an echo <|> of it", "");
    return within.length() - "****".length();
  }

  @Test
  void redactsManySecretsInAboutTheTimeOfOne() {
    Random random = new Random(5);
    Set<String> many = new HashSet<>();
    while (many.size() < 200) {
      many.add("sk-proj-" + Long.toString(random.nextLong() >>> 1, 36) + many.size());
    }
    KnownSecrets one = new KnownSecrets(Set.of("sk-proj-" + 123_456_789_012L));
    KnownSecrets all = new KnownSecrets(many);
    for (String unit : List.of("sk-proj-", "sk-proj-1a", "c2stcHJvai", "736b2d70726f6a2d", "x ")) {
      String text = unit.repeat((1 << 20) / unit.length());

      long little = Doubling.millis(() -> one.hideIn(text, false, new MaskedRanges()));
      long much = Doubling.millis(() -> all.hideIn(text, false, new MaskedRanges()));

      assertThat(much).as(unit).isLessThan(Math.max(little, 20) * 20);
    }
  }

  @Test
  void leavesTextThatOnlyResemblesASecretUnchanged() {
    KnownSecrets forms = new KnownSecrets(Set.of("my password"));
    MaskedRanges stretches = new MaskedRanges();

    String text = "my, password; MY PASSWORD, my password";
    forms.hideIn(text, false, stretches);

    assertThat(stretches.in(text)).isEqualTo("my, password; MY PASSWORD, ****");
    assertThat(text.toLowerCase(Locale.ROOT)).isNotEqualTo(text);
  }
}
