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

/** Writes the test of a client: one operation against a server that answers by a script. */
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

  /** An operation with something to give it and something that it answers. */
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

  /** What means something else in every test. */
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
    source.javadoc(0, "The client against a server of its own, which answers by a script.");
    source.line(0, "class " + name.client() + "Test {");
    Optional<Sample> shown = sample();
    shown.flatMap(Sample::result).ifPresent(this::expectedJson);
    source.lines(
        Templates.fill(
            "ClientTest.server",
            Map.of("client", name.client(), "base", name.variable("BASE_URL"), "key", keyLine())));
    shown.ifPresent(this::operation);
    if (needsKey()) {
      missingKey();
    } else {
      source.lines(
          Templates.fill("ClientTest.address", Map.of("base", name.variable("BASE_URL"))));
    }
    return source.line(0, "}").text();
  }

  private boolean needsKey() {
    return api.key().location() != ApiModel.KeyLocation.NONE && !api.key().optional();
  }

  private String keyLine() {
    return api.key().location() == ApiModel.KeyLocation.NONE
        ? ""
        : "    environment.put(\"" + name.variable("API_KEY") + "\", \"key-of-a-test\");\n";
  }

  /** The one that shows most: it is sent again by itself, and answers something. */
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
    List<ExampleValue> given = new ArrayList<>();
    for (Argument each : operation.required()) {
      Optional<ExampleValue> sample = ExampleValue.of(each.type(), api.types());
      if (sample.isEmpty()) {
        return Optional.empty();
      }
      given.add(sample.get());
    }
    Optional<ExampleValue> answer =
        operation.result().flatMap(type -> ExampleValue.of(type, api.types()));
    return answer.isEmpty() && operation.result().isPresent()
        ? Optional.empty()
        : Optional.of(new Sample(operation, given, answer));
  }

  private void expectedJson(ExampleValue answer) {
    List<String> block = answer.block();
    source.line(2, "private static final String ANSWER =");
    source.line(6, "\"\"\"");
    block.forEach(line -> source.line(6, line));
    source.line(6, "\"\"\";");
    source.line();
  }

  private void operation(Sample shown) {
    Operation operation = shown.operation();
    String reply = shown.result().isPresent() ? "ANSWER" : "\"\"";
    source.line();
    source.line(2, "@Test");
    source.line(2, "void " + operation.name() + "AsksTheService() {");
    source.line(4, "script.add(new Reply(200, " + reply + "));");
    source.line();
    callOperation(shown, "client()");
    source.line();
    assertResult(shown);
    source.line(
        4, "assertThat(seen).hasSize(1).first().asString().startsWith(" + expectedRequestLine(operation) + ");");
    source.line(2, "}");
    if (operation.retriedByDefault()) {
      source.line();
      source.line(2, "@Test");
      source.line(2, "void asksAgainWhenTheServiceFailsInPassing() {");
      source.line(4, "script.add(new Reply(503, \"\"));");
      source.line(4, "script.add(new Reply(200, " + reply + "));");
      source.line();
      callOperation(shown, "client()");
      source.line();
      assertResult(shown);
      source.line(4, "assertThat(seen).hasSize(2);");
      source.line(2, "}");
    }
    notFound(shown);
  }

  private static String expectedRequestLine(Operation operation) {
    String path = operation.path().replaceAll("\\{.*", "");
    return JavaText.literal(operation.method().toUpperCase(Locale.ROOT) + " " + path);
  }

  private void callOperation(Sample shown, String client) {
    Operation operation = shown.operation();
    List<Expression> given = shown.arguments().stream().map(ExampleValue::java).toList();
    given.forEach(this::use);
    String before =
        shown.result().isPresent()
            ? operation.result().map(Type::plain).orElse("void") + " answer = "
            : "";
    operation.result().filter(each -> shown.result().isPresent()).ifPresent(source::use);
    source.expression(4, before + client + "." + operation.name() + "(", given, ");");
  }

  private void assertResult(Sample shown) {
    shown
        .result()
        .ifPresent(
            answer -> {
              use(answer.java());
              String flat = "assertThat(answer).isEqualTo(" + answer.java().flat() + ");";
              if (flat.length() + 4 <= 100) {
                source.line(4, flat);
              } else {
                source.line(4, "assertThat(answer)");
                source.expression(8, ".isEqualTo(", List.of(answer.java()), ");");
              }
            });
  }

  private void notFound(Sample shown) {
    List<Expression> given = shown.arguments().stream().map(ExampleValue::java).toList();
    String call = "client()." + new Expression.Call(shown.operation().name(), given).flat();
    source.line();
    source.line(2, "@Test");
    source.line(2, "void saysByAnExceptionOfItsOwnThatThereIsNoSuchThing() {");
    source.line(4, "script.add(new Reply(404, \"\"));");
    source.line();
    source.line(4, "assertThatExceptionOfType(" + name.exception() + ".NotFound.class)");
    if (call.length() + 30 <= 100) {
      source.line(8, ".isThrownBy(() -> " + call + ");");
    } else {
      source.line(8, ".isThrownBy(");
      source.line(12, "() ->");
      source.expression(16, "client()." + shown.operation().name() + "(", given, "));");
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

  /** Imports what an expression names. */
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
