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
 * A function that a model may call. Its action runs on a virtual thread, in parallel with the
 * others of the same answer, and is interrupted when the completion ends before it. Immutable; safe
 * for use by many threads if the action is.
 *
 * @param name of the tool: letters, digits, {@code _} and {@code -}
 * @param description what it does, for the model
 * @param parameters the schema of its arguments
 * @param action runs at each call
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

  /** The action of a tool, with its arguments as text. */
  @FunctionalInterface
  public interface Action {
    /**
     * Runs the action.
     *
     * @param call the call with the arguments as the model wrote them
     * @return the result that the model gets: text, or JSON as text
     * @throws Exception when it fails; the model gets the message, with secrets masked
     */
    String call(Part.ToolCall call) throws Exception;
  }

  /**
   * The action of a tool, with its arguments as a Java value.
   *
   * @param <A> a record
   */
  @FunctionalInterface
  public interface TypedAction<A> {
    /**
     * Runs the action.
     *
     * @param arguments of the call, checked against their constraints
     * @return the result that the model gets: a string as it is, any other value as JSON
     * @throws Exception when it fails; the model gets the message, with secrets masked
     */
    Object call(A arguments) throws Exception;
  }

  /**
   * A tool whose arguments are a record; {@link Description} explains its components. If arguments
   * do not fit, the action does not run and the model gets the violations.
   *
   * @param name of the tool
   * @param description what it does, for the model
   * @param arguments a record
   * @param action runs at each call
   * @param <A> the record
   * @return a tool
   * @throws IllegalArgumentException when the record has a component that JSON cannot describe
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
   * A tool whose arguments are a record with a {@link Description} of the tool.
   *
   * @param name of the tool
   * @param arguments a record
   * @param action runs at each call
   * @param <A> the record
   * @return a tool
   * @throws IllegalArgumentException when the record has a component that JSON cannot describe
   */
  public static <A> Tool of(String name, Class<A> arguments, TypedAction<A> action) {
    Description words = arguments.getAnnotation(Description.class);
    return of(name, words == null ? "" : words.value(), arguments, action);
  }

  /**
   * The methods of an object that have a {@link Description}, as tools with the names of the
   * methods. Each method has one record as parameter, or none.
   *
   * @param target the object whose public methods are called
   * @return one tool for each method, sorted by name
   * @throws IllegalArgumentException when there is none, or one has other parameters
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
   * The same tool with an approval before each call.
   *
   * @param allowed whether the call may be made; runs on the thread of the tool
   * @return a new tool; a call that is not allowed is not made, and the model gets a message
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
