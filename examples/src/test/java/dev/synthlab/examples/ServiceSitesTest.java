package dev.synthlab.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.synthlab.config.Secret;
import dev.synthlab.examples.CallSites.Person;
import dev.synthlab.llm.LlmClient;
import dev.synthlab.llm.Outcome;
import dev.synthlab.test.FakeLlm;
import dev.synthlab.test.RequestMatcher;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The code for services in docs/comparison.md works. */
class ServiceSitesTest {
  private static final Person MARIA = new Person("Maria", 34);

  @Test
  void buildsAClientForEachAccountAndShutsItDown() {
    LlmClient llm = ServiceSites.build(Secret.of("sk-test-0123456789abcdef"));
    LlmClient tenant = ServiceSites.account(llm, Secret.of("sk-test-fedcba9876543210"));

    assertThat(ServiceSites.close(llm)).isTrue();
    assertThat(ServiceSites.close(tenant)).isTrue();
    assertThatIllegalStateException().isThrownBy(() -> CallSites.typed(llm));
  }

  @Test
  void asksForRecordsInParallel() {
    try (FakeLlm llm = FakeLlm.create()) {
      llm.when(RequestMatcher.anyRequest()).answers(MARIA);

      assertThat(ServiceSites.parallel(llm.client(), List.of("Maria is 34.", "34, Maria.")))
          .extracting(Outcome::get)
          .extracting(answer -> answer.value())
          .containsExactly(MARIA, MARIA);
    }
  }

  @Test
  void testsWithoutANetwork() {
    // tag::test[]
    try (FakeLlm llm = FakeLlm.create().answers(new Person("Maria", 34))) {
      Person person = CallSites.typed(llm.client());
      assertThat(person).isEqualTo(new Person("Maria", 34));
    }
    // end::test[]
  }
}
