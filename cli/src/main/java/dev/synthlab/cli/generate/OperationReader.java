package dev.synthlab.cli.generate;

import dev.synthlab.cli.generate.Operation.Argument;
import dev.synthlab.cli.generate.Operation.Location;
import dev.synthlab.cli.generate.Operation.Options;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the operations of an OpenAPI file; omits and lists those that it does not support. */
final class OperationReader {
  private static final Pattern IN_BRACES = Pattern.compile("\\{([^{}]*)}");
  private static final Set<String> SUPPORTED_METHODS =
      Set.of("get", "put", "post", "delete", "patch", "head");

  private final OpenApiDocument document;
  private final SchemaReader schemas;
  private final Unsupported unsupported;
  private final JavaNames methods = JavaNames.ofMembers("joined");

  OperationReader(OpenApiDocument document, SchemaReader schemas, Unsupported notCovered) {
    this.document = document;
    this.schemas = schemas;
    this.unsupported = notCovered;
  }

  /** Thrown when an operation is not supported, so that it is omitted. */
  private static final class UnsupportedOperation extends Exception {
    private static final long serialVersionUID = 1L;
    private final transient OpenApiNode where;

    UnsupportedOperation(OpenApiNode where, String reason) {
      super(reason);
      this.where = where;
    }
  }

  /** The parts of the file that describe one operation. */
  private record Draft(
      String path, String http, OpenApiNode item, OpenApiNode node, JavaNames arguments) {}

  /** The operation; empty if it is not supported. */
  Optional<Operation> read(String path, String http, OpenApiNode item, OpenApiNode node) {
    try {
      return Optional.of(
          operation(
              new Draft(
                  path, http, item, node, JavaNames.ofMembers("options", "call", "api", "value"))));
    } catch (UnsupportedOperation e) {
      String what = http.toUpperCase(Locale.ROOT) + " " + path + ": " + e.getMessage();
      unsupported.add(e.where, what, "the operation is omitted");
      return Optional.empty();
    }
  }

  private Operation operation(Draft draft) throws UnsupportedOperation {
    OpenApiNode node = draft.node();
    if (!SUPPORTED_METHODS.contains(draft.http())) {
      throw new UnsupportedOperation(node, "this HTTP method");
    }
    requirePath(draft);
    for (String word : List.of("callbacks", "servers")) {
      node.child(word)
          .filter(each -> !each.children().isEmpty() || !each.members().isEmpty())
          .ifPresent(each -> unsupported.add(each, word, "omitted"));
    }
    String suggestedName =
        node.text("operationId").orElse(draft.http() + " " + pathWords(draft.path()));
    String name = methods.member(suggestedName, "operation");
    List<Argument> all = arguments(draft, suggestedName);
    Optional<Argument> body = body(draft, suggestedName);
    requireFewParameters(node, all);
    Optional<Type> answer =
        draft.http().equals("head") ? Optional.empty() : result(node, suggestedName);
    List<Argument> optional =
        all.stream().filter(each -> each.type() instanceof Type.OptionalOf).toList();
    Optional<Options> options =
        optional.isEmpty()
            ? Optional.empty()
            : Optional.of(
                new Options(schemas.typeName(suggestedName + " options"), name, optional));
    return new Operation(
        name,
        draft.http(),
        draft.path(),
        doc(draft),
        all.stream().filter(each -> !(each.type() instanceof Type.OptionalOf)).toList(),
        options,
        body,
        answer);
  }

  private static void requireFewParameters(OpenApiNode node, List<Argument> all)
      throws UnsupportedOperation {
    long wide =
        all.stream()
            .filter(each -> each.type() == Type.Scalar.LONG || each.type() == Type.Scalar.DOUBLE)
            .count();
    if (all.size() + wide > JavaLimits.PARAMETERS) {
      throw new UnsupportedOperation(node, all.size() + " parameters, too many for a Java method");
    }
  }

  /** The name words of a path: {@code /users/{id}/posts} becomes "users by id posts". */
  private static String pathWords(String path) {
    return IN_BRACES
        .matcher(path)
        .replaceAll(found -> " by " + Matcher.quoteReplacement(found.group(1)));
  }

  private static String doc(Draft draft) {
    OpenApiNode node = draft.node();
    String doc = node.text("summary").or(() -> node.text("description")).orElse("");
    return node.isTrue("deprecated") ? (doc + " Deprecated by the service.").strip() : doc;
  }

  private static void requirePath(Draft draft) throws UnsupportedOperation {
    String literal = IN_BRACES.matcher(draft.path()).replaceAll("x");
    try {
      URI uri = new URI("http://host" + literal);
      boolean only = uri.getRawQuery() == null && uri.getRawFragment() == null;
      if (literal.startsWith("/") && only && "host".equals(uri.getHost())) {
        return;
      }
    } catch (URISyntaxException e) {
      throw new UnsupportedOperation(draft.item(), "a path that is not valid in a URL");
    }
    throw new UnsupportedOperation(draft.item(), "a path that is not valid in a URL");
  }

  /** The parameters of the operation and of its path item; path parameters first, in order. */
  private List<Argument> arguments(Draft draft, String suggestedName) throws UnsupportedOperation {
    Map<String, OpenApiNode> found = new LinkedHashMap<>();
    for (OpenApiNode owner : List.of(draft.item(), draft.node())) {
      for (OpenApiNode reference :
          owner.child("parameters").map(OpenApiNode::members).orElse(List.of())) {
        OpenApiNode parameter = document.follow(reference);
        String key = parameter.text("in").orElse("") + " " + parameter.text("name").orElse("");
        found.put(key, parameter);
      }
    }
    List<String> inPath =
        IN_BRACES.matcher(draft.path()).results().map(each -> each.group(1)).toList();
    List<Argument> arguments = new ArrayList<>();
    for (String name : inPath) {
      OpenApiNode parameter = found.remove("path " + name);
      if (parameter == null || inPath.indexOf(name) != inPath.lastIndexOf(name)) {
        throw new UnsupportedOperation(
            draft.node(), "{" + name + "} has no parameter description, or occurs twice");
      }
      arguments.add(argument(parameter, Location.PATH, draft, suggestedName));
    }
    List<Argument> others = new ArrayList<>();
    for (OpenApiNode parameter : found.values()) {
      Optional<Location> place = location(parameter);
      if (place.isPresent()) {
        others.add(argument(parameter, place.get(), draft, suggestedName));
      }
    }
    others.sort(Comparator.comparing(each -> each.type() instanceof Type.OptionalOf));
    arguments.addAll(others);
    return arguments;
  }

  /** The location of a query or header parameter; empty if the parameter is omitted. */
  private Optional<Location> location(OpenApiNode parameter) throws UnsupportedOperation {
    String in = parameter.text("in").orElse("");
    String style = parameter.text("style").orElse("");
    boolean plain = parameter.child("schema").isPresent() && !parameter.isTrue("allowReserved");
    String name = parameter.text("name").orElse("");
    if (name.length() > JavaLimits.TEXT) {
      refuse(parameter, "a parameter whose name is longer than " + JavaLimits.TEXT + " characters");
      return Optional.empty();
    }
    if (in.equals("header")) {
      // OpenAPI says to ignore these: other parts of the file describe them.
      if (Set.of("accept", "content-type", "authorization")
          .contains(name.toLowerCase(Locale.ROOT))) {
        return Optional.empty();
      }
      if (plain && (style.isEmpty() || style.equals("simple")) && name.matches(KeyReader.TOKEN)) {
        return Optional.of(Location.HEADER);
      }
    }
    if (in.equals("query") && plain && (style.isEmpty() || style.equals("form"))) {
      return Optional.of(parameter.isFalse("explode") ? Location.QUERY_JOINED : Location.QUERY);
    }
    refuse(parameter, "a parameter in " + in + (style.isEmpty() ? "" : " of style " + style));
    return Optional.empty();
  }

  /** Omits an optional parameter or body; a required one makes the operation unsupported. */
  private void refuse(OpenApiNode parameter, String what) throws UnsupportedOperation {
    if (parameter.isTrue("required")) {
      throw new UnsupportedOperation(parameter, what);
    }
    unsupported.add(parameter, what, "omitted");
  }

  private Argument argument(
      OpenApiNode parameter, Location place, Draft draft, String suggestedName)
      throws UnsupportedOperation {
    String wire = parameter.text("name").orElse("");
    Type type =
        schemas.read(
            parameter.child("schema").orElse(parameter.empty()), suggestedName + " " + wire);
    boolean inPath = place == Location.PATH;
    String style = parameter.text("style").orElse("simple");
    if (!sendable(type.withoutOptional(), !inPath) || (inPath && !style.equals("simple"))) {
      throw new UnsupportedOperation(
          parameter, "a parameter that is an object or has another style");
    }
    boolean certain = inPath || parameter.isTrue("required");
    return new Argument(
        wire,
        draft.arguments().member(wire, "argument"),
        certain ? type.withoutOptional() : type.optional(),
        place,
        SchemaReader.doc(parameter));
  }

  private boolean sendable(Type type, boolean many) {
    return switch (type) {
      case Type.Scalar scalar -> scalar != Type.Scalar.ANY;
      case Type.ListOf list -> many && sendable(list.member(), false);
      case Type.MapOf map -> false;
      case Type.OptionalOf maybe -> false;
      case Type.Named named ->
          schemas.declared().get(named.name()) instanceof GeneratedType.EnumType;
    };
  }

  private Optional<Argument> body(Draft draft, String suggestedName) throws UnsupportedOperation {
    Optional<OpenApiNode> reference = draft.node().child("requestBody");
    if (reference.isEmpty()) {
      return Optional.empty();
    }
    OpenApiNode body = document.follow(reference.get());
    Optional<OpenApiNode> json = json(body);
    if (json.isEmpty()) {
      refuse(body, "a request body of type " + mediaTypes(body));
      return Optional.empty();
    }
    if (!body.isTrue("required")) {
      unsupported.add(body, "an optional request body", "always sent");
    }
    if (draft.http().equals("get") || draft.http().equals("head")) {
      throw new UnsupportedOperation(body, "a body of a " + draft.http().toUpperCase(Locale.ROOT));
    }
    Type type =
        json.get()
            .child("schema")
            .map(schema -> schemas.read(schema, suggestedName + " body"))
            .orElse(Type.Scalar.ANY)
            .withoutOptional();
    String name = draft.arguments().member("body", "body");
    return Optional.of(new Argument("", name, type, Location.BODY, SchemaReader.doc(body)));
  }

  private Optional<Type> result(OpenApiNode node, String suggestedName)
      throws UnsupportedOperation {
    Map<String, OpenApiNode> responses =
        node.child("responses").map(OpenApiNode::children).orElse(Map.of());
    List<String> good =
        responses.keySet().stream().filter(code -> code.matches("2(\\d\\d|XX)")).sorted().toList();
    if (good.isEmpty()) {
      unsupported.add(node, "no 2xx response is described", "the response body is not read");
      return Optional.empty();
    }
    List<String> withContent = new ArrayList<>();
    for (String code : good) {
      OpenApiNode response = document.follow(responses.getOrDefault(code, node));
      if (response.child("content").map(each -> !each.children().isEmpty()).orElse(false)) {
        withContent.add(code);
      }
    }
    if (withContent.isEmpty()) {
      return Optional.empty();
    }
    if (good.size() > 1) {
      unsupported.add(node, "several 2xx responses", "only " + withContent.getFirst() + " is read");
    }
    OpenApiNode response = document.follow(responses.getOrDefault(withContent.getFirst(), node));
    Optional<OpenApiNode> json = json(response);
    if (json.isEmpty()) {
      throw new UnsupportedOperation(response, "a response of type " + mediaTypes(response));
    }
    Type type =
        json.get()
            .child("schema")
            .map(schema -> schemas.read(schema, suggestedName + " response"))
            .orElse(Type.Scalar.ANY)
            .withoutOptional();
    return Optional.of(readable(type, suggestedName));
  }

  /** Wraps a type that cannot be read by one class, or as a list of one, into a record. */
  private Type readable(Type type, String suggestedName) {
    return switch (type) {
      case Type.Scalar scalar -> scalar;
      case Type.Named named -> named;
      case Type.ListOf list ->
          list.member() instanceof Type.Named || list.member() instanceof Type.Scalar
              ? list
              : new Type.Named(schemas.declareAlias(suggestedName + " response", list));
      case Type.MapOf map -> new Type.Named(schemas.declareAlias(suggestedName + " response", map));
      case Type.OptionalOf maybe -> readable(maybe.of(), suggestedName);
    };
  }

  private static Optional<OpenApiNode> json(OpenApiNode owner) {
    return owner.child("content").map(OpenApiNode::children).orElse(Map.of()).entrySet().stream()
        .filter(each -> isJson(each.getKey()))
        .map(Map.Entry::getValue)
        .findFirst();
  }

  private static boolean isJson(String mediaType) {
    String plain = mediaType.replaceAll(";.*", "").strip().toLowerCase(Locale.ROOT);
    return plain.equals("application/json") || plain.matches("application/[\\w.-]+\\+json");
  }

  private static String mediaTypes(OpenApiNode owner) {
    Set<String> types = owner.child("content").map(OpenApiNode::children).orElse(Map.of()).keySet();
    return types.isEmpty() ? "none" : String.join(", ", types);
  }
}
