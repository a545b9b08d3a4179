package dev.synthlab.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.synthlab.call.CallException;
import dev.synthlab.call.Fault;
import dev.synthlab.llm.Completion;
import dev.synthlab.llm.CompletionRequest;
import dev.synthlab.llm.EmbeddingRequest;
import dev.synthlab.llm.Embeddings;
import dev.synthlab.llm.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Texts of several rows in one request. */
@Timeout(30)
class EmbeddingBatcherTest {
  private static final Executor THREADS = task -> Thread.ofVirtual().start(task);

  private final Script script = new Script();
  private final CountDownLatch held = new CountDownLatch(1);
  private final CountDownLatch first = new CountDownLatch(1);
  private final EmbeddingBatcher batcher = new EmbeddingBatcher(new Slow(), 3, 1);

  /** Holds every request until it may go on. */
  private final class Slow implements BulkRun.RowClient {
    @Override
    public Outcome<Completion> call(CompletionRequest request) {
      return script.call(request);
    }

    @Override
    public Outcome<Embeddings> embed(EmbeddingRequest request) {
      first.countDown();
      try {
        held.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return script.embed(request);
    }
  }

  private CompletableFuture<Outcome<Embeddings>> ask(EmbeddingRequest request) {
    AtomicReference<Thread> thread = new AtomicReference<>();
    var answer =
        CompletableFuture.supplyAsync(
            () -> {
              thread.set(Thread.currentThread());
              return batcher.embed(request);
            },
            THREADS);
    while (thread.get() == null || thread.get().getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    return answer;
  }

  private static Embeddings value(CompletableFuture<Outcome<Embeddings>> answer) {
    return answer.join().get();
  }

  private List<List<String>> asked() {
    return script.embedded.stream().map(EmbeddingRequest::inputs).toList();
  }

  @Test
  void sendsQueuedTextsTogetherAndReturnsEachItsVector() {
    List<CompletableFuture<Outcome<Embeddings>>> answers = new ArrayList<>();
    for (String text : List.of("a", "bb", "ccc", "dddd", "eeeee")) {
      answers.add(ask(EmbeddingRequest.of(text)));
    }

    held.countDown();

    assertThat(answers)
        .extracting(answer -> value(answer).vectors().getFirst()[0])
        .containsExactly(1f, 2f, 3f, 4f, 5f);
    assertThat(asked())
        .containsExactly(List.of("a"), List.of("bb", "ccc", "dddd"), List.of("eeeee"));
  }

  @Test
  void dividesTheTokensByTextLengthWithoutLosingAny() {
    ask(EmbeddingRequest.of("a"));
    var shorter = ask(EmbeddingRequest.of("bb"));
    var longer = ask(EmbeddingRequest.of("cccccc"));

    held.countDown();

    assertThat(value(shorter).usage().inputTokens()).isEqualTo(5);
    assertThat(value(longer).usage().inputTokens()).isEqualTo(15);
    assertThat(value(longer).report().spend().inputTokens()).isEqualTo(15);
  }

  @Test
  void batchesNeitherDifferentModelsNorLists() {
    ask(EmbeddingRequest.of("a"));
    var one = ask(EmbeddingRequest.of("b").withModel("m1"));
    var other = ask(EmbeddingRequest.of("c").withModel("m2"));
    var list = ask(EmbeddingRequest.of("d", "e"));

    held.countDown();

    assertThat(value(one).requestedModel()).isEqualTo("m1");
    assertThat(value(other).requestedModel()).isEqualTo("m2");
    assertThat(value(list).vectors()).hasSize(2);
    assertThat(asked()).contains(List.of("b"), List.of("c"), List.of("d", "e"));
  }

  @Test
  void failsNoOtherTextBecauseOfOneBadText() {
    script.fails("bad", Fault.Kind.BAD_REQUEST);
    ask(EmbeddingRequest.of("a"));
    var good = ask(EmbeddingRequest.of("good"));
    var bad = ask(EmbeddingRequest.of("bad"));

    held.countDown();

    assertThat(value(good).vectors().getFirst()[0]).isEqualTo(4f);
    assertThat(bad.join())
        .isInstanceOfSatisfying(
            Outcome.Failed.class,
            failed -> assertThat(failed.exception()).isInstanceOf(CallException.BadRequest.class));
    assertThat(asked()).contains(List.of("good", "bad"), List.of("good"), List.of("bad"));
  }

  @Test
  void failsAllTextsWhenTheFailureConcernsNoSingleText() {
    script.fails("b", Fault.Kind.QUOTA_EXCEEDED);
    ask(EmbeddingRequest.of("a"));
    var one = ask(EmbeddingRequest.of("b"));
    var other = ask(EmbeddingRequest.of("c"));

    held.countDown();

    assertThat(one.join()).isInstanceOf(Outcome.Failed.class);
    assertThat(other.join()).isInstanceOf(Outcome.Failed.class);
    assertThat(asked()).containsExactly(List.of("a"), List.of("b", "c"));
  }

  @Test
  void interruptsAQueuedThreadAndRemovesItsText() throws Exception {
    AtomicReference<Thread> waiting = new AtomicReference<>();
    var sent = ask(EmbeddingRequest.of("a"));
    CompletableFuture<Boolean> ended = new CompletableFuture<>();
    Thread thread =
        Thread.ofVirtual()
            .start(
                () -> {
                  batcher.embed(EmbeddingRequest.of("b"));
                  ended.complete(Thread.currentThread().isInterrupted());
                });
    waiting.set(thread);
    while (thread.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }

    batcher.interruptIfWaiting(thread);

    assertThat(ended.get()).isTrue();
    held.countDown();
    assertThat(value(sent).vectors()).hasSize(1);
    assertThat(asked()).containsExactlyInAnyOrder(List.of("b"), List.of("a"));
  }

  @Test
  void releasesItsRequestWhenAClientThrows() {
    EmbeddingBatcher broken = new EmbeddingBatcher(request -> Script.answer("hi"), 3, 1);

    for (int i = 0; i < 2; i++) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> broken.embed(EmbeddingRequest.of("a")))
          .withMessageContaining("makes no embeddings");
    }
  }

  @Test
  void refusesBatchLimitsBelowOne() {
    assertThatIllegalArgumentException().isThrownBy(() -> new EmbeddingBatcher(script, 0, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> new EmbeddingBatcher(script, 1, 0));
  }
}
