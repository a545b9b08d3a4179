package dev.synthlab.cli.generate;

import dev.synthlab.cli.generate.JavaSource.Expression;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Writes the test of a client: calls one operation against a local server with scripted replies.
 */
final class TestSource {
  private static final List<String> IMPORTS =
      List.of(
          "com.sun.net.httpserver.HttpExchange",
          "com.sun.net.httpserver.HttpServer",
          "dev.synthlab.Synthlab",
          "dev.synthlab.config.ConfigException",
          "dev.synthlab.config.Environment",
          "dev.synthlab.config.Settings",
          "java.io.IOException",
          "java.net.InetAddress",
          "java.net.InetSocketAddress",
          "java.nio.charset.StandardCharsets",
          "java.util.HashMap",
          "java.util.List",
          "java.util.Map",
          "java.util.Queue",
          "java.util.concurrent.ConcurrentLinkedQueue",
          "java.util.concurrent.CopyOnWriteArrayList",
          "org.junit.jupiter.api.AfterEach",
          "org.junit.jupiter.api.BeforeEach",
          "org.junit.jupiter.api.Test");

  private final ClientName name;
  private final ApiModel api;
  private final JavaSource source;

  private TestSource(ClientName name, ApiModel api) {
    this.name = name;
    this.api = api;
    this.source = new JavaSource(name.packageName());
  }

  static String of(ClientName name, ApiModel api) {
    return new TestSource(name, api).text();
  }

  /** Simple names that the generated test uses, so that no generated type may have them. */
  static List<String> importedNames() {
    return Stream.concat(
            IMPORTS.stream().map(type -> type.substring(type.lastIndexOf('.') + 1)),
            Stream.of("Reply"))
        .toList();
  }

  private String text() {
    IMPORTS.forEach(source::use);
    source.useStatic("org.assertj.core.api.Assertions.assertThat");
    source.useStatic("org.assertj.core.api.Assertions.assertThatExceptionOfType");
    source.javadoc(0, "Tests the client against a local server with scripted replies.");
    source.line(0, "class " + name.client() + "Test {");
    api.example().flatMap(ExampleCall::result).ifPresent(this::expectedJson);
    source.lines(
        Templates.fill(
            "ClientTest.server",
            Map.of("client", name.client(), "base", name.variable("BASE_URL"), "key", keyLine())));
    api.example().ifPresent(this::operation);
    if (needsKey()) {
      missingKey();
    } else {
      source.lines(Templates.fill("ClientTest.address", Map.of("base", name.variable("BASE_URL"))));
    }
    return source.line(0, "}").text();
  }

  private boolean needsKey() {
    return api.key().location() != ApiModel.KeyLocation.NONE && !api.key().optional();
  }

  private String keyLine() {
    return api.key().location() == ApiModel.KeyLocation.NONE
        ? ""
        : "    environment.put(\"" + name.variable("API_KEY") + "\", \"test-key\");\n";
  }

  private void expectedJson(ExampleValue result) {
    List<String> block = result.block();
    source.line(2, "private static final String RESPONSE =");
    source.line(6, "\"\"\"");
    block.forEach(line -> source.line(6, line));
    source.line(6, "\"\"\";");
    source.line();
  }

  private void operation(ExampleCall example) {
    Operation operation = example.operation();
    String reply = example.result().isPresent() ? "RESPONSE" : "\"\"";
    source.line();
    source.line(2, "@Test");
    source.line(2, "void " + operation.name() + "SendsTheRequestAndReadsTheResponse() {");
    source.line(4, "replies.add(new Reply(200, " + reply + "));");
    source.line();
    callOperation(example, "client()");
    source.line();
    assertResult(example);
    source.line(
        4,
        "assertThat(requests).hasSize(1).first().asString().startsWith("
            + expectedRequestLine(operation)
            + ");");
    source.line(2, "}");
    if (operation.retriedByDefault()) {
      source.line();
      source.line(2, "@Test");
      source.line(2, "void retriesAfterAServerError() {");
      source.line(4, "replies.add(new Reply(503, \"\"));");
      source.line(4, "replies.add(new Reply(200, " + reply + "));");
      source.line();
      callOperation(example, "client()");
      source.line();
      assertResult(example);
      source.line(4, "assertThat(requests).hasSize(2);");
      source.line(2, "}");
    }
    notFound(example);
  }

  private static String expectedRequestLine(Operation operation) {
    String path = operation.path().replaceAll("\\{.*", "");
    return JavaText.literal(operation.method().toUpperCase(Locale.ROOT) + " " + path);
  }

  private void callOperation(ExampleCall example, String client) {
    Operation operation = example.operation();
    List<Expression> arguments = example.arguments().stream().map(ExampleValue::java).toList();
    arguments.forEach(this::use);
    String before =
        example.result().isPresent()
            ? operation.result().map(Type::plain).orElse("void") + " result = "
            : "";
    operation.result().filter(each -> example.result().isPresent()).ifPresent(source::use);
    source.expression(4, before + client + "." + operation.name() + "(", arguments, ");");
  }

  private void assertResult(ExampleCall example) {
    example
        .result()
        .ifPresent(
            result -> {
              use(result.java());
              String flat = "assertThat(result).isEqualTo(" + result.java().flat() + ");";
              if (flat.length() + 4 <= 100) {
                source.line(4, flat);
              } else {
                source.line(4, "assertThat(result)");
                source.expression(8, ".isEqualTo(", List.of(result.java()), ");");
              }
            });
  }

  private void notFound(ExampleCall example) {
    List<Expression> arguments = example.arguments().stream().map(ExampleValue::java).toList();
    String call = "client()." + new Expression.Call(example.operation().name(), arguments).flat();
    source.line();
    source.line(2, "@Test");
    source.line(2, "void throwsItsOwnExceptionWhenNotFound() {");
    source.line(4, "replies.add(new Reply(404, \"\"));");
    source.line();
    source.line(4, "assertThatExceptionOfType(" + name.exception() + ".NotFound.class)");
    if (call.length() + 30 <= 100) {
      source.line(8, ".isThrownBy(() -> " + call + ");");
    } else {
      source.line(8, ".isThrownBy(");
      source.line(12, "() ->");
      source.expression(16, "client()." + example.operation().name() + "(", arguments, "));");
    }
    source.line(2, "}");
  }

  private void missingKey() {
    String key = name.variable("API_KEY");
    source.line();
    source.line(2, "@Test");
    source.line(2, "void namesTheVariableOfAMissingKey() {");
    source.line(4, "environment.remove(\"" + key + "\");");
    source.line();
    source.line(4, "assertThatExceptionOfType(ConfigException.class)");
    source.line(8, ".isThrownBy(this::client)");
    source.line(8, ".withMessageContaining(\"" + key + "\");");
    source.line(2, "}");
  }

  /** Imports the types that an expression uses. */
  private void use(Expression expression) {
    Set<String> named = new HashSet<>(List.of(expression.flat().split("[^A-Za-z]+", -1)));
    Map<String, String> known =
        Map.of(
            "Instant", "java.time.Instant",
            "LocalDate", "java.time.LocalDate",
            "UUID", "java.util.UUID",
            "Optional", "java.util.Optional");
    known.forEach(
        (word, type) -> {
          if (named.contains(word)) {
            source.use(type);
          }
        });
  }
}
