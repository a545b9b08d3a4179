package dev.synthlab.test;

import java.util.Objects;
import java.util.function.Predicate;

/**
 * A condition on requests, with the words that describe it in messages. Immutable.
 *
 * @param description completes "when", for example {@code the prompt contains "Oslo"}
 * @param condition whether a request meets it
 */
public record RequestMatcher(String description, Predicate<LlmRequest> condition) {
  /** Requires both parts. */
  public RequestMatcher {
    Objects.requireNonNull(description);
    Objects.requireNonNull(condition);
  }

  /**
   * Matches a request with a text in any of its messages or inputs.
   *
   * @param text the text, with upper and lower case as given
   * @return the matcher
   */
  public static RequestMatcher promptContains(String text) {
    Objects.requireNonNull(text);
    return new RequestMatcher(
        "the prompt contains \"" + text + "\"", request -> request.prompt().contains(text));
  }

  /**
   * Matches a request for a model.
   *
   * @param name the name of the model
   * @return the matcher
   */
  public static RequestMatcher model(String name) {
    Objects.requireNonNull(name);
    return new RequestMatcher("the model is " + name, request -> request.model().equals(name));
  }

  /**
   * Matches every request.
   *
   * @return the matcher
   */
  public static RequestMatcher anyRequest() {
    return new RequestMatcher("there is a request", request -> true);
  }

  /**
   * Matches requests that also match another matcher.
   *
   * @param other the other matcher
   * @return a new matcher
   */
  public RequestMatcher and(RequestMatcher other) {
    return new RequestMatcher(
        description + " and " + other.description,
        request -> condition.test(request) && other.condition.test(request));
  }

  boolean matches(LlmRequest request) {
    return condition.test(request);
  }

  @Override
  public String toString() {
    return description;
  }
}
