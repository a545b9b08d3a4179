package dev.synthlab.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import dev.synthlab.llm.LlmClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

class SynthlabExtensionTest {

  /** Not a test class of its own: its tests are run one by one, and some of them must fail. */
  @ExtendWith(SynthlabExtension.class)
  static class Sample {
    @BeforeEach
    void greets(FakeLlm llm) {
      llm.when(RequestMatcher.promptContains("Hello")).answers("hi");
    }

    @Test
    void succeeds(FakeLlm llm, LlmClient client, ManualTimer timer) {
      assertThat(client.complete("Hello")).isEqualTo("hi");
      assertThat(timer).isSameAs(llm.timer());
    }

    @Test
    void leavesAReplyUnused(FakeLlm llm) {
      assertThat(llm.requests()).isEmpty();
    }

    @Test
    void allowsUnused(FakeLlm llm) {
      llm.allowUnused();
    }

    @Test
    void sendsAnotherRequest(LlmClient client) {
      client.complete("Bye");
    }

    @Test
    void failsWithoutARequest() {
      fail("for a reason of its own");
    }

    @Test
    void wantsAnUnknownParameter(StringBuilder text) {
      text.append("never");
    }
  }

  @Test
  void givesATestItsModelClientAndClock() {
    assertThat(run("succeeds", FakeLlm.class, LlmClient.class, ManualTimer.class)).isEmpty();
  }

  @Test
  void failsATestThatLeavesAReplyUnused() {
    assertThat(run("leavesAReplyUnused", FakeLlm.class).orElseThrow())
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("when the prompt contains \"Hello\": answers \"hi\"");
    assertThat(run("allowsUnused", FakeLlm.class)).isEmpty();
  }

  @Test
  void failsATestWithARequestWithoutAReply() {
    assertThat(run("sendsAnotherRequest", LlmClient.class).orElseThrow())
        .isInstanceOf(AssertionError.class)
        .hasMessageStartingWith("No reply for request 1");
  }

  @Test
  void keepsTheFailureOfTheTestAndAddsItsOwn() {
    Throwable failure = run("failsWithoutARequest").orElseThrow();

    assertThat(failure).hasMessage("for a reason of its own");
    assertThat(failure.getSuppressed()).hasSize(1);
    assertThat(failure.getSuppressed()[0]).hasMessageStartingWith("Not used");
  }

  @Test
  void leavesOtherParametersToOthers() {
    assertThat(run("wantsAnUnknownParameter", StringBuilder.class).orElseThrow())
        .isInstanceOf(ParameterResolutionException.class);
  }

  private static Optional<Throwable> run(String method, Class<?>... parameters) {
    List<TestExecutionResult> results = new ArrayList<>();
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request()
            .selectors(selectMethod(Sample.class, method, parameters))
            .build();
    LauncherFactory.create()
        .execute(
            request,
            new TestExecutionListener() {
              @Override
              public void executionFinished(TestIdentifier test, TestExecutionResult result) {
                if (test.isTest()) {
                  results.add(result);
                }
              }
            });
    assertThat(results).hasSize(1);
    return results.getFirst().getThrowable();
  }
}
