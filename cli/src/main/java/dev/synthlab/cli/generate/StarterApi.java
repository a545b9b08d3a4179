package dev.synthlab.cli.generate;

import dev.synthlab.cli.generate.Operation.Argument;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The sample API of a client that is written without an OpenAPI file. */
final class StarterApi {
  private StarterApi() {}

  static ApiModel api(ClientName name) {
    String item = name.pascal() + "Item";
    Argument id =
        new Argument("id", "id", Type.Scalar.TEXT, Operation.Location.PATH, "the id of the item");
    Operation operation =
        new Operation(
            "item",
            "get",
            "/items/{id}",
            "Returns one item. This is a sample operation: replace it by those of the service.",
            List.of(id),
            Optional.empty(),
            Optional.empty(),
            Optional.of(new Type.Named(item)));
    GeneratedType.RecordType fields =
        new GeneratedType.RecordType(
            item,
            "An item. This is a sample type: replace it by those of the service.",
            List.of(
                new GeneratedType.Field("id", "id", Type.Scalar.TEXT, false, "the id"),
                new GeneratedType.Field(
                    "name", "name", Type.Scalar.TEXT.optional(), false, "the name")));
    List<Operation> operations = List.of(operation);
    Map<String, GeneratedType> types = Map.of(item, fields);
    return new ApiModel(
        "",
        Optional.empty(),
        ApiModel.Key.BEARER,
        operations,
        types,
        ExampleCall.of(operations, types, omitted -> {}),
        List.of());
  }
}
