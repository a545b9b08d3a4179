package dev.synthlab.architecture.planted.llm;

final class ReadsTheEnvironment {
  private ReadsTheEnvironment() {}

  static String variable() {
    return System.getenv("HOME");
  }

  static String property() {
    return System.getProperty("user.home");
  }

  static boolean flag() {
    return Boolean.getBoolean("synthlab.flag");
  }
}
