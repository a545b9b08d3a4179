package dev.synthlab.call;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One request that was sent, and how it ended.
 *
 * @param number 1 for the first
 * @param route where it went
 * @param started when it was sent
 * @param took until its end
 * @param status the HTTP status, if an answer came
 * @param fault what went wrong; empty for the one that brought the answer
 * @param pauseAfter how long the loop waited after it
 */
public record Attempt(
    int number,
    Route route,
    Instant started,
    Duration took,
    OptionalInt status,
    Optional<Fault> fault,
    Duration pauseAfter) {}
