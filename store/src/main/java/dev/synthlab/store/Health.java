package dev.synthlab.store;

import java.time.Duration;
import java.util.Optional;

/**
 * How the database was when it was asked.
 *
 * @param database what it is called, without credentials
 * @param took how long it took to answer
 * @param lent connections in use
 * @param poolSize connections there may be
 * @param fault why it is not well; empty when it is
 */
public record Health(
    String database, Duration took, int lent, int poolSize, Optional<StoreException> fault) {}
