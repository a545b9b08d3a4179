package dev.synthlab.llm;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What everything that can be asked of a model has in common: its options. Immutable; each {@code
 * with...} gives a new request.
 *
 * @param <R> the request itself
 */
public sealed interface ModelRequest<R extends ModelRequest<R>>
    permits CompletionRequest, EmbeddingRequest, ImageRequest {

  /**
   * How it is asked.
   *
   * @return the options
   */
  CallOptions options();

  /**
   * The same request with other options, all of them.
   *
   * @param options those of another request, for one
   * @return a new request
   */
  R with(CallOptions options);

  /**
   * The same request to another model.
   *
   * @param name the model
   * @return a new request
   */
  default R withModel(String name) {
    return with(options().changed(o -> o.model = Optional.of(name)));
  }

  /**
   * The same request with a temperature.
   *
   * @param value 0 for the likeliest words
   * @return a new request
   */
  default R withTemperature(double value) {
    return with(options().changed(o -> o.temperature = OptionalDouble.of(value)));
  }

  /**
   * The same request with words from the likeliest only.
   *
   * @param share above 0, at most 1
   * @return a new request
   */
  default R withTopP(double share) {
    return with(options().changed(o -> o.topP = OptionalDouble.of(share)));
  }

  /**
   * The same request with a bound on the answer.
   *
   * @param tokens at least 1; those a model thinks with count
   * @return a new request
   */
  default R withMaxTokens(int tokens) {
    return with(options().changed(o -> o.maxTokens = OptionalInt.of(tokens)));
  }

  /**
   * The same request with a seed.
   *
   * @param value any number
   * @return a new request
   */
  default R withSeed(long value) {
    return with(options().changed(o -> o.seed = OptionalLong.of(value)));
  }

  /**
   * The same request with texts that end the answer.
   *
   * @param texts most servers take up to four
   * @return a new request
   */
  default R withStop(String... texts) {
    return with(options().changed(o -> o.stop = List.of(texts)));
  }

  /**
   * The same request with a measure of thinking.
   *
   * @param effort {@code none}, {@code minimal}, {@code low}, {@code medium}, {@code high}, {@code
   *     xhigh}; which of them a model takes is in the {@link ModelCatalogue}
   * @return a new request
   */
  default R withReasoningEffort(String effort) {
    return with(options().changed(o -> o.reasoningEffort = Optional.of(effort)));
  }

  /**
   * The same request with one more parameter of its body.
   *
   * @param name its name on the wire, for example {@code logit_bias}
   * @param value a string, number, boolean, list or map
   * @return a new request
   */
  default R with(String name, Object value) {
    return with(options().changed(o -> o.parameters.put(name, value)));
  }

  /**
   * The same request with an end for the whole call.
   *
   * @param within waits and attempts included; positive
   * @return a new request
   */
  default R withDeadline(Duration within) {
    return with(options().changed(o -> o.deadline = Optional.of(within)));
  }

  /**
   * The same request with a bound on each attempt.
   *
   * @param limit body included; positive
   * @return a new request
   */
  default R withTimeout(Duration limit) {
    return with(options().changed(o -> o.timeout = Optional.of(limit)));
  }

  /**
   * The same request, named by what it is for.
   *
   * @param name in the words of the service, for example {@code executive-summary}
   * @return a new request
   */
  default R withOperation(String name) {
    return with(options().changed(o -> o.operation = Optional.of(name)));
  }

  /**
   * The same request, made for somebody; seen in traces, not by the model.
   *
   * @param id the service's name for the user
   * @return a new request
   */
  default R withUser(String id) {
    return with(options().changed(o -> o.user = Optional.of(id)));
  }

  /**
   * The same request as a part of a conversation; seen in traces, not by the model.
   *
   * @param id the service's name for the conversation
   * @return a new request
   */
  default R withSession(String id) {
    return with(options().changed(o -> o.session = Optional.of(id)));
  }

  /**
   * The same request with words to find it by in traces.
   *
   * @param words all of them
   * @return a new request
   */
  default R withTags(String... words) {
    return with(options().changed(o -> o.tags = List.of(words)));
  }

  /**
   * The same request with another use of the cache of answers, which is off if nothing turns it on.
   *
   * @param way what the cache does for it
   * @return a new request
   */
  default R withCaching(CallOptions.Caching way) {
    return with(options().changed(o -> o.caching = way));
  }
}
