package dev.synthlab.cli.generate;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads an OpenAPI file into an {@link ApiModel}. Used once, by one thread. */
final class ApiModelReader {
  private static final Set<String> METHODS =
      Set.of("get", "put", "post", "delete", "patch", "head", "options", "trace");
  private static final int MAX_OPERATIONS = 3_000;
  private static final Pattern VARIABLE = Pattern.compile("\\{([^{}]*)}");

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
    OpenApiNode about = top.child("info").orElse(top.empty());
    String doc = about.text("description").or(() -> about.text("title")).orElse("");
    Map<String, GeneratedType> types = reachable(read);
    Optional<ExampleCall> example = ExampleCall.of(read, types, this::addWithoutExample);
    return new ApiModel(doc, server, key, List.copyOf(read), types, example, unsupported.lines());
  }

  private void addWithoutExample(Operation operation) {
    OpenApiNode paths = document.top().child("paths").orElse(document.top());
    unsupported.add(
        paths.child(operation.path()).orElse(paths),
        operation.method().toUpperCase(Locale.ROOT) + ": an example that is too large or too deep",
        "the test does not call it");
  }

  /** The types that the supported operations use. */
  private Map<String, GeneratedType> reachable(List<Operation> read) {
    Set<String> names = new LinkedHashSet<>();
    Deque<Type> left = new ArrayDeque<>();
    for (Operation each : read) {
      each.required().forEach(argument -> left.add(argument.type()));
      each.options().ifPresent(options -> options.all().forEach(one -> left.add(one.type())));
      each.result().ifPresent(left::add);
    }
    // No recursion: types can refer to each other in a chain of thousands.
    while (!left.isEmpty()) {
      reach(left.remove(), left, names);
    }
    Map<String, GeneratedType> types = new LinkedHashMap<>(schemas.declared());
    types.keySet().retainAll(names);
    return types;
  }

  /** Adds the name of a type, and the types that it refers to directly to the ones left. */
  private void reach(Type type, Deque<Type> left, Set<String> names) {
    switch (type) {
      case Type.Scalar scalar -> {}
      case Type.ListOf list -> left.add(list.member());
      case Type.MapOf map -> left.add(map.member());
      case Type.OptionalOf maybe -> left.add(maybe.of());
      case Type.Named named -> {
        if (names.add(named.name())) {
          left.addAll(parts(schemas.declared().get(named.name())));
        }
      }
    }
  }

  private static List<Type> parts(@Nullable GeneratedType declared) {
    return switch (declared) {
      case null -> List.of();
      case GeneratedType.EnumType words -> List.of();
      case GeneratedType.Alias whole -> List.of(whole.aliased());
      case GeneratedType.RecordType record ->
          record.fields().stream().map(GeneratedType.Field::type).toList();
    };
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
      String url = withDefaults(server);
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

  /** The URL of a server with the default values of its variables; they are not expanded again. */
  private static String withDefaults(OpenApiNode server) {
    OpenApiNode variables = server.child("variables").orElse(server.empty());
    StringBuilder url = new StringBuilder();
    Matcher name = VARIABLE.matcher(server.text("url").orElse(""));
    while (name.find() && url.length() <= BaseUrl.MAX) {
      String found = name.group();
      String byDefault =
          variables.child(name.group(1)).map(node -> node.text("default").orElse("")).orElse(found);
      name.appendReplacement(url, Matcher.quoteReplacement(byDefault));
    }
    return name.appendTail(url).toString();
  }
}
