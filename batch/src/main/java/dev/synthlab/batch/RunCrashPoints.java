package dev.synthlab.batch;

import java.nio.file.Path;

/** Hears how far a run has come; tests end the process there. */
@FunctionalInterface
interface RunCrashPoints {
  /** Does nothing. */
  RunCrashPoints NONE = (step, file) -> {};

  /** The moments after which a killed run must still be whole. */
  enum Step {
    LOCKED,
    SPOOLED,
    INDEXED,
    UNREADABLE_MOVED,
    JOB_FILE_WRITTEN,
    BEFORE_WRITE,
    WRITTEN,
    SYNCED,
    TEMPORARY_WRITTEN,
    RENAMED,
    ERRORS_WRITTEN
  }

  void reached(Step step, Path file);
}
