package dev.synthlab.cli.generate;

import dev.synthlab.cli.generate.JavaSource.Expression;
import dev.synthlab.cli.generate.Operation.Argument;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Writes the source of a client class. */
final class ClientSources {
  private final ClientName name;
  private final ApiModel api;
  private final JavaSource source;
  private boolean joinsLists;

  private ClientSources(ClientName name, ApiModel api) {
    this.name = name;
    this.api = api;
    this.source = new JavaSource(name.packageName());
  }

  static String client(ClientName name, ApiModel api) {
    return new ClientSources(name, api).client();
  }

  private String client() {
    source.use("dev.synthlab.Synthlab").use("dev.synthlab.call.CallException");
    source.use("dev.synthlab.external.ApiClient").use("dev.synthlab.external.ApiService");
    source.javadoc(0, List.of(summary(), settings(), failures()), List.of());
    source.line(0, "public final class " + name.client() + " implements AutoCloseable {");
    service();
    source.line();
    source.line(2, "private final ApiClient api;");
    source.line();
    source.line(2, "private " + name.client() + "(ApiClient api) {");
    source.line(4, "this.api = api.withErrorMapper(" + name.exception() + "::of);");
    source.line(2, "}");
    factories();
    api.operations().forEach(this::operation);
    source.line();
    source.javadoc(2, "Closes the client; calls in progress are not interrupted.");
    source.line(2, "@Override").line(2, "public void close() {");
    source.line(4, "api.close();").line(2, "}");
    if (joinsLists) {
      joined();
    }
    return source.line(0, "}").text();
  }

  private String summary() {
    String who = "A client of the service {@code " + name.service() + "}";
    return api.doc().isEmpty() ? who + "." : who + ": " + TypeSources.sentence(api.doc(), "");
  }

  private String settings() {
    List<String> variables = new ArrayList<>();
    if (api.key().location() != ApiModel.KeyLocation.NONE) {
      String when = api.key().optional() ? " (optional)" : "";
      variables.add("{@code " + name.variable("API_KEY") + "}" + when);
    }
    variables.add("{@code " + name.variable("BASE_URL") + "}");
    variables.add("{@code " + name.variable("TIMEOUT") + "} (30 s)");
    int last = variables.size() - 1;
    return "Configured by the environment variables "
        + String.join(", ", variables.subList(0, last))
        + " and "
        + variables.get(last)
        + ".";
  }

  private String failures() {
    return "Methods throw {@link "
        + name.exception()
        + "} for an error response of the service, and {@link CallException} when no usable"
        + " response comes: no connection, timeout, rate limit, refused key. Thread-safe.";
  }

  private void service() {
    List<Expression.Call> calls = new ArrayList<>();
    calls.add(call(".named", JavaText.literal(name.service())));
    api.server().ifPresent(url -> calls.add(call(".withBaseUrl", JavaText.literal(url))));
    String named = JavaText.literal(api.key().name());
    switch (api.key().location()) {
      case BEARER -> {}
      case HEADER -> calls.add(call(".withKey", "ApiKeyLocation.header(" + named + ")"));
      case QUERY -> calls.add(call(".withKey", "ApiKeyLocation.query(" + named + ")"));
      case NONE -> calls.add(call(".withKey", "ApiKeyLocation.none()"));
    }
    if (api.key().location() != ApiModel.KeyLocation.BEARER) {
      source.use("dev.synthlab.external.ApiKeyLocation");
    }
    if (api.key().optional()) {
      calls.add(call(".withOptionalKey"));
    }
    String flat = String.join("", calls.stream().map(Expression::flat).toList());
    String before = "private static final ApiService SERVICE =";
    if (before.length() + flat.length() + "   ApiService;".length() <= 100) {
      source.line(2, before + " ApiService" + flat + ";");
    } else if (flat.length() + "      ApiService;".length() <= 100) {
      source.line(2, before).line(6, "ApiService" + flat + ";");
    } else {
      source.line(2, before);
      source.line(6, "ApiService" + calls.getFirst().flat());
      for (int i = 1; i < calls.size(); i++) {
        source.line(10, calls.get(i).flat() + (i + 1 < calls.size() ? "" : ";"));
      }
    }
  }

  private static Expression.Call call(String head, String... arguments) {
    return new Expression.Call(head, List.of(arguments).stream().map(Expression::of).toList());
  }

  private void factories() {
    String misconfigured =
        "@throws dev.synthlab.config.ConfigException if a variable is missing or invalid";
    source.line();
    source.javadoc(
        2,
        List.of("Returns the client of this process."),
        List.of(
            "@return the shared instance, which is closed when the process ends", misconfigured));
    source.line(2, "public static " + name.client() + " get() {");
    source.line(4, "return over(Synthlab.get());").line(2, "}");
    source.line();
    source.javadoc(
        2,
        List.of(
            "Returns the client of a given {@code Synthlab}: for tests, or for a second account."),
        List.of(
            "@param synthlab the owner of its transport, limits and observers",
            "@return the instance of that {@code Synthlab}, which is closed with it",
            misconfigured));
    source.line(2, "public static " + name.client() + " over(Synthlab synthlab) {");
    source.listed(
        4,
        "return synthlab.client(",
        List.of(name.client() + ".class", "SERVICE", name.client() + "::new"),
        ");");
    source.line(2, "}");
  }

  private void operation(Operation operation) {
    operation.result().ifPresent(source::use);
    operation.required().forEach(each -> source.use(each.type()));
    if (operation.options().isPresent()) {
      withoutOptions(operation, operation.options().get());
    }
    source.line();
    javadoc(operation, operation.options());
    List<String> parameters = new ArrayList<>(parameters(operation));
    operation.options().ifPresent(each -> parameters.add(each.typeName() + " options"));
    source.listed(2, head(operation), parameters, ") {");
    body(operation);
    source.line(2, "}");
  }

  /** Writes the overload without options. */
  private void withoutOptions(Operation operation, Operation.Options options) {
    source.line();
    javadoc(operation, Optional.empty());
    source.listed(2, head(operation), parameters(operation), ") {");
    List<String> handed = new ArrayList<>();
    operation.required().forEach(each -> handed.add(each.name()));
    handed.add(options.typeName() + ".none()");
    String before = operation.result().isPresent() ? "return " : "";
    source.listed(4, before + operation.name() + "(", handed, ");");
    source.line(2, "}");
  }

  private void javadoc(Operation operation, Optional<Operation.Options> options) {
    List<String> tags = new ArrayList<>();
    for (Argument each : operation.required()) {
      String otherwise = each.wireName().isEmpty() ? "the request body" : "";
      String doc = TypeSources.orName(each.doc(), each.wireName());
      boolean silent = each.doc().isEmpty() && !otherwise.isEmpty();
      tags.add("@param " + each.name() + " " + (silent ? otherwise : doc));
    }
    options.ifPresent(each -> tags.add("@param options the optional parameters"));
    operation.result().ifPresent(each -> tags.add("@return the response"));
    tags.add("@throws " + name.exception() + " if the service responds with an error");
    String http = operation.method().toUpperCase(Locale.ROOT);
    String wire = JavaText.code(http + " " + operation.path()) + ".";
    String doc = TypeSources.sentence(operation.doc(), "");
    source.javadoc(2, doc.isEmpty() ? List.of(wire) : List.of(doc, wire), tags);
  }

  private static String head(Operation operation) {
    String answer = operation.result().map(Type::plain).orElse("void");
    return "public " + answer + " " + operation.name() + "(";
  }

  private static List<String> parameters(Operation operation) {
    return operation.required().stream()
        .map(each -> each.type().plain() + " " + each.name())
        .toList();
  }

  private void body(Operation operation) {
    List<Argument> optionalHeaders =
        operation.options().map(Operation.Options::all).orElse(List.of()).stream()
            .filter(each -> each.location() == Operation.Location.HEADER)
            .toList();
    List<Expression.Call> calls = new ArrayList<>();
    calls.add(request(operation));
    operation.arguments().forEach(each -> parameter(each, each.name()).ifPresent(calls::add));
    operation
        .options()
        .ifPresent(
            options ->
                options.all().stream()
                    .filter(each -> each.location() != Operation.Location.HEADER)
                    .forEach(
                        each ->
                            parameter(each, "options." + each.name() + "()")
                                .ifPresent(calls::add)));
    operation.body().ifPresent(each -> calls.add(call(".json", each.name())));
    Expression.Call last = operation.result().map(this::read).orElse(call(".send"));
    String before = operation.result().isPresent() ? "return " : "";
    if (optionalHeaders.isEmpty()) {
      calls.add(last);
      source.chain(4, before + "api", calls);
      return;
    }
    source.use("dev.synthlab.external.ApiCall");
    source.chain(4, "ApiCall call = api", calls);
    for (Argument each : optionalHeaders) {
      String value = text(each.type().withoutOptional(), "value");
      source.listed(
          4,
          "options." + each.name() + "().ifPresent(",
          List.of("value -> call.header(" + JavaText.literal(each.wireName()) + ", " + value + ")"),
          ");");
    }
    source.line(4, before + "call" + last.flat() + ";");
  }

  private static Expression.Call request(Operation operation) {
    List<String> arguments = new ArrayList<>(List.of(JavaText.literal(operation.path())));
    operation.arguments().stream()
        .filter(each -> each.location() == Operation.Location.PATH)
        .forEach(each -> arguments.add(each.name()));
    return call("." + operation.method(), arguments.toArray(String[]::new));
  }

  private Optional<Expression.Call> parameter(Argument argument, String value) {
    String wire = JavaText.literal(argument.wireName());
    return switch (argument.location()) {
      case PATH, BODY -> Optional.empty();
      case QUERY -> Optional.of(call(".query", wire, value));
      case QUERY_JOINED -> Optional.of(call(".query", wire, joined(argument.type(), value)));
      case HEADER -> Optional.of(call(".header", wire, text(argument.type(), value)));
    };
  }

  private String joined(Type type, String value) {
    if (!(type.withoutOptional() instanceof Type.ListOf)) {
      return value;
    }
    joinsLists = true;
    return type instanceof Type.OptionalOf
        ? value + ".map(" + name.client() + "::joined)"
        : "joined(" + value + ")";
  }

  private String text(Type type, String value) {
    if (type instanceof Type.ListOf) {
      return joined(type, value);
    }
    return type == Type.Scalar.TEXT ? value : "String.valueOf(" + value + ")";
  }

  private Expression.Call read(Type answer) {
    return answer instanceof Type.ListOf list
        ? call(".listOf", list.member().boxed() + ".class")
        : call(".as", answer.boxed() + ".class");
  }

  private void joined() {
    source.use("java.util.List").use("java.util.stream.Collectors").line();
    source.line(2, "private static String joined(List<?> values) {");
    source.line(
        4, "return values.stream().map(String::valueOf).collect(Collectors.joining(\",\"));");
    source.line(2, "}");
  }
}
