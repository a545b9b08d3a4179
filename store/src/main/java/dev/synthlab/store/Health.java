package dev.synthlab.store;

import java.time.Duration;
import java.util.Optional;

/** The result of a health check of the database. Immutable. */
public final class Health {
  private final Values values;

  Health(Values values) {
    this.values = values;
  }

  /** The values by the names of the accessors. */
  record Values(
      String database,
      Duration took,
      int connectionsInUse,
      int poolSize,
      Optional<StoreException> fault) {}

  /** {@return the name of the database, without credentials} */
  public String database() {
    return values.database();
  }

  /** {@return the time it took to answer} */
  public Duration took() {
    return values.took();
  }

  /** {@return the number of connections in use} */
  public int connectionsInUse() {
    return values.connectionsInUse();
  }

  /** {@return the maximum number of connections} */
  public int poolSize() {
    return values.poolSize();
  }

  /** {@return the reason why the database is not healthy; empty when it is} */
  public Optional<StoreException> fault() {
    return values.fault();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Health that && values.equals(that.values);
  }

  @Override
  public int hashCode() {
    return values.hashCode();
  }

  @Override
  public String toString() {
    return "Health" + values.toString().substring("Values".length());
  }
}
