package dev.synthlab.cli;

/** The exit codes of the command. */
final class ExitCodes {
  /** All done. */
  static final int OK = 0;

  /** Internal error: a bug in synthlab. */
  static final int INTERNAL = 1;

  /** Wrong option, or an input or output that cannot be used. */
  static final int USAGE = 2;

  /** Some rows failed, or the only call failed. */
  static final int FAILED = 3;

  /** The key or the configuration is wrong. */
  static final int CONFIGURATION = 4;

  /** Stopped before the end; the same command resumes the run. */
  static final int STOPPED = 5;

  /** Ended by Ctrl-C. */
  static final int INTERRUPTED = 130;

  /** Ended by SIGTERM. */
  static final int TERMINATED = 143;

  private ExitCodes() {}
}
