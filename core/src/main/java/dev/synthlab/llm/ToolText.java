package dev.synthlab.llm;

import dev.synthlab.http.Json;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;

/** Between the text a model writes and reads and the Java of its tools. */
final class ToolText {
  private ToolText() {}

  /** Nothing is asked for. */
  private record Nothing() {}

  /** The arguments of a call as a Java value. */
  static Object arguments(Shape shape, Part.ToolCall call) {
    String text = call.arguments().isBlank() ? "{}" : call.arguments();
    return switch (Salvage.read(text)) {
      case Salvage.Unreadable none ->
          throw new IllegalArgumentException("the arguments are not JSON: " + none.why());
      case Salvage.Tree tree -> {
        Shape.Reading read = shape.read(tree.value());
        yield read.value()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "the arguments do not fit: " + String.join("; ", read.violations())));
      }
    };
  }

  /** What the model is told of a result. */
  static String of(@Nullable Object result) {
    return switch (result) {
      case null -> "done";
      case String text -> text;
      case Record value -> Json.mapper().writeValueAsString(tree(value));
      default -> Json.mapper().writeValueAsString(result);
    };
  }

  private static Object tree(Record value) {
    try {
      return Shape.of(value.getClass()).write(value);
    } catch (IllegalArgumentException e) {
      return value; // what a model could not fill, it can read
    }
  }

  static Tool tool(Object target, Method method) {
    Class<?>[] takes = method.getParameterTypes();
    if (takes.length > 1 || (takes.length == 1 && !takes[0].isRecord())) {
      throw new IllegalArgumentException(
          method.getName() + " of " + target.getClass().getName() + " must take one record");
    }
    method.setAccessible(true);
    Shape shape = Shape.of(takes.length == 0 ? Nothing.class : takes[0]);
    Described words = method.getAnnotation(Described.class);
    return new Tool(
        method.getName(),
        words.value(),
        shape.schema(),
        call -> {
          Object arguments = arguments(shape, call);
          return of(takes.length == 0 ? invoke(target, method) : invoke(target, method, arguments));
        });
  }

  private static @Nullable Object invoke(Object target, Method method, Object... arguments)
      throws Exception {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof Error thrown) {
        throw thrown;
      }
      throw e.getCause() instanceof Exception thrown ? thrown : e;
    }
  }
}
