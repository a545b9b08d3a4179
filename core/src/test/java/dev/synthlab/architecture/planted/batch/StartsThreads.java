package dev.synthlab.architecture.planted.batch;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

final class StartsThreads {
  private StartsThreads() {}

  static Thread started(Runnable task) {
    return Thread.startVirtualThread(task);
  }

  static Thread built(Runnable task) {
    return Thread.ofVirtual().unstarted(task);
  }

  static ExecutorService pooled() {
    return Executors.newVirtualThreadPerTaskExecutor();
  }
}
