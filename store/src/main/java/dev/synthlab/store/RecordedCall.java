package dev.synthlab.store;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * A call as the ledger knows it.
 *
 * @param started when it was begun
 * @param verb the kind of request: {@code chat}, {@code tool_round}, {@code embeddings}, {@code
 *     images}
 * @param model the model that was asked last
 * @param modelAnswered the model that says it answered
 * @param component the part of the service that made it, or an empty text
 * @param run the bulk run it belongs to
 * @param row the row of the run
 * @param error the class of its error; empty when it was answered
 * @param attempts requests that were sent for it
 * @param took from its beginning to its end
 * @param inputTokens tokens sent
 * @param outputTokens tokens received
 * @param costUsd what it cost; empty when it is not known
 * @param prompt what was asked, where texts are kept
 * @param answer what was answered, where texts are kept
 */
public record RecordedCall(
    Instant started,
    String verb,
    String model,
    Optional<String> modelAnswered,
    String component,
    Optional<String> run,
    Optional<String> row,
    Optional<String> error,
    int attempts,
    Duration took,
    long inputTokens,
    long outputTokens,
    Optional<BigDecimal> costUsd,
    Optional<String> prompt,
    Optional<String> answer) {}
