package dev.synthlab.cli;

/** The exit codes of the command. */
final class ExitCodes {
  /** All done. */
  static final int OK = 0;

  /** A mistake of ours. */
  static final int INTERNAL = 1;

  /** Wrong use, or an input or output that cannot be taken. */
  static final int USAGE = 2;

  /** Some rows failed, or the one call did. */
  static final int FAILED = 3;

  /** The key or the configuration is wrong. */
  static final int CONFIGURATION = 4;

  /** Stopped before the end; the same command goes on. */
  static final int STOPPED = 5;

  /** Ended by Ctrl-C. */
  static final int INTERRUPTED = 130;

  /** Ended by SIGTERM. */
  static final int TERMINATED = 143;

  private ExitCodes() {}
}
