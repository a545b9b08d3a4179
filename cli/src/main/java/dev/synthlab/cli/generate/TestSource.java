package dev.synthlab.cli.generate;

import dev.synthlab.cli.generate.JavaSource.Expression;
import dev.synthlab.cli.generate.Operation.Argument;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
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

  /** An operation with example arguments and an example result. */
  private record Sample(
      Operation operation, List<ExampleValue> arguments, Optional<ExampleValue> result) {}

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
    Optional<Sample> sample = sample();
    sample.flatMap(Sample::result).ifPresent(this::expectedJson);
    source.lines(
        Templates.fill(
            "ClientTest.server",
            Map.of("client", name.client(), "base", name.variable("BASE_URL"), "key", keyLine())));
    sample.ifPresent(this::operation);
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

  /** The operation that shows most: one that is retried by default and returns a result. */
  private Optional<Sample> sample() {
    return api.operations().stream()
        .sorted(
            Comparator.<Operation>comparingInt(each -> each.retriedByDefault() ? 0 : 1)
                .thenComparingInt(each -> each.result().isPresent() ? 0 : 1)
                .thenComparingInt(each -> each.method().equals("get") ? 0 : 1)
                .thenComparingInt(each -> each.path().contains("{") ? 0 : 1))
        .flatMap(each -> sampleOf(each).stream())
        .findFirst();
  }

  private Optional<Sample> sampleOf(Operation operation) {
    List<ExampleValue> arguments = new ArrayList<>();
    for (Argument each : operation.required()) {
      Optional<ExampleValue> example = ExampleValue.of(each.type(), api.types());
      if (example.isEmpty()) {
        return Optional.empty();
      }
      arguments.add(example.get());
    }
    Optional<ExampleValue> result =
        operation.result().flatMap(type -> ExampleValue.of(type, api.types()));
    return result.isEmpty() && operation.result().isPresent()
        ? Optional.empty()
        : Optional.of(new Sample(operation, arguments, result));
  }

  private void expectedJson(ExampleValue result) {
    List<String> block = result.block();
    source.line(2, "private static final String RESPONSE =");
    source.line(6, "\"\"\"");
    block.forEach(line -> source.line(6, line));
    source.line(6, "\"\"\";");
    source.line();
  }

  private void operation(Sample sample) {
    Operation operation = sample.operation();
    String reply = sample.result().isPresent() ? "RESPONSE" : "\"\"";
    source.line();
    source.line(2, "@Test");
    source.line(2, "void " + operation.name() + "SendsTheRequestAndReadsTheResponse() {");
    source.line(4, "replies.add(new Reply(200, " + reply + "));");
    source.line();
    callOperation(sample, "client()");
    source.line();
    assertResult(sample);
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
      callOperation(sample, "client()");
      source.line();
      assertResult(sample);
      source.line(4, "assertThat(requests).hasSize(2);");
      source.line(2, "}");
    }
    notFound(sample);
  }

  private static String expectedRequestLine(Operation operation) {
    String path = operation.path().replaceAll("\\{.*", "");
    return JavaText.literal(operation.method().toUpperCase(Locale.ROOT) + " " + path);
  }

  private void callOperation(Sample sample, String client) {
    Operation operation = sample.operation();
    List<Expression> arguments = sample.arguments().stream().map(ExampleValue::java).toList();
    arguments.forEach(this::use);
    String before =
        sample.result().isPresent()
            ? operation.result().map(Type::plain).orElse("void") + " result = "
            : "";
    operation.result().filter(each -> sample.result().isPresent()).ifPresent(source::use);
    source.expression(4, before + client + "." + operation.name() + "(", arguments, ");");
  }

  private void assertResult(Sample sample) {
    sample
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

  private void notFound(Sample sample) {
    List<Expression> arguments = sample.arguments().stream().map(ExampleValue::java).toList();
    String call = "client()." + new Expression.Call(sample.operation().name(), arguments).flat();
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
      source.expression(16, "client()." + sample.operation().name() + "(", arguments, "));");
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
