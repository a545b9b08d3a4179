package dev.synthlab.architecture.planted;

/** Stands for the composition root. */
public final class Synthlab {
  private Synthlab() {}

  /**
   * Stands for the one instance.
   *
   * @return nothing of use
   */
  public static String get() {
    return "root";
  }
}
