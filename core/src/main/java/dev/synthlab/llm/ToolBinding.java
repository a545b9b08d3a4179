package dev.synthlab.llm;

import dev.synthlab.json.Description;
import dev.synthlab.json.Json;
import dev.synthlab.json.JsonBinding;
import dev.synthlab.json.JsonExtractor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;

/** Converts tool arguments from JSON, and results to JSON. */
final class ToolBinding {
  private ToolBinding() {}

  /** The arguments of a method without parameters. */
  private record Nothing() {}

  /** The arguments of a call as a Java value. */
  static Object arguments(JsonBinding binding, Part.ToolCall call) {
    String text = call.arguments().isBlank() ? "{}" : call.arguments();
    return switch (JsonExtractor.read(text)) {
      case JsonExtractor.Unreadable none ->
          throw new IllegalArgumentException("the arguments are not JSON: " + none.reason());
      case JsonExtractor.Tree tree -> {
        JsonBinding.Reading read = binding.read(tree.value());
        yield read.value()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "the arguments do not fit: " + String.join("; ", read.violations())));
      }
    };
  }

  /** The text of a result for the model. */
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
      return JsonBinding.of(value.getClass()).write(value);
    } catch (IllegalArgumentException e) {
      return value; // a type without a schema can still be written
    }
  }

  static Tool tool(Object target, Method method) {
    Class<?>[] takes = method.getParameterTypes();
    if (takes.length > 1 || (takes.length == 1 && !takes[0].isRecord())) {
      throw new IllegalArgumentException(
          method.getName() + " of " + target.getClass().getName() + " must take one record");
    }
    method.setAccessible(true);
    JsonBinding binding = JsonBinding.of(takes.length == 0 ? Nothing.class : takes[0]);
    Description words = method.getAnnotation(Description.class);
    return new Tool(
        method.getName(),
        words.value(),
        binding.schema(),
        call -> {
          Object arguments = arguments(binding, call);
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
