package dev.synthlab.llm;

import dev.synthlab.Internal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The common supertype of {@link CompletionRequest}, {@link EmbeddingRequest} and {@link
 * ImageRequest}, with the options that they share. Immutable; each {@code with...} returns a new
 * request.
 *
 * @param <R> the request itself
 */
@Internal
public sealed interface ModelRequest<R extends ModelRequest<R>>
    permits CompletionRequest, EmbeddingRequest, ImageRequest {

  /**
   * The options of the request.
   *
   * @return the options
   */
  CallOptions options();

  /**
   * The same request with all these options in place of its own.
   *
   * @param options for example those of another request
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
   * The same request with one more parameter of its body.
   *
   * @param name of the parameter in the body, for example {@code logit_bias}
   * @param value a string, number, boolean, list or map
   * @return a new request
   */
  default R with(String name, Object value) {
    return with(options().changed(o -> o.parameters.put(name, value)));
  }

  /**
   * The same request with a deadline for the whole call.
   *
   * @param within the time for all attempts and the waits between them; positive
   * @return a new request
   */
  default R withDeadline(Duration within) {
    return with(options().changed(o -> o.deadline = Optional.of(within)));
  }

  /**
   * The same request with a timeout for each attempt.
   *
   * @param limit the time for one attempt, its body included; positive
   * @return a new request
   */
  default R withTimeout(Duration limit) {
    return with(options().changed(o -> o.timeout = Optional.of(limit)));
  }

  /**
   * The same request with a maximum number of attempts.
   *
   * @param count the maximum number of requests to one model, the first included; at least 1
   * @return a new request
   */
  default R withMaxAttempts(int count) {
    return with(options().changed(o -> o.maxAttempts = Optional.of(count)));
  }

  /**
   * The same request with the name of the operation that it is made for, in traces and usage.
   *
   * @param name in the words of the application, for example {@code executive-summary}
   * @return a new request
   */
  default R withOperation(String name) {
    return with(options().changed(o -> o.operation = Optional.of(name)));
  }

  /**
   * The same request with the user for whom it is made, in traces; the model does not see it.
   *
   * @param id the user's id in the application
   * @return a new request
   */
  default R withUser(String id) {
    return with(options().changed(o -> o.user = Optional.of(id)));
  }

  /**
   * The same request with the conversation it belongs to, in traces; the model does not see it.
   *
   * @param id the conversation's id in the application
   * @return a new request
   */
  default R withSession(String id) {
    return with(options().changed(o -> o.session = Optional.of(id)));
  }

  /**
   * The same request with tags to find it by in traces.
   *
   * @param words all of the tags
   * @return a new request
   */
  default R withTags(String... words) {
    return with(options().changed(o -> o.tags = List.of(words)));
  }
}
