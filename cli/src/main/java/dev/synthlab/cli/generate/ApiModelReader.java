package dev.synthlab.cli.generate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads an OpenAPI file into an {@link ApiModel}. Used once, by one thread. */
final class ApiModelReader {
  private static final Set<String> METHODS =
      Set.of("get", "put", "post", "delete", "patch", "head", "options", "trace");
  private static final int MAX_OPERATIONS = 3_000;

  private final OpenApiDocument document;
  private final Unsupported unsupported = new Unsupported();
  private final OperationReader operations;
  private final SchemaReader schemas;

  private ApiModelReader(OpenApiDocument document, String client) {
    this.document = document;
    this.schemas = new SchemaReader(document, JavaNames.ofTypes(client), unsupported);
    this.operations = new OperationReader(document, schemas, unsupported);
  }

  /**
   * Reads a file.
   *
   * @param document the file
   * @param client the name of the client, without {@code Client}
   * @return at least one operation
   */
  static ApiModel read(OpenApiDocument document, String client) {
    return new ApiModelReader(document, client).api();
  }

  private ApiModel api() {
    OpenApiNode top = document.top();
    Optional<String> server = server();
    ApiModel.Key key = new KeyReader(document, unsupported).read();
    List<Operation> read = new ArrayList<>();
    top.child("paths")
        .map(OpenApiNode::children)
        .orElse(Map.of())
        .forEach((path, item) -> addTo(read, path, item));
    top.child("webhooks")
        .filter(node -> !node.children().isEmpty())
        .ifPresent(node -> unsupported.add(node, "webhooks", "omitted"));
    if (read.isEmpty()) {
      throw new GenerateException(
          Stream.concat(
                  Stream.of(document.name() + " has no operation that is supported"),
                  unsupported.lines().stream())
              .collect(Collectors.joining("\n  ")));
    }
    OpenApiNode about = top.child("info").orElse(new OpenApiNode(Map.of(), "/info"));
    String doc = about.text("description").or(() -> about.text("title")).orElse("");
    return new ApiModel(doc, server, key, List.copyOf(read), reachable(read), unsupported.lines());
  }

  /** The types that the supported operations use. */
  private Map<String, GeneratedType> reachable(List<Operation> read) {
    Set<String> names = new LinkedHashSet<>();
    for (Operation each : read) {
      each.required().forEach(argument -> reach(argument.type(), names));
      each.options().ifPresent(options -> options.all().forEach(one -> reach(one.type(), names)));
      each.result().ifPresent(answer -> reach(answer, names));
    }
    Map<String, GeneratedType> types = new LinkedHashMap<>(schemas.declared());
    types.keySet().retainAll(names);
    return types;
  }

  private void reach(Type type, Set<String> names) {
    switch (type) {
      case Type.Scalar scalar -> {}
      case Type.ListOf list -> reach(list.member(), names);
      case Type.MapOf map -> reach(map.member(), names);
      case Type.OptionalOf maybe -> reach(maybe.of(), names);
      case Type.Named named -> {
        if (names.add(named.name())) {
          reachParts(schemas.declared().get(named.name()), names);
        }
      }
    }
  }

  private void reachParts(@Nullable GeneratedType declared, Set<String> names) {
    if (declared instanceof GeneratedType.RecordType fields) {
      fields.fields().forEach(part -> reach(part.type(), names));
    } else if (declared instanceof GeneratedType.Alias whole) {
      reach(whole.aliased(), names);
    }
  }

  private void addTo(List<Operation> read, String path, OpenApiNode reference) {
    if (path.startsWith("x-")) {
      return;
    }
    OpenApiNode item = document.follow(reference);
    item.children()
        .forEach(
            (method, node) -> {
              if (METHODS.contains(method)) {
                operations.read(path, method, item, node).ifPresent(read::add);
              }
            });
    if (read.size() > MAX_OPERATIONS) {
      throw new GenerateException(
          document.name()
              + " has more than "
              + MAX_OPERATIONS
              + " operations; use a file with fewer");
    }
  }

  /** The first absolute server URL, with the default values of its variables. */
  private Optional<String> server() {
    List<OpenApiNode> servers =
        document.top().child("servers").map(OpenApiNode::members).orElse(List.of());
    for (OpenApiNode server : servers) {
      String url = server.text("url").orElse("");
      for (Map.Entry<String, OpenApiNode> variable :
          server.child("variables").map(OpenApiNode::children).orElse(Map.of()).entrySet()) {
        String byDefault = variable.getValue().text("default").orElse("");
        url = url.replace("{" + variable.getKey() + "}", byDefault);
      }
      if (!url.toLowerCase(Locale.ROOT).startsWith("http")) {
        unsupported.add(server, "a server URL that is not absolute", "omitted");
        continue;
      }
      try {
        return Optional.of(BaseUrl.checked(url));
      } catch (GenerateException e) {
        unsupported.add(server, "a server URL that " + e.getMessage(), "omitted");
      }
    }
    return Optional.empty();
  }
}
