package dev.synthlab.llm;

import static dev.synthlab.test.Replies.chat;
import static dev.synthlab.test.Replies.error;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.synthlab.call.CallException;
import dev.synthlab.call.CallReport;
import dev.synthlab.call.TrafficControl;
import dev.synthlab.config.ConfigException;
import dev.synthlab.config.Secret;
import dev.synthlab.config.Settings;
import dev.synthlab.logging.Redactor;
import dev.synthlab.test.ScriptedServer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Clients that are built by hand. */
class BuilderTest {
  private static final Secret KEY = Secret.of("sk-by-hand-0123456789");
  private ScriptedServer server = ScriptedServer.inTurn(chat("hello"));

  @AfterEach
  void close() {
    server.close();
  }

  private LlmClientBuilder builder(ScriptedServer.Reply... replies) {
    server.close();
    server = ScriptedServer.inTurn(replies);
    return LlmClient.builder().apiKey(KEY).baseUrl(server.base().toString());
  }

  @Test
  void needsOnlyAKeyAndSendsWhatIsSet() {
    try (LlmClient client =
        builder(chat("hello"))
            .organization("org-1")
            .project("proj-1")
            .header("x-tenant", "a; b")
            .header("x-gateway-key", Secret.of("gw-0123456789abc"))
            .model("gpt-4.1")
            .build()) {
      assertThat(client.complete("hi")).isEqualTo("hello");
    }

    ScriptedServer.Seen request = server.seen().getFirst();
    assertThat(request.header("authorization")).isEqualTo("Bearer " + KEY.reveal());
    assertThat(request.header("openai-organization")).isEqualTo("org-1");
    assertThat(request.header("openai-project")).isEqualTo("proj-1");
    assertThat(request.header("x-tenant")).isEqualTo("a; b");
    assertThat(request.header("x-gateway-key")).isEqualTo("gw-0123456789abc");
    assertThat(request.body()).contains("\"model\":\"gpt-4.1\"");
  }

  @Test
  void namesAllThatIsMissingOrWrongInOneException() {
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(
            () ->
                LlmClient.builder()
                    .timeout(Duration.ZERO)
                    .maxAttempts(0)
                    .model(" ")
                    .header("x y", "z")
                    .build())
        .satisfies(
            e ->
                assertThat(e.problems())
                    .extracting(ConfigException.Problem::variable)
                    .containsExactlyInAnyOrder(
                        "timeout", "maxAttempts", "model", "header", "apiKey"))
        .withMessageContaining("set apiKey or credential, or the baseUrl of another server");
  }

  @Test
  void sharesAllButWhatAnotherClientChanges() {
    List<CallReport> reports = new CopyOnWriteArrayList<>();
    try (LlmClient first = builder(chat("hello")).addObserver(reports::add).build();
        LlmClient second = first.toBuilder().model("gpt-4.1").maxAttempts(1).build()) {
      first.complete("hi");
      second.complete("hi");
    }

    assertThat(server.seen()).extracting(ScriptedServer.Seen::connection).containsOnly(1);
    assertThat(server.seen().get(1).body()).contains("\"model\":\"gpt-4.1\"");
    assertThat(server.seen().get(1).header("authorization")).isEqualTo("Bearer " + KEY.reveal());
    assertThat(reports).hasSize(2);
  }

  @Test
  void beginsWithSettings() {
    server.close();
    server = ScriptedServer.inTurn(error(500, "x", "x"));
    Settings settings =
        Settings.builder().apiKey(KEY).baseUrl(server.base().toString()).maxAttempts(9).build();

    try (LlmClient client = LlmClient.builder(settings).maxAttempts(1).build()) {
      assertThatExceptionOfType(CallException.ServerFailed.class)
          .isThrownBy(() -> client.complete("hi"));
    }

    assertThat(server.seen()).hasSize(1);
  }

  @Test
  void refusesOtherLimitsForTheSameAccountOfOneTrafficControl() {
    TrafficControl traffic = TrafficControl.create();
    LlmClientBuilder one = builder(chat("x")).traffic(traffic).requestsPerMinute(10);
    LlmClientBuilder other =
        LlmClient.builder()
            .apiKey(KEY)
            .baseUrl(server.base().toString())
            .traffic(traffic)
            .requestsPerMinute(20);
    one.build().close();

    assertThatIllegalStateException()
        .isThrownBy(other::build)
        .withMessageContaining("10 requests a minute and 20 requests a minute");
    other.keyName("tenant-b").build().close();
  }

  @Test
  void limitsTheCallsInFlight() {
    AtomicInteger inFlight = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    server.close();
    server =
        ScriptedServer.inTurn(
            (socket, out) -> {
              most.accumulateAndGet(inFlight.incrementAndGet(), Math::max);
              Thread.sleep(5);
              inFlight.decrementAndGet();
              return chat("hello").write(socket, out);
            });
    try (LlmClient client =
        LlmClient.builder()
            .apiKey(KEY)
            .baseUrl(server.base().toString())
            .maxConcurrentCalls(3)
            .build()) {
      var calls =
          java.util.stream.Stream.generate(() -> client.askAsync(CompletionRequest.of("hi")))
              .limit(30)
              .toList();

      assertThat(calls).allSatisfy(call -> assertThat(call.join().text()).isEqualTo("hello"));
    }
    assertThat(most.get()).isLessThanOrEqualTo(3);
  }

  @Test
  void asksForTheCredentialBeforeEachAttempt() {
    AtomicInteger minute = new AtomicInteger();
    try (LlmClient client =
        builder(error(500, "x", "x"), chat("hello"))
            .credential(() -> Secret.of("token-of-minute-" + minute.incrementAndGet()))
            .build()) {
      client.complete("hi");
    }

    assertThat(server.seen())
        .extracting(request -> request.header("authorization"))
        .containsExactly("Bearer token-of-minute-1", "Bearer token-of-minute-2");
  }

  @Test
  void asksOnceMoreAfterA401() {
    AtomicInteger asked = new AtomicInteger();
    try (LlmClient client =
        builder(error(401, "expired", "x"), chat("hello"))
            .credential(() -> Secret.of("token-after-" + asked.getAndIncrement()))
            .build()) {
      assertThat(client.complete("hi")).isEqualTo("hello");
    }
    assertThat(server.seen()).hasSize(2);
  }

  @Test
  void failsAtOnceIfTheRefusedCredentialIsStillTheSame() {
    try (LlmClient client =
        builder(error(401, "expired", "x"), chat("hello"))
            .credential(() -> Secret.of("token-that-stays-the-same"))
            .build()) {
      assertThatExceptionOfType(CallException.Authentication.class)
          .isThrownBy(() -> client.complete("hi"));
    }
    assertThat(server.seen()).hasSize(1);
  }

  @Test
  void masksTheLastCredentialsOnly() {
    AtomicInteger asked = new AtomicInteger();
    try (LlmClient client =
        builder(chat("hello"))
            .credential(() -> Secret.of("rotating-credential-" + asked.getAndIncrement() + "x"))
            .build()) {
      for (int i = 0; i < 10; i++) {
        client.complete("hi");
      }
    }

    assertThat(Redactor.redactKnown("rotating-credential-9x")).isEqualTo("****");
    assertThat(Redactor.redactKnown("rotating-credential-6x")).isEqualTo("****");
    assertThat(Secret.known()).doesNotContain("rotating-credential-0x");
  }

  @Test
  void reportsACredentialThatCannotBeObtained() {
    try (LlmClient client =
        builder(chat("hello"))
            .credential(
                () -> {
                  throw new IllegalStateException("the vault is sealed");
                })
            .maxAttempts(1)
            .build()) {
      assertThatExceptionOfType(CallException.ConnectionFailed.class)
          .isThrownBy(() -> client.complete("hi"))
          .withMessageContaining("the vault is sealed");
    }
    assertThat(server.seen()).isEmpty();
  }

  @Test
  void sendsNoMoreRequestsThanItsAttemptsToAServerThatAlwaysAsksToWait() {
    try (LlmClient client =
        builder(error(429, "slow", "x", "retry-after-ms", "1")).maxAttempts(2).build()) {
      assertThatExceptionOfType(CallException.RateLimited.class)
          .isThrownBy(() -> client.complete("hi"));
      assertThat(server.seen()).hasSize(2);

      assertThatExceptionOfType(CallException.RateLimited.class)
          .isThrownBy(() -> client.ask(CompletionRequest.of("hi").withMaxAttempts(1)));
      assertThat(server.seen()).hasSize(3);
    }
  }

  @Test
  void logsWhatAnObserverThrows() {
    try (LlmClient client =
        builder(chat("hello"))
            .addObserver(
                report -> {
                  throw new IllegalStateException("observer");
                })
            .build()) {
      assertThat(client.complete("hi")).isEqualTo("hello");
    }
  }
}
