package dev.synthlab.llm;

import java.util.Objects;
import java.util.function.Predicate;

/**
 * Something a model may call. What it does runs on a virtual thread, several calls at once if the
 * model asks for several; it is interrupted when the call ends before it. Immutable; safe for use
 * by many threads if what it does is.
 *
 * @param name what the model calls it: letters, digits, {@code _} and {@code -}
 * @param description what it does, in words for the model
 * @param parameters the shape of its arguments
 * @param action what is done
 * @see <a href="https://platform.openai.com/docs/guides/function-calling">function calling</a>
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
     * @param call the arguments as the model wrote them
     * @return what the model is told: text, or JSON as text
     * @throws Exception what went wrong; the model is told its message, struck of secrets
     */
    String call(Part.ToolCall call) throws Exception;
  }

  /**
   * The same tool, asked for leave before each call.
   *
   * @param allowed says whether it may be called with these arguments; asked on the tool's thread
   * @return a new tool; a call that is not allowed is not made, and the model is told so
   */
  public Tool onlyIf(Predicate<Part.ToolCall> allowed) {
    return new Tool(
        name,
        description,
        parameters,
        call ->
            allowed.test(call)
                ? action.call(call)
                : "error: this call was not allowed; do without");
  }
}
