package dev.synthlab.store;

import dev.synthlab.config.Environment;
import dev.synthlab.config.Settings;
import java.util.HashMap;
import java.util.Map;

/** Database managers by variables, as a user sets them. */
final class Lab {
  private Lab() {}

  static DatabaseManager over(String... variables) {
    return DatabaseManager.of(settings(variables));
  }

  static Settings settings(String... variables) {
    Map<String, String> all = new HashMap<>();
    for (int i = 0; i < variables.length; i += 2) {
      all.put(variables[i], variables[i + 1]);
    }
    return Settings.from(Environment.of(all));
  }

  static void makeTable(DatabaseManager database) {
    database.useHandle(
        handle ->
            handle.execute("CREATE TABLE word (id INTEGER PRIMARY KEY, text VARCHAR NOT NULL)"));
  }

  static void insert(DatabaseManager database, int id) {
    database.useHandle(handle -> handle.execute("INSERT INTO word VALUES (?, 'w')", id));
  }

  static int count(DatabaseManager database) {
    return database.withHandle(
        handle -> handle.createQuery("SELECT count(*) FROM word").mapTo(Integer.class).one());
  }
}
