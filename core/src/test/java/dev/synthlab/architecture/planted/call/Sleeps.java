package dev.synthlab.architecture.planted.call;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

final class Sleeps {
  private Sleeps() {}

  static void thread() throws InterruptedException {
    Thread.sleep(Duration.ofMillis(1));
  }

  static void unit() throws InterruptedException {
    TimeUnit.MILLISECONDS.sleep(1);
  }

  static void park() {
    LockSupport.parkNanos(1);
  }
}
