package dev.synthlab.logging;

import dev.synthlab.config.Secret;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The secrets of this process in all their encodings. A text is searched as it stands, and again
 * after each of a few steps of decoding; each search finds all encodings in one pass, so that its
 * time depends on the length of the text and not on the number of secrets. Immutable.
 */
final class KnownSecrets {
  private static volatile KnownSecrets current = new KnownSecrets(Set.of());

  private final Set<String> secrets;
  private final AhoCorasick exact;
  private final AhoCorasick letters;

  KnownSecrets(Set<String> secrets) {
    this.secrets = secrets;
    Set<String> written = new LinkedHashSet<>();
    Set<String> bare = new LinkedHashSet<>();
    for (String secret : secrets) {
      SecretEncodings forms = new SecretEncodings(secret);
      written.addAll(forms.exact());
      bare.addAll(forms.letters());
    }
    this.exact = new AhoCorasick(written);
    this.letters = new AhoCorasick(bare);
  }

  /** The secrets that are known now; their encodings are computed on the first use. */
  @SuppressWarnings("ReferenceEquality") // the set is a new one whenever a secret was added
  static KnownSecrets current() {
    Set<String> known = Secret.known();
    KnownSecrets forms = current;
    if (forms.secrets != known) {
      forms = new KnownSecrets(known);
      current = forms;
    }
    return forms;
  }

  /**
   * Hides every form in the text.
   *
   * @param text any text
   * @param more whether more text may come after this one
   * @param ranges receives what is hidden
   * @return where the longest end of the text begins that may become a form; its length if none
   */
  int hideIn(String text, boolean more, MaskedRanges ranges) {
    if (secrets.isEmpty()) {
      return text.length();
    }
    DecodedText view = DecodedText.of(text);
    int open = hideIn(view, more, ranges);
    DecodedText mail = view.without(EscapeForm.QUOTED_PRINTABLE, more);
    if (mail != view) {
      open = Math.min(open, hideIn(mail, more, ranges));
    }
    for (int step = 0; step < SecretEncodings.MAX_STEPS; step++) {
      DecodedText decoded = view.without(EscapeForm.COMMON, more);
      if (decoded == view) {
        break;
      }
      open = Math.min(open, hideIn(decoded, more, ranges));
      view = decoded;
    }
    return open;
  }

  private int hideIn(DecodedText view, boolean more, MaskedRanges ranges) {
    int open = Math.min(hideExact(view, ranges), hideLetters(view, more, false, ranges));
    if (AlphanumericText.hasCommands(view)) {
      // What looks like an escape sequence may be the beginning of a form.
      open = Math.min(open, hideLetters(view, more, true, ranges));
    }
    return Math.min(open, view.stop());
  }

  private int hideExact(DecodedText view, MaskedRanges ranges) {
    int state = AhoCorasick.START;
    for (int at = 0; at < view.length(); at++) {
      state = exact.step(state, view.at(at));
      int found = exact.found(state);
      if (found > 0) {
        ranges.hide(view.start(at + 1 - found), view.end(at));
      }
    }
    int open = exact.open(state);
    return open == 0 ? view.stop() : view.start(view.length() - open);
  }

  private int hideLetters(
      DecodedText view, boolean more, boolean skipsCommands, MaskedRanges ranges) {
    // The positions of the last letters, as many as the longest form has.
    int[] places = new int[powerOfTwo(Math.min(letters.max(), view.length()))];
    int last = places.length - 1;
    int count = 0;
    int state = AhoCorasick.START;
    AlphanumericText each = new AlphanumericText(view, more, skipsCommands);
    while (each.next()) {
      places[count++ & last] = each.index();
      state = letters.step(each.broken() ? AhoCorasick.START : state, each.letter());
      int found = letters.found(state);
      if (found > 0) {
        ranges.hide(view.start(places[(count - found) & last]), view.end(each.index()));
      }
    }
    int open = each.broken() ? 0 : letters.open(state);
    return open == 0 ? view.stop() : view.start(places[(count - open) & last]);
  }

  private static int powerOfTwo(int min) {
    return Integer.highestOneBit(Math.max(1, min)) << 1;
  }
}
