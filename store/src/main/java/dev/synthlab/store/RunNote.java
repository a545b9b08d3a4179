package dev.synthlab.store;

import dev.synthlab.batch.RunRecorder;
import dev.synthlab.batch.Summary;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/** The beginning or the end of a bulk run. */
sealed interface RunNote extends Note {

  /** Writes it, in the transaction that is open. */
  void write(Connection connection) throws SQLException;

  /** A run begins, or goes on: what was said of its end is no longer so. */
  record Begun(RunRecorder.Start start, String host, long process) implements RunNote {
    private static final int LONGEST_PATH = 4_000;
    private static final String SQL =
        "INSERT INTO ledger_run (id, began, resumed, input, output, model, host, process, state,"
            + " total, answered, failed, still_open)"
            + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'running', ?, 0, 0, ?)"
            + " ON CONFLICT (id) DO UPDATE SET resumed = excluded.resumed, ended = NULL,"
            + " input = excluded.input, output = excluded.output, host = excluded.host,"
            + " process = excluded.process, state = 'running', total = excluded.total,"
            + " settled_bytes = NULL";

    @Override
    public void write(Connection connection) throws SQLException {
      try (PreparedStatement into = connection.prepareStatement(SQL)) {
        into.setString(1, Entry.bounded(start.run()));
        into.setLong(2, start.at().toEpochMilli());
        into.setLong(3, start.at().toEpochMilli());
        into.setString(4, Entry.bounded(start.input(), LONGEST_PATH));
        into.setString(5, Entry.bounded(start.output(), LONGEST_PATH));
        into.setString(6, Entry.bounded(start.model()));
        into.setString(7, Entry.bounded(host));
        into.setLong(8, process);
        into.setLong(9, start.rows());
        into.setLong(10, start.rows());
        into.executeUpdate();
      }
    }
  }

  /** A run has ended; of so many bytes of its results all calls are here, if that is known. */
  record Ended(String run, Instant at, Summary summary, Optional<Long> settled) implements RunNote {
    private static final String SQL =
        "UPDATE ledger_run SET ended = ?, state = ?, total = ?, answered = ?, failed = ?,"
            + " still_open = ?, settled_bytes = ? WHERE id = ?";

    /** The same, where calls have been lost. */
    Ended unsettled() {
      return new Ended(run, at, summary, Optional.empty());
    }

    @Override
    public void write(Connection connection) throws SQLException {
      try (PreparedStatement into = connection.prepareStatement(SQL)) {
        into.setLong(1, at.toEpochMilli());
        into.setString(2, summary.end().name().toLowerCase(Locale.ROOT));
        into.setLong(3, summary.total());
        into.setLong(4, summary.answered());
        into.setLong(5, summary.failed());
        into.setLong(6, summary.open());
        Entry.set(into, 7, settled);
        into.setString(8, Entry.bounded(run));
        into.executeUpdate();
      }
    }
  }
}
