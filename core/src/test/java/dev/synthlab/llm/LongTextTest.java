package dev.synthlab.llm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class LongTextTest {
  @Test
  void equalsTheConcatenationOfItsParts() {
    Random random = new Random(12);
    ChatTextBuffer text = new ChatTextBuffer();
    StringBuilder all = new StringBuilder();
    assertThat(text.isEmpty()).isTrue();
    assertThat(text).hasToString("");

    for (int i = 0; i < 300; i++) {
      int before = all.length();
      for (int deltas = random.nextInt(3); deltas >= 0; deltas--) {
        int length = random.nextInt(10) == 0 ? random.nextInt(200_000) : random.nextInt(40);
        String delta = Character.toString('a' + i % 26).repeat(length);
        text.append(delta);
        all.append(delta);
      }

      assertThat(text.since(before)).isEqualTo(all.substring(before));
      assertThat(text.length()).isEqualTo(all.length());
      if (i % 50 == 0) {
        assertThat(text).hasToString(all.toString());
      }
    }
    assertThat(text).hasToString(all.toString());
  }
}
