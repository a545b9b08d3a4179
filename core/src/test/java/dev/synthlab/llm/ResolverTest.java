package dev.synthlab.llm;

import static dev.synthlab.test.Replies.chat;
import static dev.synthlab.test.Replies.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.synthlab.call.CallException;
import dev.synthlab.http.Resolver;
import dev.synthlab.test.ScriptedServer;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class ResolverTest {
  private final CountDownLatch never = new CountDownLatch(1);
  private final AtomicInteger lookups = new AtomicInteger();
  private final ScriptedServer server = ScriptedServer.inTurn(chat("hello"));
  private final String base = "http://model.test:" + server.port() + "/v1";

  /** Hangs as a system's lookup does: no interrupt ends it. */
  private final Resolver hanging =
      host -> {
        lookups.incrementAndGet();
        boolean interrupted = false;
        while (never.getCount() > 0) {
          try {
            never.await();
          } catch (InterruptedException e) {
            interrupted = true;
          }
        }
        throw new UnknownHostException(host + interrupted);
      };

  @AfterEach
  void close() {
    never.countDown();
    server.close();
  }

  private static Duration since(long begin) {
    return Duration.ofNanos(System.nanoTime() - begin);
  }

  @Test
  void limitsAHangingLookupByTheConnectTimeout() {
    long begin = System.nanoTime();

    try (EnvironmentClient wired =
        new EnvironmentClient(base, hanging, "SYNTHLAB_LLM_MAX_ATTEMPTS", "3")) {
      assertThatExceptionOfType(CallException.ConnectionFailed.class)
          .isThrownBy(() -> wired.client().complete("hi"))
          .withMessageContainingAll("the name of model.test", "no answer within 600 ms")
          .satisfies(e -> assertThat(e.attempts()).hasSize(3));
    }

    assertThat(since(begin)).isBetween(Duration.ofMillis(1800), Duration.ofSeconds(4));
    assertThat(lookups).hasValue(3);
  }

  @Test
  void limitsAHangingLookupByTheAttemptTimeout() {
    long begin = System.nanoTime();

    try (EnvironmentClient wired =
        new EnvironmentClient(
            base, hanging, "SYNTHLAB_TIMEOUT", "100ms", "SYNTHLAB_LLM_MAX_ATTEMPTS", "2")) {
      assertThatExceptionOfType(CallException.ConnectionFailed.class)
          .isThrownBy(() -> wired.client().complete("hi"))
          .withMessageContaining("the name of model.test")
          .satisfies(e -> assertThat(e.attempts()).hasSize(2));
    }

    assertThat(since(begin)).isBetween(Duration.ofMillis(190), Duration.ofMillis(1100));
  }

  @Test
  void abandonsAHangingLookupWhenInterrupted() throws Exception {
    try (EnvironmentClient wired = new EnvironmentClient(base, hanging)) {
      LlmClient client = wired.client();
      FutureTask<Outcome<Completion>> call =
          new FutureTask<>(() -> client.askOutcome(CompletionRequest.of("hi")));
      Thread caller = Thread.ofPlatform().start(call);
      while (lookups.get() == 0) {
        Thread.onSpinWait();
      }

      long begin = System.nanoTime();
      caller.interrupt();
      Outcome<Completion> outcome = call.get();

      assertThat(since(begin)).isLessThan(Duration.ofMillis(500));
      assertThat(outcome)
          .isInstanceOfSatisfying(
              Outcome.Failed.class,
              failed -> assertThat(failed.exception()).isInstanceOf(CallException.Cancelled.class));
    }
  }

  @Test
  void reportsAnUnknownHostAndRetries() {
    Resolver none =
        host -> {
          throw new UnknownHostException(host);
        };

    try (EnvironmentClient wired = new EnvironmentClient(base, none)) {
      assertThatExceptionOfType(CallException.ConnectionFailed.class)
          .isThrownBy(() -> wired.client().complete("hi"))
          .withMessageContaining("the name of model.test:" + server.port() + " cannot be resolved")
          .satisfies(e -> assertThat(e.attempts()).hasSize(5));
    }
  }

  @Test
  void continuesWhenALaterLookupSucceeds() {
    Resolver flaky =
        host -> {
          if (lookups.incrementAndGet() == 1) {
            throw new UnknownHostException(host);
          }
          return List.of(InetAddress.getByName("127.0.0.1"));
        };

    try (EnvironmentClient wired = new EnvironmentClient(base, flaky)) {
      assertThat(wired.client().complete("hi")).isEqualTo("hello");
    }
    assertThat(lookups).hasValue(2);
    assertThat(server.seen()).hasSize(1);
  }

  @Test
  void triesAllAddressesOfAHostInTurnWithinOneAttempt() {
    Resolver both =
        host -> List.of(InetAddress.getByName("::1"), InetAddress.getByName("127.0.0.1"));

    try (EnvironmentClient wired = new EnvironmentClient(base, both)) {
      assertThat(wired.client().complete("hi")).isEqualTo("hello");
      assertThat(wired.timer.pauses()).isEmpty();
    }
    assertThat(server.seen()).hasSize(1);
  }

  @Test
  void resolvesAHostOnceForConcurrentCalls() throws InterruptedException, ExecutionException {
    CountDownLatch go = new CountDownLatch(1);
    Resolver slow =
        host -> {
          lookups.incrementAndGet();
          try {
            go.await();
          } catch (InterruptedException e) {
            throw new UnknownHostException(host);
          }
          return List.of(InetAddress.getByName("127.0.0.1"));
        };

    try (EnvironmentClient wired = new EnvironmentClient(base, slow)) {
      LlmClient client = wired.client();
      List<FutureTask<String>> calls =
          Stream.generate(() -> new FutureTask<>(() -> client.complete("hi"))).limit(64).toList();
      List<Thread> callers = calls.stream().map(call -> Thread.ofVirtual().start(call)).toList();
      while (callers.stream().anyMatch(caller -> caller.getState() != Thread.State.TIMED_WAITING)) {
        Thread.onSpinWait();
      }
      go.countDown();

      for (FutureTask<String> call : calls) {
        assertThat(call.get()).isEqualTo("hello");
      }
    }
    assertThat(lookups).hasValue(1);
  }

  @Test
  void sendsOneRequestPerAttemptDespiteRetryAfterZero() {
    try (ScriptedServer busy = ScriptedServer.inTurn(json(503, "{}", "retry-after", "0"));
        EnvironmentClient wired =
            new EnvironmentClient(
                busy.base().toString(), hanging, "SYNTHLAB_LLM_MAX_ATTEMPTS", "1")) {
      assertThatExceptionOfType(CallException.ServerFailed.class)
          .isThrownBy(() -> wired.client().complete("hi"));

      assertThat(busy.seen()).hasSize(1);
    }
  }
}
