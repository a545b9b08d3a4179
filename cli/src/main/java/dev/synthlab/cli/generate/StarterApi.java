package dev.synthlab.cli.generate;

import dev.synthlab.cli.generate.Operation.Argument;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a client begins with when nothing is known of its service. */
final class StarterApi {
  private StarterApi() {}

  static ApiModel api(ClientName name) {
    String item = name.pascal() + "Item";
    Argument id = new Argument("id", "id", Type.Scalar.TEXT, Operation.Location.PATH, "which one");
    Operation operation =
        new Operation(
            "item",
            "get",
            "/items/{id}",
            "One item. An operation to begin with: put those of the service in its place.",
            List.of(id),
            Optional.empty(),
            Optional.empty(),
            Optional.of(new Type.Named(item)));
    GeneratedType.RecordType fields =
        new GeneratedType.RecordType(
            item,
            "An item. An answer to begin with: put those of the service in its place.",
            List.of(
                new GeneratedType.Field("id", "id", Type.Scalar.TEXT, false, "which one it is"),
                new GeneratedType.Field(
                    "name", "name", Type.Scalar.TEXT.optional(), false, "what it is called")));
    return new ApiModel(
        "",
        Optional.empty(),
        ApiModel.Key.BEARER,
        List.of(operation),
        Map.of(item, fields),
        List.of());
  }
}
