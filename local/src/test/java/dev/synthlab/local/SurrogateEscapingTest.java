package dev.synthlab.local;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SurrogateEscapingTest {
  @ParameterizedTest
  @ValueSource(
      strings = {"", "plain é", "\uD83D\uDE00 at both ends \uD83D\uDE00", "a\0b", "\uE000\uE001"})
  void restoresTheOriginalText(String text) {
    String folded = SurrogateEscaping.fold(text);

    assertThat(SurrogateEscaping.unfold(folded)).isEqualTo(text);
    assertThat(folded).doesNotContain("\0");
    assertThat(folded.codePoints()).allMatch(point -> point <= 0xFFFF);
  }
}
