package dev.synthlab.llm;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * How a model is asked, the same for every verb. Immutable; what is left open is filled by the
 * client's defaults, or left to the model. Made by the {@code with...} methods of a {@link
 * ModelRequest}, and handed from one request to another by {@link ModelRequest#with}.
 *
 * @param model the model, else the client's
 * @param temperature 0 for the likeliest words
 * @param topP only words within this share of likelihood
 * @param maxTokens the longest answer, in tokens
 * @param seed for answers that can be had again, as far as the model goes
 * @param stop texts that end the answer
 * @param reasoningEffort how long a reasoning model may think: {@code none}, {@code minimal},
 *     {@code low}, {@code medium}, {@code high}, {@code xhigh}
 * @param parameters further parameters of the request body, by their names on the wire
 * @param deadline for the whole call, waits and attempts included
 * @param timeout for one attempt, body included
 * @param operation what the call is for, in the words of the service: shown in traces and usage
 * @param user who it is for: shown in traces, never sent to the model
 * @param session which conversation it belongs to: shown in traces, never sent to the model
 * @param tags further words to find it by in traces
 * @param caching what the cache of answers, where it is on, does for it
 */
public record CallOptions(
    Optional<String> model,
    OptionalDouble temperature,
    OptionalDouble topP,
    OptionalInt maxTokens,
    OptionalLong seed,
    List<String> stop,
    Optional<String> reasoningEffort,
    Map<String, Object> parameters,
    Optional<Duration> deadline,
    Optional<Duration> timeout,
    Optional<String> operation,
    Optional<String> user,
    Optional<String> session,
    List<String> tags,
    Caching caching) {

  /** What the cache of answers does for a call. */
  public enum Caching {
    /** It gives the answer if it knows it, and else keeps the one that comes. */
    DEFAULT,
    /** It keeps the answer that comes, in the place of the one it knows. */
    REFRESH,
    /** It is left out. */
    NONE
  }

  /** Everything is left open. */
  public static final CallOptions NONE = new Builder().options();

  /** Keeps copies and checks the numbers. */
  public CallOptions {
    stop = List.copyOf(stop);
    parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
    tags = List.copyOf(tags);
    Objects.requireNonNull(caching);
    require(temperature.orElse(0) >= 0, "temperature must be at least 0", temperature);
    require(topP.orElse(1) > 0 && topP.orElse(1) <= 1, "topP must be above 0, at most 1", topP);
    require(maxTokens.orElse(1) >= 1, "maxTokens must be at least 1", maxTokens);
    require(deadline.map(Duration::isPositive).orElse(true), "deadline must be positive", deadline);
    require(timeout.map(Duration::isPositive).orElse(true), "timeout must be positive", timeout);
  }

  private static void require(boolean holds, String rule, Object value) {
    if (!holds) {
      throw new IllegalArgumentException(rule + ", was " + value);
    }
  }

  CallOptions changed(Consumer<Builder> change) {
    Builder draft = new Builder(this);
    change.accept(draft);
    return draft.options();
  }

  /** Options that are being changed. For one thread. */
  static final class Builder {
    Optional<String> model = Optional.empty();
    OptionalDouble temperature = OptionalDouble.empty();
    OptionalDouble topP = OptionalDouble.empty();
    OptionalInt maxTokens = OptionalInt.empty();
    OptionalLong seed = OptionalLong.empty();
    List<String> stop = List.of();
    Optional<String> reasoningEffort = Optional.empty();
    Map<String, Object> parameters = new LinkedHashMap<>();
    Optional<Duration> deadline = Optional.empty();
    Optional<Duration> timeout = Optional.empty();
    Optional<String> operation = Optional.empty();
    Optional<String> user = Optional.empty();
    Optional<String> session = Optional.empty();
    List<String> tags = List.of();
    Caching caching = Caching.DEFAULT;

    private Builder() {}

    private Builder(CallOptions from) {
      model = from.model;
      temperature = from.temperature;
      topP = from.topP;
      maxTokens = from.maxTokens;
      seed = from.seed;
      stop = from.stop;
      reasoningEffort = from.reasoningEffort;
      parameters.putAll(from.parameters);
      deadline = from.deadline;
      timeout = from.timeout;
      operation = from.operation;
      user = from.user;
      session = from.session;
      tags = from.tags;
      caching = from.caching;
    }

    private CallOptions options() {
      return new CallOptions(
          model,
          temperature,
          topP,
          maxTokens,
          seed,
          stop,
          reasoningEffort,
          parameters,
          deadline,
          timeout,
          operation,
          user,
          session,
          tags,
          caching);
    }
  }
}
