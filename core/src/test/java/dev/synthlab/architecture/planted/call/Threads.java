package dev.synthlab.architecture.planted.call;

final class Threads {
  private Threads() {}

  static Thread mayStart(Runnable task) {
    return Thread.ofVirtual().start(task);
  }
}
