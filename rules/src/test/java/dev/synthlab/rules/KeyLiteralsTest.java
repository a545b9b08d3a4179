package dev.synthlab.rules;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class KeyLiteralsTest {
  private static final String KEY = "q7Zp-94_Lx2TmK0vB8sWc";

  @Test
  void doesNotTreatAVariantSpellingOfANameAsAKey() {
    String property = "batch_1_day_max_input_tokens";

    assertThat(KeyLiterals.in("batch1DayMaxInputTokens", property)).isEmpty();
    assertThat(KeyLiterals.inText("batch1DayMaxInputTokens = \"" + property + "\"")).isEmpty();
  }

  @Test
  void detectsARandomKeyInTheSamePlace() {
    assertThat(KeyLiterals.in("batch1DayMaxInputTokens", KEY)).isPresent();
    assertThat(KeyLiterals.inText("batch1DayMaxInputTokens = \"" + KEY + "\"")).hasSize(1);
  }
}
