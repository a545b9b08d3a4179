package dev.synthlab.batch;

import dev.synthlab.logging.Redactor;
import java.util.ArrayList;
import java.util.List;

/** The warnings and hints that a run shows to its user. For one thread. */
final class RunNotes {
  private final BulkRun.Listener listener;
  private final List<String> notes = new ArrayList<>();

  RunNotes(BulkRun.Listener listener) {
    this.listener = listener;
  }

  void add(String sentence) {
    String clean = Redactor.printableLine(Redactor.redact(sentence));
    notes.add(clean);
    listener.note(clean);
  }

  List<String> all() {
    return notes;
  }
}
