package dev.synthlab.llm;

import dev.synthlab.json.Description;
import dev.synthlab.json.JsonBinding;
import dev.synthlab.json.JsonSchema;
import java.lang.reflect.Method;
import java.util.Comparator;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.stream.Stream;

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
   * What a tool does with its arguments as a Java value.
   *
   * @param <A> a record
   */
  @FunctionalInterface
  public interface TypedAction<A> {
    /**
     * Does it.
     *
     * @param arguments as the model gave them, checked against their bounds
     * @return what the model is told: a text as it stands, anything else as JSON
     * @throws Exception what went wrong; the model is told its message, struck of secrets
     */
    Object call(A arguments) throws Exception;
  }

  /**
   * A tool whose arguments are a record; what they mean is said by {@link Description}. Arguments
   * that do not fit are not handed on: the model is told what is wrong with them.
   *
   * @param name what the model calls it
   * @param description what it does, in words for the model
   * @param arguments a record
   * @param action what is done
   * @param <A> the record
   * @return a tool
   * @throws IllegalArgumentException when a part of the record cannot be filled by a model
   */
  public static <A> Tool of(
      String name, String description, Class<A> arguments, TypedAction<A> action) {
    JsonBinding binding = JsonBinding.of(arguments);
    return new Tool(
        name,
        description,
        binding.schema(),
        call -> ToolBinding.of(action.call(arguments.cast(ToolBinding.arguments(binding, call)))));
  }

  /**
   * A tool whose arguments are a record that says by {@link Description} what the tool does.
   *
   * @param name what the model calls it
   * @param arguments a record
   * @param action what is done
   * @param <A> the record
   * @return a tool
   * @throws IllegalArgumentException when a part of the record cannot be filled by a model
   */
  public static <A> Tool of(String name, Class<A> arguments, TypedAction<A> action) {
    Description words = arguments.getAnnotation(Description.class);
    return of(name, words == null ? "" : words.value(), arguments, action);
  }

  /**
   * The methods of an object that say by {@link Description} what they do, as tools by their names.
   * Each takes one record, or nothing.
   *
   * @param target whose public methods are called
   * @return one tool for each, in the order of their names
   * @throws IllegalArgumentException when there is none, or one takes anything else
   */
  public static Tool[] allOf(Object target) {
    Tool[] tools =
        Stream.of(target.getClass().getMethods())
            .filter(method -> method.isAnnotationPresent(Description.class))
            .sorted(Comparator.comparing(Method::getName))
            .map(method -> ToolBinding.tool(target, method))
            .toArray(Tool[]::new);
    if (tools.length == 0) {
      throw new IllegalArgumentException(
          target.getClass().getName() + " has no public method with @Description");
    }
    return tools;
  }

  /**
   * The same tool, asked for leave before each call.
   *
   * @param allowed says whether it may be called with these arguments; asked on the tool's thread
   * @return a new tool; a call that is not allowed is not made, and the model is told so
   */
  public Tool withApproval(Predicate<Part.ToolCall> allowed) {
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
