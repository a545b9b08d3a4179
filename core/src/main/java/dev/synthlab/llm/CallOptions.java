package dev.synthlab.llm;

import dev.synthlab.Internal;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The options that every request has. Immutable; what is not set is filled by the defaults of the
 * client, or left to the model. Set by the {@code with...} methods of a {@link ModelRequest}.
 *
 * @param model the model, else the default of the client
 * @param parameters further parameters of the request body, by their names there
 * @param deadline for the whole call, waits and attempts included
 * @param timeout for one attempt, its body included
 * @param maxAttempts the maximum number of requests to one model, the first included
 * @param operation what the call is for, in the words of the application: in traces and usage
 * @param user the user for whom the call is made: in traces, never sent to the model
 * @param session the conversation that the call belongs to: in traces, never sent to the model
 * @param tags words to find the call by in traces
 */
@Internal
public record CallOptions(
    Optional<String> model,
    Map<String, Object> parameters,
    Optional<Duration> deadline,
    Optional<Duration> timeout,
    Optional<Integer> maxAttempts,
    Optional<String> operation,
    Optional<String> user,
    Optional<String> session,
    List<String> tags) {

  /** Nothing is set. */
  public static final CallOptions NONE = new Builder().options();

  /** Keeps copies and checks the durations. */
  public CallOptions {
    parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
    tags = List.copyOf(tags);
    require(deadline.map(Duration::isPositive).orElse(true), "deadline must be positive", deadline);
    require(timeout.map(Duration::isPositive).orElse(true), "timeout must be positive", timeout);
    require(
        maxAttempts.map(count -> count > 0).orElse(true),
        "maxAttempts must be at least 1",
        maxAttempts);
  }

  static void require(boolean holds, String rule, Object value) {
    if (!holds) {
      throw new IllegalArgumentException(rule + ", was " + value);
    }
  }

  CallOptions changed(Consumer<Builder> change) {
    Builder builder = new Builder(this);
    change.accept(builder);
    return builder.options();
  }

  /** Options that are being changed. For one thread. */
  static final class Builder {
    Optional<String> model = Optional.empty();
    Map<String, Object> parameters = new LinkedHashMap<>();
    Optional<Duration> deadline = Optional.empty();
    Optional<Duration> timeout = Optional.empty();
    Optional<Integer> maxAttempts = Optional.empty();
    Optional<String> operation = Optional.empty();
    Optional<String> user = Optional.empty();
    Optional<String> session = Optional.empty();
    List<String> tags = List.of();

    private Builder() {}

    private Builder(CallOptions from) {
      model = from.model;
      parameters.putAll(from.parameters);
      deadline = from.deadline;
      timeout = from.timeout;
      maxAttempts = from.maxAttempts;
      operation = from.operation;
      user = from.user;
      session = from.session;
      tags = from.tags;
    }

    private CallOptions options() {
      return new CallOptions(
          model, parameters, deadline, timeout, maxAttempts, operation, user, session, tags);
    }
  }
}
