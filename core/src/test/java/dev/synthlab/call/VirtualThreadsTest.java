package dev.synthlab.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(10)
class VirtualThreadsTest {

  @Test
  void runsTheTaskOnAVirtualThread() throws InterruptedException {
    assertThat(VirtualThreads.async(() -> Thread.currentThread().isVirtual()).join()).isTrue();

    Thread started = VirtualThreads.start("its name", () -> {});
    started.join();
    assertThat(started.getName()).isEqualTo("its name");
  }

  @Test
  void interruptsTheTaskOfACancelledFuture() throws InterruptedException {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch heard = new CountDownLatch(1);
    CompletableFuture<String> future =
        VirtualThreads.async(
            () -> {
              begun.countDown();
              try {
                new CountDownLatch(1).await();
              } catch (InterruptedException e) {
                heard.countDown();
              }
              return "late";
            });
    begun.await();

    assertThat(future.cancel(true)).isTrue();

    heard.await();
    assertThat(future).isCancelled();
  }

  @ParameterizedTest
  @EnumSource
  void interruptsTheTaskHoweverItsFutureEnds(End end) throws InterruptedException {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch interrupted = new CountDownLatch(1);
    CompletableFuture<String> future =
        VirtualThreads.async(
            () -> {
              begun.countDown();
              try {
                new CountDownLatch(1).await();
              } catch (InterruptedException e) {
                interrupted.countDown();
              }
              return "late";
            });
    assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();

    end.by.accept(future);

    assertThat(interrupted.await(10, TimeUnit.SECONDS)).isTrue();
  }

  /** The ways in which a future ends from outside. */
  private enum End {
    TIMEOUT(future -> future.orTimeout(1, TimeUnit.MILLISECONDS)),
    DEFAULT_VALUE(future -> future.completeOnTimeout("default", 1, TimeUnit.MILLISECONDS)),
    VALUE(future -> future.complete("other")),
    CANCELLED_DEPENDENT(future -> future.thenApply(String::length).cancel(true)),
    TIMEOUT_OF_A_DEPENDENT(
        future -> future.thenApply(String::length).orTimeout(1, TimeUnit.MILLISECONDS));

    private final Consumer<CompletableFuture<String>> by;

    End(Consumer<CompletableFuture<String>> by) {
      this.by = by;
    }
  }

  @Test
  void completesTheFutureWithTheExceptionOfTheTask() {
    IllegalStateException wrong = new IllegalStateException("wrong");
    CompletableFuture<String> future =
        VirtualThreads.async(
            () -> {
              throw wrong;
            });

    assertThatExceptionOfType(CompletionException.class)
        .isThrownBy(() -> future.thenApply(String::length).join())
        .withCause(wrong);
  }
}
