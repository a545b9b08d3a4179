package dev.synthlab.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.synthlab.call.Budget;
import dev.synthlab.call.CallException;
import dev.synthlab.call.TrafficControl;
import dev.synthlab.test.ManualTimer;
import dev.synthlab.test.Replies;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Calls under a bound on what all of them may cost. */
class BudgetedCallsTest {
  private static final CompletionRequest PRICED =
      CompletionRequest.of("hi").withModel("gpt-4o-mini").withMaxTokens(10);

  /** 7 tokens in and 5 out. */
  private static final BigDecimal COST = new BigDecimal("0.00000405");

  private static Budget aDay(String usd) {
    return Budget.aDay(new BigDecimal(usd), ManualTimer.forSockets(), since -> Optional.empty());
  }

  @Test
  void spendsTheWholeBudgetAndNoMoreWithSixtyFourThreads() throws Exception {
    BigDecimal max = new BigDecimal("0.0001");
    AtomicInteger inFlight = new AtomicInteger();
    AtomicInteger peak = new AtomicInteger();
    try (ClientFixture rig =
            ClientFixture.of(
                    (seen, number) ->
                        (socket, out) -> {
                          peak.accumulateAndGet(inFlight.incrementAndGet(), Math::max);
                          Thread.yield();
                          inFlight.decrementAndGet();
                          return Replies.chat("hi").write(socket, out);
                        })
                .inRealTime();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      LlmClient llm = rig.client(builder -> builder.budget(aDay(max.toPlainString())));
      BigDecimal each = llm.maxCostUsd(PRICED).orElseThrow();
      List<Future<Outcome<Completion>>> all = new ArrayList<>();
      for (int i = 0; i < 64; i++) {
        all.add(threads.submit(() -> llm.askOutcome(PRICED)));
      }

      int answered = 0;
      for (Future<Outcome<Completion>> one : all) {
        switch (one.get()) {
          case Outcome.Answered<Completion> ok -> answered++;
          case Outcome.Rejected<Completion> rejected -> throw rejected.exception();
          case Outcome.Failed<Completion> failed ->
              assertThat(failed.exception())
                  .isInstanceOf(CallException.BudgetExceeded.class)
                  .hasMessageContaining("SYNTHLAB_BUDGET_USD")
                  .hasNoCause();
        }
      }

      BigDecimal cost = COST.multiply(BigDecimal.valueOf(answered));
      assertThat(rig.requests()).isEqualTo(answered);
      assertThat(cost).isLessThanOrEqualTo(max);
      assertThat(cost.add(each)).isGreaterThan(max);
      assertThat(each.multiply(BigDecimal.valueOf(peak.get()))).isLessThanOrEqualTo(max);
    }
  }

  @Test
  void returnsTheUnspentReservationOfAFailedAttempt() {
    try (ClientFixture rig =
        ClientFixture.inTurn(Replies.error(500, "e", "oops"), Replies.chat("hi"))) {
      LlmClient probe = rig.client();
      String justOne = probe.maxCostUsd(PRICED).orElseThrow().toPlainString();
      LlmClient llm = rig.client(builder -> builder.budget(aDay(justOne)));

      assertThat(llm.ask(PRICED).text()).isEqualTo("hi");
      assertThatExceptionOfType(CallException.BudgetExceeded.class)
          .isThrownBy(() -> llm.ask(PRICED))
          .satisfies(reason -> assertThat(reason.attempts()).isEmpty());
      assertThat(rig.requests()).isEqualTo(2);
    }
  }

  @Test
  void settlesTheCostOfAStreamWhenItIsClosed() {
    try (ClientFixture rig =
        ClientFixture.inTurn(
            Replies.events(
                Replies.delta("a"), Replies.finish("stop"), Replies.usage(), "[DONE]"))) {
      // A stream is asked for with a few words more, which are estimated too.
      String enough = new BigDecimal("0.0000132").add(COST).toPlainString();
      LlmClient llm = rig.client(builder -> builder.budget(aDay(enough)));

      for (int i = 0; i < 2; i++) {
        try (TextStream stream = llm.stream(PRICED)) {
          stream.forEach(delta -> {});
        }
      }

      assertThatExceptionOfType(CallException.BudgetExceeded.class)
          .isThrownBy(() -> llm.stream(PRICED));
    }
  }

  @Test
  void sendsNoRequestOfUnknownCost(@TempDir Path directory) throws Exception {
    try (ClientFixture rig = ClientFixture.inTurn(Replies.chat("hi"))) {
      CompletionRequest unknown = CompletionRequest.of("hi").withModel("llama-x");
      LlmClient llm = rig.client(builder -> builder.budget(aDay("5")));

      assertThatExceptionOfType(CallException.BudgetExceeded.class)
          .isThrownBy(() -> llm.ask(unknown))
          .withMessageContaining("llama-x")
          .withMessageContaining("SYNTHLAB_MODELS_FILE");
      assertThat(rig.requests()).isZero();

      Path prices = directory.resolve("prices.json");
      Files.writeString(
          prices,
          """
          {"llama-x": {"mode": "chat", "input_cost_per_token": 1e-12,
            "max_output_tokens": 1000}}
          """);
      rig.with("SYNTHLAB_MODELS_FILE", prices.toString());
      assertThat(rig.client(builder -> builder.budget(aDay("0.01"))).ask(unknown).text())
          .isEqualTo("hi");
    }
  }

  @Test
  void checksTheCostOfEmbeddingsAgainstTheBudget() {
    try (ClientFixture rig = ClientFixture.inTurn(Replies.error(500, "never", "asked"))) {
      LlmClient llm = rig.client(builder -> builder.budget(aDay("0.000000001")));

      assertThatExceptionOfType(CallException.BudgetExceeded.class)
          .isThrownBy(() -> llm.embed("a text that costs a little"));
      assertThat(rig.requests()).isZero();
    }
  }

  @Test
  void countsTheTokensOfAWholeAnswerAgainstTheRateLimit() {
    try (ClientFixture rig = ClientFixture.inTurn(Replies.chat("hi"))) {
      TrafficControl.RouteLimits rules =
          new TrafficControl.RouteLimits(
              Optional.empty(), Optional.of(60), Optional.empty(), true, true);
      TrafficControl traffic = TrafficControl.by(rig.pushed, rules);
      LlmClient llm = rig.client(builder -> builder.traffic(traffic));
      llm.complete("hi");
      assertThat(rig.pushed.pauses()).isEmpty();

      llm.complete("hi");

      Duration waited = rig.pushed.pauses().stream().reduce(Duration.ZERO, Duration::plus);
      assertThat(waited).isGreaterThan(Duration.ofSeconds(10));
    }
  }
}
