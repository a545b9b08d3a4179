package dev.synthlab.store;

import dev.synthlab.logging.Logging;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationState;
import org.slf4j.Logger;

/** The migrations of the user's own tables. */
final class Migrations {
  private static final Logger log = Logging.component("store");

  private Migrations() {}

  /** Runs the pending migrations and returns their number; refuses tables of a newer version. */
  static int run(String name, DataSource source, List<String> locations) {
    try {
      Flyway flyway = flyway(source, locations);
      refuseNewer(name, flyway.info().all());
      int run = flyway.migrate().migrationsExecuted;
      if (run > 0) {
        log.info("{}: ran {} migrations", name, run);
      }
      return run;
    } catch (FlywayException e) {
      throw new StoreException.MigrationFailed(
          name + ": the migrations in " + locations + " could not be run: " + e.getMessage(), e);
    }
  }

  /** The version of the tables; runs no migration. */
  static DatabaseMaintenance.Schema state(String name, DataSource source, List<String> locations) {
    try {
      Flyway flyway = flyway(source, locations);
      MigrationInfo[] all = flyway.info().all();
      refuseNewer(name, all);
      String version =
          last(Stream.of(all).filter(one -> one.getState() == MigrationState.SUCCESS)).orElse("");
      return new DatabaseMaintenance.Schema(version, flyway.info().pending().length);
    } catch (FlywayException e) {
      throw new StoreException.MigrationFailed(
          name + ": the migrations in " + locations + " cannot be read: " + e.getMessage(), e);
    }
  }

  private static Flyway flyway(DataSource source, List<String> locations) {
    return Flyway.configure()
        .dataSource(source)
        .locations(locations.toArray(String[]::new))
        .failOnMissingLocations(true)
        // A database may have tables that no migration created.
        .baselineOnMigrate(true)
        .baselineVersion("0")
        .load();
  }

  private static void refuseNewer(String name, MigrationInfo[] all) {
    Optional<String> newer = last(Stream.of(all).filter(Migrations::isNewer));
    if (newer.isPresent()) {
      String known =
          last(Stream.of(all).filter(one -> !isNewer(one)))
              .map(v -> "versions up to " + v)
              .orElse("none");
      throw new StoreException.SchemaTooNew(
          name
              + " has tables of version "
              + newer.get()
              + ", but the migrations of this program support "
              + known
              + ": use a program that has version "
              + newer.get());
    }
  }

  private static boolean isNewer(MigrationInfo one) {
    return one.getState() == MigrationState.FUTURE_SUCCESS
        || one.getState() == MigrationState.FUTURE_FAILED;
  }

  private static Optional<String> last(Stream<MigrationInfo> migrations) {
    return migrations
        .filter(MigrationInfo::isVersioned)
        .map(MigrationInfo::getVersion)
        .max((a, b) -> a.compareTo(b))
        .map(Object::toString);
  }
}
