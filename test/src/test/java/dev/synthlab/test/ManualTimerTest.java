package dev.synthlab.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.synthlab.call.Timer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class ManualTimerTest {
  @Test
  void passesWaitsImmediately() throws InterruptedException {
    ManualTimer timer = ManualTimer.automatic();
    Instant begin = timer.now();

    timer.pause(Duration.ofHours(1));
    timer.pause(Duration.ZERO);

    assertThat(Duration.between(begin, timer.now())).isEqualTo(Duration.ofHours(1));
    assertThat(timer.nanos()).isEqualTo(Duration.ofHours(1).toNanos());
    assertThat(timer.pauses()).containsExactly(Duration.ofHours(1), Duration.ZERO);
  }

  @Test
  void runsTasksWhenTheyAreDueInTheirOrder() throws InterruptedException {
    ManualTimer timer = ManualTimer.automatic();
    List<String> ran = new ArrayList<>();
    timer.after(Duration.ofSeconds(2), () -> ran.add("second"));
    timer.after(Duration.ofSeconds(1), () -> ran.add("first"));
    Timer.ScheduledTask cancelled = timer.after(Duration.ofSeconds(1), () -> ran.add("cancelled"));
    timer.after(Duration.ofSeconds(9), () -> ran.add("later"));
    cancelled.cancel();

    timer.pause(Duration.ofMillis(999));
    assertThat(ran).isEmpty();
    timer.push(Duration.ofSeconds(3));

    assertThat(ran).containsExactly("first", "second");
    assertThat(timer.scheduledTasks()).isEqualTo(1);
  }

  @Test
  void waitsForAPushWhenStopped() throws Exception {
    ManualTimer timer = ManualTimer.stopped();
    CompletableFuture<Instant> end = new CompletableFuture<>();
    Thread thread =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    timer.pause(Duration.ofSeconds(5));
                    end.complete(timer.now());
                  } catch (InterruptedException e) {
                    end.completeExceptionally(e);
                  }
                });
    assertThat(timer.awaitPauses(1)).containsExactly(Duration.ofSeconds(5));

    timer.push(Duration.ofSeconds(4));
    assertThat(end).isNotDone();
    timer.push(Duration.ofSeconds(1));
    thread.join();

    assertThat(end).isCompletedWithValue(Instant.parse("2026-11-22T10:00:05Z"));
  }

  @Test
  void endsWaitsOfInterruptedThreads() throws InterruptedException {
    ManualTimer timer = ManualTimer.stopped();
    CountDownLatch interrupted = new CountDownLatch(1);
    Thread thread =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    timer.pause(Duration.ofSeconds(5));
                  } catch (InterruptedException e) {
                    interrupted.countDown();
                  }
                });
    timer.awaitPauses(1);

    thread.interrupt();
    interrupted.await();

    Thread.currentThread().interrupt();
    assertThatExceptionOfType(InterruptedException.class)
        .isThrownBy(() -> ManualTimer.automatic().pause(Duration.ofSeconds(1)));
  }

  @Test
  void runsTasksByTheSystemClockForSockets() throws InterruptedException {
    ManualTimer timer = ManualTimer.forSockets();
    CountDownLatch ran = new CountDownLatch(1);
    List<String> early = new ArrayList<>();
    Timer.ScheduledTask later = timer.after(Duration.ofHours(1), () -> early.add("early"));
    timer.after(Duration.ofMillis(1), ran::countDown);

    timer.push(Duration.ofHours(2));
    ran.await();
    later.cancel();

    assertThat(early).isEmpty();
    assertThat(timer.scheduledTasks()).isZero();
  }
}
