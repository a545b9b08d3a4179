package dev.synthlab.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.synthlab.call.CallException;
import dev.synthlab.call.CallReport;
import dev.synthlab.json.Json;
import dev.synthlab.json.JsonSchema;
import dev.synthlab.test.Replies;
import dev.synthlab.test.ScriptedServer.Reply;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CacheTest {
  private final InMemory kept = new InMemory();
  private final List<CallReport> reports = new CopyOnWriteArrayList<>();

  /** A cache that keeps all. */
  private static final class InMemory implements CompletionCache {
    final Map<String, CachedCompletion> entries = new ConcurrentHashMap<>();

    @Override
    public Optional<CachedCompletion> find(String key) {
      return Optional.ofNullable(entries.get(key));
    }

    @Override
    public void keep(String key, CachedCompletion answer) {
      entries.put(key, answer);
    }

    @Override
    public void close() {
      entries.clear();
    }
  }

  private LlmClient client(ClientFixture rig) {
    return rig.client(builder -> builder.cache(kept).addObserver(reports::add));
  }

  @Test
  void sendsEqualRequestsOnceAndReportsNoCostForTheSecond() {
    try (ClientFixture rig = ClientFixture.inTurn(Replies.chat("first"), Replies.chat("second"))) {
      LlmClient llm = client(rig);
      Completion paid = llm.ask(CompletionRequest.of("hi").withModel("gpt-4o-mini"));

      Completion known = llm.ask(CompletionRequest.of("hi").withModel("gpt-4o-mini"));

      assertThat(rig.requests()).isEqualTo(1);
      assertThat(paid.cached()).isFalse();
      assertThat(known.cached()).isTrue();
      assertThat(known.text()).isEqualTo("first");
      assertThat(known.respondedModel()).isEqualTo("test-model-1");
      assertThat(known.finishReason()).isEqualTo(FinishReason.STOP);
      assertThat(known.json()).isEqualTo(paid.json());
      assertThat(known.costUsd()).contains(BigDecimal.ZERO);
      assertThat(known.usage().totalTokens()).isZero();
      assertThat(paid.costUsd().orElseThrow()).isPositive();
      assertThat(reports).extracting(CallReport::cached).containsExactly(false, true);
      assertThat(reports.get(1).attempts()).isEmpty();
    }
  }

  @Test
  void cachesNothingByDefault() {
    try (ClientFixture rig = ClientFixture.inTurn(Replies.chat("first"), Replies.chat("second"))) {
      LlmClient llm = rig.client();

      llm.complete("hi");

      assertThat(llm.complete("hi")).isEqualTo("second");
    }
  }

  @Test
  void usesADifferentKeyForEachDifferentRequest() {
    CompletionRequest plain = CompletionRequest.of("hi");
    List<CompletionRequest> others =
        List.of(
            plain,
            plain.withModel("other"),
            plain.withTemperature(0.5),
            plain.withMaxTokens(9),
            plain.with("top_k", 3),
            plain.withSystem("Be brief."),
            plain.asJson(),
            plain.withFormat(new ResponseFormat.Schema(JsonSchema.shorthand("name, age int"))),
            plain.withFormat(new ResponseFormat.Schema(JsonSchema.shorthand("age int, name"))),
            plain.withTools(Tool.of("t", "d", Args.class, args -> "x")));
    try (ClientFixture rig = ClientFixture.inTurn(Replies.chat("hi"))) {
      Endpoint endpoint = rig.endpoint();

      assertThat(others.stream().map(each -> CacheKey.of(endpoint, each)))
          .doesNotHaveDuplicates()
          .allMatch(key -> key.matches("[0-9a-f]{64}"));
    }
  }

  record Args(String place) {}

  @Test
  void ignoresTheOrderOfMembersExceptWithinASchema() {
    String schema = "{\"type\":\"object\",\"properties\":{\"a\":{},\"b\":{}}}";
    String function = "{\"name\":\"f\",\"parameters\":" + schema + "}";
    String one =
        "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}],"
            + "\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"n\","
            + ("\"schema\":" + schema + "}},\"tools\":[{\"type\":\"function\",")
            + ("\"function\":" + function + "}]}");
    String reordered =
        "{\"tools\":[{\"function\":{\"parameters\":"
            + (schema + ",\"name\":\"f\"},\"type\":\"function\"}],")
            + "\"response_format\":{\"json_schema\":{\"schema\":"
            + (schema + ",\"name\":\"n\"},\"type\":\"json_schema\"},")
            + "\"messages\":[{\"content\":\"hi\",\"role\":\"user\"}],\"model\":\"m\"}";
    String otherSchema = one.replace("\"a\":{},\"b\":{}", "\"b\":{},\"a\":{}");
    try (ClientFixture rig = ClientFixture.inTurn(Replies.chat("hi"))) {
      assertThat(key(rig, reordered)).isEqualTo(key(rig, one));
      assertThat(key(rig, otherSchema)).isNotEqualTo(key(rig, one));
    }
  }

  @SuppressWarnings("unchecked")
  private static String key(ClientFixture rig, String body) {
    Map<String, Object> tree = Json.mapper().readValue(body, Map.class);
    return CacheKey.of(rig.endpoint(), CompletionRequest.ofBody(tree));
  }

  @Test
  void usesTheSameKeyForEquivalentRequests() {
    Map<String, Object> one = new LinkedHashMap<>();
    one.put("model", "m");
    one.put("temperature", 0);
    one.put("messages", List.of(Map.of("role", "user", "content", "hi")));
    Map<String, Object> other = new LinkedHashMap<>();
    other.put("messages", List.of(Map.of("content", "hi", "role", "user")));
    other.put("stream", true);
    other.put("temperature", 0.0);
    other.put("model", "m");
    try (ClientFixture rig = ClientFixture.inTurn(Replies.chat("hi"))) {
      String key = CacheKey.of(rig.endpoint(), CompletionRequest.ofBody(one));

      assertThat(CacheKey.of(rig.endpoint(), CompletionRequest.ofBody(other))).isEqualTo(key);
      assertThat(
              CacheKey.of(
                  rig.endpoint(),
                  CompletionRequest.of("hi")
                      .withModel("m")
                      .withTemperature(0)
                      .withTimeout(Duration.ofSeconds(1))
                      .withDeadline(Duration.ofSeconds(2))
                      .withOperation("summary")
                      .withUser("ada")
                      .withTags("a")))
          .isEqualTo(key);
      rig.with("OPENAI_API_KEY", "sk-another-key-0123456789").with("OPENAI_ORG_ID", "org-2");
      assertThat(CacheKey.of(rig.endpoint(), CompletionRequest.ofBody(one))).isEqualTo(key);
      rig.with("SYNTHLAB_HEADERS", "X-Provider: route-canary-17");
      assertThat(CacheKey.of(rig.endpoint(), CompletionRequest.ofBody(one))).isNotEqualTo(key);
    }
  }

  @Test
  void refreshesOrBypassesTheCacheOnRequest() {
    try (ClientFixture rig = ClientFixture.of((seen, number) -> Replies.chat("answer " + number))) {
      LlmClient llm = client(rig);
      CompletionRequest request = CompletionRequest.of("hi");
      llm.ask(request);

      String without = llm.ask(request.withCaching(CompletionRequest.Caching.NONE)).text();
      String known = llm.ask(request).text();
      String fresh = llm.ask(request.withCaching(CompletionRequest.Caching.REFRESH)).text();

      assertThat(without).isEqualTo("answer 2");
      assertThat(known).isEqualTo("answer 1");
      assertThat(fresh).isEqualTo("answer 3");
      assertThat(llm.ask(request).text()).isEqualTo("answer 3");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"length", "content_filter", "MAX_TOKENS", "SAFETY", ""})
  void doesNotCacheAnIncompleteAnswer(String finish) {
    Reply cut = Replies.json(200, Replies.completion("half of", finish));
    try (ClientFixture rig = ClientFixture.inTurn(cut, Replies.chat("whole"))) {
      LlmClient llm = client(rig);
      llm.askOutcome(CompletionRequest.of("hi"));

      assertThat(llm.complete("hi")).isEqualTo("whole");
      assertThat(llm.complete("hi")).isEqualTo("whole");
      assertThat(rig.requests()).isEqualTo(2);
    }
  }

  @Test
  void doesNotCacheAFailure() {
    try (ClientFixture rig =
        ClientFixture.inTurn(Replies.error(400, "bad", "no"), Replies.chat("well"))) {
      LlmClient llm = client(rig);
      assertThatExceptionOfType(CallException.BadRequest.class)
          .isThrownBy(() -> llm.complete("hi"));

      assertThat(llm.complete("hi")).isEqualTo("well");
    }
  }

  @Test
  void doesNotCacheTheAnswerOfAFallbackModel() {
    try (ClientFixture rig =
        ClientFixture.inTurn(
                Replies.error(404, "model_not_found", "no such model"),
                Replies.chat("stand-in"),
                Replies.chat("the model itself"))
            .with("SYNTHLAB_FALLBACK_MODELS", "b")) {
      LlmClient llm = client(rig);
      llm.complete("hi");

      assertThat(llm.complete("hi")).isEqualTo("the model itself");
    }
  }

  record Person(String name, int age) {
    Person {
      if (age > 150) {
        throw new IllegalArgumentException("nobody is so old");
      }
    }
  }

  @Test
  void doesNotCacheAnAnswerThatDoesNotFitTheRequestedType() {
    try (ClientFixture rig =
        ClientFixture.inTurn(
            Replies.chat("{\"name\":\"Ann\",\"age\":999}"),
            Replies.chat("{\"name\":\"Ann\",\"age\":99}"),
            Replies.chat("{\"name\":\"Ann\",\"age\":9}"))) {
      LlmClient llm = client(rig);
      assertThat(llm.complete("who?", Person.class).age()).isEqualTo(99);

      assertThat(llm.complete("who?", Person.class).age()).isEqualTo(9);
      assertThat(llm.complete("who?", Person.class).age()).isEqualTo(9);
      assertThat(rig.requests()).isEqualTo(3);
    }
  }

  @Test
  void sharesCachedAnswersBetweenStreamedAndPlainCalls() {
    try (ClientFixture rig =
        ClientFixture.inTurn(
            Replies.chat("whole"),
            Replies.events(
                Replies.delta("in "), Replies.delta("parts"), Replies.finish("stop"), "[DONE]"))) {
      LlmClient llm = client(rig);
      llm.complete("one");
      assertThat(deltas(llm.stream("two"))).containsExactly("in ", "parts");

      assertThat(deltas(llm.stream("one"))).containsExactly("whole");
      assertThat(deltas(llm.stream("two"))).containsExactly("in parts");
      assertThat(llm.ask(CompletionRequest.of("two")).cached()).isTrue();
      assertThat(rig.requests()).isEqualTo(2);
    }
  }

  private static List<String> deltas(TextStream stream) {
    List<String> all = new ArrayList<>();
    try (stream) {
      stream.forEach(all::add);
      assertThat(stream.completion().text()).isEqualTo(String.join("", all));
    }
    return all;
  }

  @Test
  void doesNotCacheAStreamThatWasClosedEarly() {
    try (ClientFixture rig =
        ClientFixture.inTurn(
            Replies.events(
                Replies.delta("in "), Replies.delta("parts"), Replies.finish("stop"), "[DONE]"),
            Replies.chat("whole"))) {
      LlmClient llm = client(rig);
      try (TextStream stream = llm.stream("hi")) {
        stream.iterator().next();
      }

      assertThat(llm.complete("hi")).isEqualTo("whole");
    }
  }

  @Test
  void sendsOnlyOneOfFiftyEqualConcurrentRequests() throws Exception {
    CountDownLatch allAsked = new CountDownLatch(1);
    try (ClientFixture rig =
            ClientFixture.of(
                (seen, number) -> {
                  allAsked.await();
                  return Replies.chat("answer " + number);
                });
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      LlmClient llm = client(rig);
      List<Future<String>> answers = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        answers.add(threads.submit(() -> llm.complete("hi")));
      }
      rig.awaitRequests(1);

      allAsked.countDown();

      for (Future<String> each : answers) {
        assertThat(each.get(5, TimeUnit.SECONDS)).isEqualTo("answer 1");
      }
      assertThat(rig.requests()).isEqualTo(1);
      assertThat(reports).filteredOn(CallReport::cached).hasSize(49);
    }
  }

  @Test
  void sendsAWaitingRequestWhenTheLeaderIsCancelled() throws Exception {
    AtomicReference<Thread> leader = new AtomicReference<>();
    CountDownLatch led = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    try (ClientFixture rig =
            ClientFixture.of(
                (seen, number) -> {
                  if (number == 1) {
                    return Replies.silence();
                  }
                  goOn.await();
                  return Replies.chat("answer " + number);
                });
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      LlmClient llm = client(rig);
      Future<Outcome<Completion>> first =
          threads.submit(
              () -> {
                leader.set(Thread.currentThread());
                led.countDown();
                return llm.askOutcome(CompletionRequest.of("hi"));
              });
      led.await();
      rig.awaitRequests(1);
      List<Future<String>> answers = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        answers.add(threads.submit(() -> llm.complete("hi")));
      }

      leader.get().interrupt();
      rig.awaitRequests(2);
      goOn.countDown();

      for (Future<String> each : answers) {
        assertThat(each.get(5, TimeUnit.SECONDS)).isEqualTo("answer 2");
      }
      assertThat(first.get())
          .isInstanceOfSatisfying(
              Outcome.Failed.class,
              failed -> assertThat(failed.exception()).isInstanceOf(CallException.Cancelled.class));
      assertThat(rig.requests()).isEqualTo(2);
    }
  }

  @Test
  void limitsTheWaitForAnEqualRequestByDeadlineAndInterrupt() throws Exception {
    try (ClientFixture rig = ClientFixture.inTurn(Replies.silence()).inRealTime();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      LlmClient llm = client(rig);
      CompletionRequest request = CompletionRequest.of("hi");
      Future<?> leader = threads.submit(() -> llm.askOutcome(request));
      rig.awaitRequests(1);
      AtomicReference<Thread> waiting = new AtomicReference<>();
      Future<Outcome<Completion>> interrupted =
          threads.submit(
              () -> {
                waiting.set(Thread.currentThread());
                Outcome<Completion> outcome = llm.askOutcome(request);
                assertThat(Thread.currentThread().isInterrupted()).isTrue();
                return outcome;
              });

      Outcome<Completion> late = llm.askOutcome(request.withDeadline(Duration.ofMillis(50)));
      waiting.get().interrupt();

      assertThat(late.report().fault().orElseThrow().message())
          .contains("the deadline of 0.05 s was over while an equal request was waited for");
      assertThatExceptionOfType(CallException.Cancelled.class)
          .isThrownBy(() -> interrupted.get(5, TimeUnit.SECONDS).get());
      assertThat(rig.requests()).isEqualTo(1);
      threads.shutdownNow();
      leader.get(5, TimeUnit.SECONDS);
    }
  }

  @Test
  void answersWhenTheCacheCannotBeReadOrWritten() {
    CompletionCache broken =
        new CompletionCache() {
          @Override
          public Optional<CachedCompletion> find(String key) {
            throw new IllegalStateException("the disk is gone");
          }

          @Override
          public void keep(String key, CachedCompletion answer) {
            throw new IllegalStateException("the disk is gone");
          }

          @Override
          public void close() {}
        };
    try (ClientFixture rig = ClientFixture.inTurn(Replies.chat("first"), Replies.chat("second"))) {
      LlmClient llm = rig.client(builder -> builder.cache(broken));

      assertThat(llm.complete("hi")).isEqualTo("first");
      assertThat(llm.complete("hi")).isEqualTo("second");
    }
  }

  @Test
  void sendsARequestWhoseCachedAnswerIsUnreadable() {
    try (ClientFixture rig = ClientFixture.inTurn(Replies.chat("first"), Replies.chat("second"))) {
      LlmClient llm = client(rig);
      llm.complete("hi");
      kept.entries.replaceAll(
          (key, entry) ->
              new CompletionCache.CachedCompletion(entry.model(), "{\"torn", entry.costUsd()));

      assertThat(llm.complete("hi")).isEqualTo("second");
    }
  }

  @Test
  void doesNotCacheAnAnswerThatContainsTheKey() {
    String key = "sk-cache-canary-0123456789";
    try (ClientFixture rig =
        ClientFixture.inTurn(Replies.chat("your key is " + key), Replies.chat("I will not say"))
            .with("OPENAI_API_KEY", key)) {
      LlmClient llm = client(rig);
      llm.complete("hi");

      assertThat(kept.entries).isEmpty();
    }
  }
}
