package dev.synthlab.batch;

import java.nio.file.Path;

/** The points of a run at which tests kill the process. */
@FunctionalInterface
interface RunCrashPoints {
  /** Does nothing. */
  RunCrashPoints NONE = (step, file) -> {};

  /** The steps after which a killed run must be resumable. */
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
