package dev.synthlab.cli;

import dev.synthlab.logging.Redactor;

/**
 * The result of one check of {@code doctor}.
 *
 * @param state whether the check succeeded
 * @param what the name of the check
 * @param found what was found, on one line and without secrets
 * @param advice what to do, or the origin of the value; may be empty
 */
record DoctorResult(State state, String what, String found, String advice) {

  /** Whether a check succeeded. */
  enum State {
    OK("ok  "),
    NOTE("note"),
    FAIL("FAIL");

    private final String shown;

    State(String shown) {
      this.shown = shown;
    }

    String shown() {
      return shown;
    }
  }

  DoctorResult {
    found = Redactor.printableLine(Redactor.redact(found));
  }
}
