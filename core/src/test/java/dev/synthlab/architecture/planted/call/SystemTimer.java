package dev.synthlab.architecture.planted.call;

final class SystemTimer {
  private SystemTimer() {}

  static void maySleep() throws InterruptedException {
    Thread.sleep(1);
  }
}
