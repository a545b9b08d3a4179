package dev.synthlab.store;

import dev.synthlab.call.RunRecorder;
import dev.synthlab.json.Json;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Optional;
import java.util.TreeMap;

/** The start or the end of a bulk run, to be written to the ledger. */
sealed interface RunWrite extends LedgerWrite {

  /** Executes the statement in the current transaction. */
  void write(Connection connection) throws SQLException;

  /** A run starts or resumes: an earlier end is removed. */
  record Begun(RunRecorder.Start start, String host, long process) implements RunWrite {
    private static final int MAX_PATH = 4_000;
    private static final String SQL =
        "INSERT INTO ledger_run (id, began, resumed, input, output, model, host, process, state,"
            + " total, answered, failed)"
            + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'running', ?, 0, 0)"
            + " ON CONFLICT (id) DO UPDATE SET resumed = excluded.resumed, ended = NULL,"
            + " input = excluded.input, output = excluded.output, host = excluded.host,"
            + " process = excluded.process, state = 'running', total = excluded.total,"
            + " settled_bytes = NULL";

    @Override
    public void write(Connection connection) throws SQLException {
      try (PreparedStatement into = connection.prepareStatement(SQL)) {
        into.setString(1, CallWrite.bounded(start.run()));
        into.setLong(2, start.at().toEpochMilli());
        into.setLong(3, start.at().toEpochMilli());
        into.setString(4, CallWrite.bounded(start.input(), MAX_PATH));
        into.setString(5, CallWrite.bounded(start.output(), MAX_PATH));
        into.setString(6, CallWrite.bounded(start.model()));
        into.setString(7, CallWrite.bounded(host));
        into.setLong(8, process);
        into.setLong(9, start.rows());
        into.executeUpdate();
      }
    }
  }

  /** A run has ended; {@code settled} if all calls of its results are recorded. */
  record Ended(String run, RunRecorder.End end, boolean settled) implements RunWrite {
    private static final String SQL =
        "UPDATE ledger_run SET ended = ?, state = ?, total = ?, answered = ?, failed = ?,"
            + " failed_by_code = ?, settled_bytes = ? WHERE id = ?";

    /** A copy for a run of which calls were lost. */
    Ended unsettled() {
      return new Ended(run, end, false);
    }

    @Override
    public void write(Connection connection) throws SQLException {
      try (PreparedStatement into = connection.prepareStatement(SQL)) {
        into.setLong(1, end.at().toEpochMilli());
        into.setString(2, end.state());
        into.setLong(3, end.rows());
        into.setLong(4, end.answered());
        into.setLong(5, end.failed());
        into.setString(6, Json.line(new TreeMap<>(end.failures())));
        CallWrite.set(into, 7, settled ? Optional.of(end.length()) : Optional.empty());
        into.setString(8, CallWrite.bounded(run));
        into.executeUpdate();
      }
    }
  }
}
