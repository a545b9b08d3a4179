package dev.synthlab.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SecretTest {

  @Test
  void showsNoValueInItsTextForm() {
    Secret secret = Secret.of("canary-secret-1");

    assertThat(secret).hasToString("****").isEqualTo(Secret.of("canary-secret-1"));
    assertThat(secret.reveal()).isEqualTo("canary-secret-1");
  }

  @ParameterizedTest
  @CsvSource({"sk-0123456789x9Qd, ****x9Qd", "elevenchars, ****", "abc, ****"})
  void showsAtMostFourCharactersAndNoneOfAShortValue(String value, String shown) {
    assertThat(Secret.of(value).lastFour()).isEqualTo(shown);
  }

  @Test
  void registersItselfForRedaction() {
    Secret.of("canary-secret-2");

    assertThat(Secret.known()).contains("canary-secret-2");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"ollama", "lm-studio", "LM-Studio", "not-needed", "EMPTY", "none", "1234567"})
  void doesNotMaskPlaceholders(String word) {
    Secret.of(word);

    assertThat(Secret.known()).doesNotContain(word);
  }

  @Test
  void registersUserInfoRawDecodedAndThePasswordAlone() {
    Secret secret = Secret.ofUserInfo("ada:p%40ssword%2Fcanary");

    assertThat(secret.reveal()).isEqualTo("ada:p@ssword/canary");
    assertThat(Secret.known())
        .contains(
            "ada:p%40ssword%2Fcanary",
            "p%40ssword%2Fcanary", "ada:p@ssword/canary", "p@ssword/canary");
  }

  @Test
  void registersAUserWithoutAPasswordAsAKey() {
    Secret.ofUserInfo("canary-user-key:");

    assertThat(Secret.known()).contains("canary-user-key");
  }
}
