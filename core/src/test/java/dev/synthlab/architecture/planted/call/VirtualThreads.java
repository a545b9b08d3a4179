package dev.synthlab.architecture.planted.call;

final class VirtualThreads {
  private VirtualThreads() {}

  static Thread mayStart(Runnable task) {
    return Thread.ofVirtual().start(task);
  }
}
