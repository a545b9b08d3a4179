package dev.synthlab.llm;

import java.util.Objects;

/**
 * Something a model may call. Immutable; safe for use by many threads if what it calls is.
 *
 * @param name what the model calls it: letters, digits, {@code _} and {@code -}
 * @param description what it does, in words for the model
 * @param parameters the shape of its arguments
 * @param action what is done
 */
public record Tool(String name, String description, JsonSchema parameters, Action action) {

  /** Checks the name. */
  public Tool {
    Objects.requireNonNull(description);
    Objects.requireNonNull(parameters);
    Objects.requireNonNull(action);
    if (!name.matches("[A-Za-z0-9_-]{1,64}")) {
      throw new IllegalArgumentException(
          "a tool's name has 1 to 64 letters, digits, _ or -, was \"" + name + "\"");
    }
  }

  /** What a tool does. */
  @FunctionalInterface
  public interface Action {
    /**
     * Does it.
     *
     * @param arguments one JSON object, as the model wrote it
     * @return what the model is told: text, or JSON as text
     * @throws Exception what went wrong; the model is told
     */
    String call(String arguments) throws Exception;
  }
}
