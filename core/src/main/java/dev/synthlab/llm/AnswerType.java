package dev.synthlab.llm;

import dev.synthlab.json.JsonBinding;
import java.util.List;
import java.util.Optional;

/**
 * The Java type that an answer is read as.
 *
 * @param name for messages
 * @param binding of the type to JSON
 * @param <T> the type
 */
record AnswerType<T>(String name, JsonBinding binding) {

  static <T> AnswerType<T> of(Class<T> type) {
    return new AnswerType<>(type.getSimpleName(), JsonBinding.of(type));
  }

  static <T> AnswerType<T> of(TypeRef<T> type) {
    JsonBinding binding = JsonBinding.of(type.type());
    return new AnswerType<>(binding.schema().name(), binding);
  }

  static <T> AnswerType<List<T>> listOf(Class<T> type) {
    return new AnswerType<>("list of " + type.getSimpleName(), JsonBinding.listOf(type));
  }

  /** The value of a JSON tree, or the violations. */
  StructuredCall.Read<T> read(Object tree) {
    JsonBinding.Reading reading = binding.read(tree);
    @SuppressWarnings("unchecked") // the binding of a type reads values of that type
    Optional<T> value = (Optional<T>) reading.value();
    return new StructuredCall.Read<>(value, reading.violations());
  }
}
