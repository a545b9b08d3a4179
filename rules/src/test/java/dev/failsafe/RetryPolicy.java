package dev.failsafe;

/** Stands for the class of that name; the planted service is checked without it. */
public final class RetryPolicy {
  private RetryPolicy() {}

  public static RetryPolicy ofDefaults() {
    return new RetryPolicy();
  }
}
