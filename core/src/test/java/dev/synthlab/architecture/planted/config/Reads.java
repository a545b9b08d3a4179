package dev.synthlab.architecture.planted.config;

final class Reads {
  private Reads() {}

  static String mayReadTheEnvironment() {
    return System.getenv("HOME") + System.getProperty("user.home");
  }
}
