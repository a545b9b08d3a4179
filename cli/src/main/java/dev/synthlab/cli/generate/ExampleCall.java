package dev.synthlab.cli.generate;

import dev.synthlab.cli.generate.Operation.Argument;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A call of an operation, for the test of a client.
 *
 * @param operation the operation
 * @param arguments example values of its required parameters
 * @param result an example value of its response body, if it is read
 */
record ExampleCall(
    Operation operation, List<ExampleValue> arguments, Optional<ExampleValue> result) {

  /**
   * The call that shows most: of an operation that is retried by default and returns a result.
   *
   * @param operations the operations of a client
   * @param types the types that they use
   * @param omitted receives each operation that would show more but whose example is too large
   * @return empty if there is no operation with an example
   */
  static Optional<ExampleCall> of(
      List<Operation> operations, Map<String, GeneratedType> types, Consumer<Operation> omitted) {
    List<Operation> sorted =
        operations.stream()
            .sorted(
                Comparator.<Operation>comparingInt(each -> each.retriedByDefault() ? 0 : 1)
                    .thenComparingInt(each -> each.result().isPresent() ? 0 : 1)
                    .thenComparingInt(each -> each.method().equals("get") ? 0 : 1)
                    .thenComparingInt(each -> each.path().contains("{") ? 0 : 1))
            .toList();
    for (Operation each : sorted) {
      Optional<ExampleCall> call = of(each, types);
      if (call.isPresent()) {
        return call;
      }
      omitted.accept(each);
    }
    return Optional.empty();
  }

  private static Optional<ExampleCall> of(Operation operation, Map<String, GeneratedType> types) {
    ExampleBuilder builder = new ExampleBuilder(types);
    List<ExampleValue> arguments = new ArrayList<>();
    for (Argument each : operation.required()) {
      Optional<ExampleValue> example = builder.of(each.type());
      if (example.isEmpty()) {
        return Optional.empty();
      }
      arguments.add(example.get());
    }
    Optional<ExampleValue> result = operation.result().flatMap(builder::of);
    return result.isPresent() == operation.result().isPresent()
        ? Optional.of(new ExampleCall(operation, arguments, result))
        : Optional.empty();
  }
}
