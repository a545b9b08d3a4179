package dev.synthlab.store;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** One call in the ledger. Immutable. */
public final class RecordedCall {
  private final Values values;

  RecordedCall(Values values) {
    this.values = values;
  }

  /** The values by the names of the accessors. */
  record Values(
      Instant started,
      String verb,
      String model,
      Optional<String> respondedModel,
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
      Optional<String> completion) {}

  /** {@return the time when the call began} */
  public Instant started() {
    return values.started();
  }

  /**
   * {@return the kind of call: {@code chat}, {@code tool_round}, {@code embeddings} or {@code
   * images}}
   */
  public String verb() {
    return values.verb();
  }

  /** {@return the model that was requested last} */
  public String model() {
    return values.model();
  }

  /** {@return the model that the response names} */
  public Optional<String> respondedModel() {
    return values.respondedModel();
  }

  /** {@return the component of the service that made the call; an empty text if none was named} */
  public String component() {
    return values.component();
  }

  /** {@return the id of the bulk run that the call belongs to} */
  public Optional<String> run() {
    return values.run();
  }

  /** {@return the id of the row of the run} */
  public Optional<String> row() {
    return values.row();
  }

  /** {@return the error code; empty when the call succeeded} */
  public Optional<String> error() {
    return values.error();
  }

  /** {@return the number of requests that were sent for the call} */
  public int attempts() {
    return values.attempts();
  }

  /** {@return the time from the beginning to the end of the call} */
  public Duration took() {
    return values.took();
  }

  /** {@return the number of input tokens} */
  public long inputTokens() {
    return values.inputTokens();
  }

  /** {@return the number of output tokens} */
  public long outputTokens() {
    return values.outputTokens();
  }

  /** {@return the cost in US dollars; empty when the price is not known} */
  public Optional<BigDecimal> costUsd() {
    return values.costUsd();
  }

  /** {@return the prompt, if the ledger stores texts} */
  public Optional<String> prompt() {
    return values.prompt();
  }

  /** {@return the completion, if the ledger stores texts} */
  public Optional<String> completion() {
    return values.completion();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RecordedCall that && values.equals(that.values);
  }

  @Override
  public int hashCode() {
    return values.hashCode();
  }

  @Override
  public String toString() {
    return "RecordedCall" + values.toString().substring("Values".length());
  }
}
