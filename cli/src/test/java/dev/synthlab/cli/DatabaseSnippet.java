package dev.synthlab.cli;

import dev.synthlab.store.DatabaseManager;
import dev.synthlab.store.TransactionOptions;
import dev.synthlab.store.TransactionOptions.Access;
import dev.synthlab.store.TransactionOptions.Isolation;
import java.util.List;

/** The Java of the page on the database. */
final class DatabaseSnippet {
  private DatabaseSnippet() {}

  static List<Integer> run() {
    DatabaseManager database = DatabaseManager.get();

    database.useHandle(
        handle -> handle.execute("CREATE TABLE IF NOT EXISTS word (id INTEGER PRIMARY KEY)"));
    int written =
        database.inTransaction(handle -> handle.execute("INSERT INTO word VALUES (?)", 1));
    List<Integer> ids =
        database.inTransaction(
            TransactionOptions.DEFAULT.with(Access.READ_ONLY).with(Isolation.REPEATABLE_READ),
            handle -> handle.createQuery("SELECT id FROM word").mapTo(Integer.class).list());
    return written == 1 ? ids : List.of();
  }
}
