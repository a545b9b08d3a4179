package dev.synthlab.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class WatchdogTest {
  private final List<String> ran = new CopyOnWriteArrayList<>();
  private final CountDownLatch last = new CountDownLatch(1);

  private Watchdog.Task after(int millis, String name) {
    return Watchdog.INSTANCE.after(Duration.ofMillis(millis), () -> ran.add(name));
  }

  private void awaitLast(int millis) throws InterruptedException {
    Watchdog.INSTANCE.after(Duration.ofMillis(millis), last::countDown);
    assertThat(last.await(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void runsTasksInTheOrderOfTheirTimes() throws InterruptedException {
    Watchdog.Task never = after(3_600_000, "much later");
    after(40, "third");
    after(20, "second");
    after(-5, "first");

    awaitLast(60);

    assertThat(ran).containsExactly("first", "second", "third");
    assertThat(never.cancel()).isTrue();
  }

  @Test
  void runsManyTasksThatAreDueAtOnce() throws InterruptedException {
    for (int i = 0; i < 20; i++) {
      after(0, Integer.toString(i));
    }

    awaitLast(20);

    assertThat(ran).hasSize(20);
  }

  @Test
  void runsNoTaskThatWasCancelled() throws InterruptedException {
    Watchdog.Task task = after(20, "cancelled");

    assertThat(task.cancel()).isTrue();
    assertThat(task.cancel()).isFalse();
    awaitLast(40);

    assertThat(ran).isEmpty();
  }

  @Test
  void cannotCancelATaskThatHasRun() throws InterruptedException {
    Watchdog.Task task = after(0, "run");

    awaitLast(20);

    assertThat(task.cancel()).isFalse();
    assertThat(ran).containsExactly("run");
  }

  @Test
  void continuesAfterATaskThatFails() throws InterruptedException {
    Watchdog.INSTANCE.after(
        Duration.ZERO,
        () -> {
          throw new IllegalStateException("a task that fails");
        });

    after(10, "next");
    awaitLast(20);

    assertThat(ran).containsExactly("next");
  }
}
