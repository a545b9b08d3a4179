package dev.synthlab.cli;

import dev.synthlab.logging.Redactor;

/**
 * One thing that the doctor looked at. What was found is without secrets and on one line.
 *
 * @param state whether it is well
 * @param what was looked at
 * @param found in words
 * @param advice what to do, or where it comes from; may be empty
 */
record DoctorCheck(State state, String what, String found, String advice) {

  /** Whether a thing is well. */
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

  DoctorCheck {
    found = Redactor.printableLine(Redactor.redact(found));
  }
}
