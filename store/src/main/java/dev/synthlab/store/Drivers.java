package dev.synthlab.store;

import java.util.Optional;

/** The database drivers, which a program adds to its class path as it needs them. */
enum Drivers {
  /** The driver of PostgreSQL. */
  POSTGRESQL(
      "DATABASE_URL names a PostgreSQL server",
      "org.postgresql.ds.PGSimpleDataSource",
      "org.postgresql:postgresql"),
  /** The driver of SQLite. */
  SQLITE(
      "the database is a SQLite file, since no DATABASE_URL is set",
      "org.sqlite.SQLiteDataSource",
      "org.xerial:sqlite-jdbc");

  private final String reason;
  private final String type;
  private final String coordinates;

  Drivers(String reason, String type, String coordinates) {
    this.reason = reason;
    this.type = type;
    this.coordinates = coordinates;
  }

  /**
   * Requires the driver, before a class that uses it is loaded.
   *
   * @throws StoreException.StoreUnavailable if it is not on the class path
   */
  void require() {
    missing(Drivers.class.getClassLoader())
        .ifPresent(
            e -> {
              throw new StoreException.StoreUnavailable(
                  reason
                      + ", but its driver is not on the class path: add the dependency "
                      + coordinates,
                  e);
            });
  }

  private Optional<ClassNotFoundException> missing(ClassLoader loader) {
    try {
      Class.forName(type, false, loader);
      return Optional.empty();
    } catch (ClassNotFoundException e) {
      return Optional.of(e);
    }
  }
}
