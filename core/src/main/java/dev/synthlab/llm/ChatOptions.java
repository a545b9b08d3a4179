package dev.synthlab.llm;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * The options that only chat completions have: sampling, and the use of the cache. Immutable.
 *
 * @param temperature 0 for the most likely tokens
 * @param topP the share of probability from which tokens are sampled
 * @param maxTokens the maximum number of tokens of the answer
 * @param seed for answers that can be repeated, as far as the model supports it
 * @param stop texts that end the answer
 * @param reasoningEffort how much a reasoning model reasons
 * @param caching how the call uses the cache of completions
 */
record ChatOptions(
    OptionalDouble temperature,
    OptionalDouble topP,
    OptionalInt maxTokens,
    OptionalLong seed,
    List<String> stop,
    Optional<String> reasoningEffort,
    CompletionRequest.Caching caching) {

  /** Nothing is set. */
  static final ChatOptions NONE =
      new ChatOptions(
          OptionalDouble.empty(),
          OptionalDouble.empty(),
          OptionalInt.empty(),
          OptionalLong.empty(),
          List.of(),
          Optional.empty(),
          CompletionRequest.Caching.DEFAULT);

  /** Checks the numbers. */
  ChatOptions {
    stop = List.copyOf(stop);
    CallOptions.require(temperature.orElse(0) >= 0, "temperature must be at least 0", temperature);
    CallOptions.require(
        topP.orElse(1) > 0 && topP.orElse(1) <= 1, "topP must be above 0, at most 1", topP);
    CallOptions.require(maxTokens.orElse(1) >= 1, "maxTokens must be at least 1", maxTokens);
  }

  /** The parameters that are set, by their names in the request body. */
  Map<String, Object> parameters() {
    Map<String, Object> all = new LinkedHashMap<>();
    temperature.ifPresent(value -> all.put("temperature", value));
    topP.ifPresent(value -> all.put("top_p", value));
    maxTokens.ifPresent(tokens -> all.put("max_tokens", tokens));
    seed.ifPresent(value -> all.put("seed", value));
    if (!stop.isEmpty()) {
      all.put("stop", new ArrayList<>(stop));
    }
    reasoningEffort.ifPresent(effort -> all.put("reasoning_effort", effort));
    return all;
  }

  ChatOptions withTemperature(double value) {
    return new ChatOptions(
        OptionalDouble.of(value), topP, maxTokens, seed, stop, reasoningEffort, caching);
  }

  ChatOptions withTopP(double share) {
    return new ChatOptions(
        temperature, OptionalDouble.of(share), maxTokens, seed, stop, reasoningEffort, caching);
  }

  ChatOptions withMaxTokens(int tokens) {
    return new ChatOptions(
        temperature, topP, OptionalInt.of(tokens), seed, stop, reasoningEffort, caching);
  }

  ChatOptions withSeed(long value) {
    return new ChatOptions(
        temperature, topP, maxTokens, OptionalLong.of(value), stop, reasoningEffort, caching);
  }

  ChatOptions withStop(List<String> texts) {
    return new ChatOptions(temperature, topP, maxTokens, seed, texts, reasoningEffort, caching);
  }

  ChatOptions withReasoningEffort(String effort) {
    return new ChatOptions(temperature, topP, maxTokens, seed, stop, Optional.of(effort), caching);
  }

  ChatOptions withCaching(CompletionRequest.Caching way) {
    return new ChatOptions(temperature, topP, maxTokens, seed, stop, reasoningEffort, way);
  }
}
