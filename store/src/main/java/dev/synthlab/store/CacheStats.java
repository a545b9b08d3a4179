package dev.synthlab.store;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.Optional;

/**
 * What is kept of answers.
 *
 * @param answers how many there are, those that are too old included
 * @param expired of those, the ones that are too old
 * @param bytes how much room their texts take
 * @param hits how often they were given in place of a request
 * @param savedUsd what those requests would have cost, as far as prices are known; empty when none
 *     is
 * @param oldest when the oldest was kept
 * @param place the database they are in, without credentials
 */
public record CacheStats(
    long answers,
    long expired,
    long bytes,
    long hits,
    Optional<BigDecimal> savedUsd,
    Optional<Instant> oldest,
    String place) {}
