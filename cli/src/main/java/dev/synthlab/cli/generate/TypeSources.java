package dev.synthlab.cli.generate;

import java.util.ArrayList;
import java.util.List;

/** Writes the sources of a client's records and enums. */
final class TypeSources {
  private TypeSources() {}

  static String of(String packageName, GeneratedType type) {
    JavaSource source = new JavaSource(packageName);
    switch (type) {
      case GeneratedType.RecordType fields -> record(source, fields);
      case GeneratedType.EnumType words -> enumeration(source, words);
      case GeneratedType.Alias alias -> alias(source, alias);
    }
    return source.text();
  }

  /** Writes the record of an operation's optional parameters. */
  static String options(String packageName, Operation.Options options) {
    JavaSource source = new JavaSource(packageName);
    List<String> tags = new ArrayList<>();
    List<String> members = new ArrayList<>();
    for (Operation.Argument each : options.all()) {
      source.use(each.type());
      tags.add("@param " + each.name() + " " + orName(each.doc(), each.wireName()));
      members.add(each.type().plain() + " " + each.name());
    }
    String name = options.typeName();
    source.javadoc(0, List.of("Optional parameters of {@code " + options.operation() + "}."), tags);
    source.listed(0, "public record " + name + "(", members, ") {");
    List<GeneratedType.Field> parts =
        options.all().stream()
            .map(
                each ->
                    new GeneratedType.Field(each.wireName(), each.name(), each.type(), false, ""))
            .toList();
    constructor(source, name, checks(source, parts));
    source.line();
    source.javadoc(
        2, List.of("Returns options with no parameter set."), List.of("@return empty options"));
    source.line(2, "public static " + name + " none() {");
    List<String> empty = parts.stream().map(each -> "Optional.empty()").toList();
    source.listed(4, "return new " + name + "(", empty, ");");
    source.line(2, "}");
    for (GeneratedType.Field part : parts) {
      with(source, name, part, parts);
    }
    return source.line(0, "}").text();
  }

  private static void with(
      JavaSource source, String owner, GeneratedType.Field part, List<GeneratedType.Field> parts) {
    String capital = part.name().substring(0, 1).toUpperCase(java.util.Locale.ROOT);
    source.line();
    source.javadoc(
        2,
        List.of("Returns a copy with " + JavaText.code(part.jsonName()) + " set."),
        List.of("@param value the new value", "@return the copy"));
    source.listed(
        2,
        "public %s with%s(".formatted(owner, capital + part.name().substring(1)),
        List.of(part.type().withoutOptional().plain() + " value"),
        ") {");
    List<String> members =
        parts.stream().map(each -> each.equals(part) ? "Optional.of(value)" : each.name()).toList();
    source.listed(4, "return new " + owner + "(", members, ");");
    source.line(2, "}");
  }

  private static void record(JavaSource source, GeneratedType.RecordType fields) {
    List<String> tags = new ArrayList<>();
    List<String> members = new ArrayList<>();
    boolean leavesOut = false;
    for (GeneratedType.Field part : fields.fields()) {
      source.use(part.type());
      tags.add("@param " + part.name() + " " + orName(part.doc(), part.jsonName()));
      members.add(annotations(source, part) + part.type().plain() + " " + part.name());
      leavesOut |= part.type() instanceof Type.OptionalOf;
    }
    source.javadoc(0, List.of(sentence(fields.doc(), fields.name() + ".")), tags);
    if (leavesOut) {
      source.use("com.fasterxml.jackson.annotation.JsonInclude");
      source.line(0, "@JsonInclude(JsonInclude.Include.NON_ABSENT)");
    }
    List<String> inside = checks(source, fields.fields());
    String head = "public record " + fields.name() + "(";
    if (inside.isEmpty()) {
      source.listed(0, head, members, ") {}");
      return;
    }
    source.listed(0, head, members, ") {");
    constructor(source, fields.name(), inside);
    source.line(0, "}");
  }

  private static String annotations(JavaSource source, GeneratedType.Field part) {
    StringBuilder out = new StringBuilder();
    if (!part.jsonName().equals(part.name())) {
      source.use("com.fasterxml.jackson.annotation.JsonProperty");
      out.append("@JsonProperty(").append(JavaText.literal(part.jsonName())).append(") ");
    }
    if (part.sentAsNull()) {
      source.use("com.fasterxml.jackson.annotation.JsonInclude");
      out.append("@JsonInclude(JsonInclude.Include.ALWAYS) ");
    }
    return out.toString();
  }

  /** The statements of a compact constructor that copy collections and reject null. */
  private static List<String> checks(JavaSource source, List<GeneratedType.Field> parts) {
    List<String> lines = new ArrayList<>();
    for (GeneratedType.Field part : parts) {
      String name = part.name();
      switch (part.type()) {
        case Type.OptionalOf maybe -> lines.add(maybe(name, maybe.of()));
        case Type.ListOf list -> lines.add("%s = List.copyOf(%s);".formatted(name, name));
        case Type.MapOf map -> lines.add("%s = Map.copyOf(%s);".formatted(name, name));
        case Type.Named named -> lines.add(nonNull(source, name));
        case Type.Scalar scalar -> {
          if (scalar.plain().equals(scalar.boxed())) {
            lines.add(nonNull(source, name));
          }
        }
      }
    }
    return lines;
  }

  private static void constructor(JavaSource source, String owner, List<String> lines) {
    source.line();
    source.javadoc(2, "Rejects null components; a missing optional one becomes empty.");
    source.line(2, "public " + owner + " {");
    lines.forEach(each -> source.statement(4, each));
    source.line(2, "}");
  }

  private static String nonNull(JavaSource source, String name) {
    source.use("java.util.Objects");
    return "Objects.requireNonNull(%s, \"%s\");".formatted(name, name);
  }

  private static String maybe(String name, Type of) {
    String kept =
        of instanceof Type.ListOf
            ? name + ".map(List::copyOf)"
            : of instanceof Type.MapOf ? name + ".map(Map::copyOf)" : name;
    return "%s = %s == null ? Optional.empty() : %s;".formatted(name, name, kept);
  }

  private static void enumeration(JavaSource source, GeneratedType.EnumType words) {
    source.use("com.fasterxml.jackson.annotation.JsonValue");
    source.javadoc(0, sentence(words.doc(), words.name() + "."));
    source.line(0, "public enum " + words.name() + " {");
    for (int i = 0; i < words.constants().size(); i++) {
      GeneratedType.Constant word = words.constants().get(i);
      String end = i + 1 < words.constants().size() ? "," : ";";
      source.javadoc(
          2,
          word.jsonName().isBlank() ? "The empty string." : JavaText.code(word.jsonName()) + ".");
      source.line(2, word.name() + "(" + JavaText.literal(word.jsonName()) + ")" + end);
    }
    source.line();
    source.line(2, "private final String value;");
    source.line();
    source.line(2, words.name() + "(String value) {");
    source.line(4, "this.value = value;");
    source.line(2, "}");
    source.line();
    source.javadoc(
        2,
        List.of("Returns the value as the service writes it."),
        List.of("@return the JSON value"));
    source.line(2, "@JsonValue");
    source.line(2, "@Override");
    source.line(2, "public String toString() {");
    source.line(4, "return value;");
    source.line(2, "}");
    source.line(0, "}");
  }

  private static void alias(JavaSource source, GeneratedType.Alias alias) {
    source.use(alias.aliased()).use("com.fasterxml.jackson.annotation.JsonValue");
    source.use("com.fasterxml.jackson.annotation.JsonCreator");
    source.javadoc(
        0, List.of(sentence(alias.doc(), "A response body.")), List.of("@param value the content"));
    source.line(
        0,
        "public record " + alias.name() + "(@JsonValue " + alias.aliased().plain() + " value) {");
    source.line();
    source.javadoc(2, "Copies the content.");
    source.line(2, "@JsonCreator(mode = JsonCreator.Mode.DELEGATING)");
    source.line(2, "public " + alias.name() + " {");
    String kind = alias.aliased() instanceof Type.MapOf ? "Map" : "List";
    source.line(4, "value = " + kind + ".copyOf(value);");
    source.line(2, "}");
    source.line(0, "}");
  }

  /** The documentation of the file as sentences, or the alternative if it has none. */
  static String sentence(String doc, String alternative) {
    String text = JavaText.javadoc(doc);
    return text.isEmpty() ? alternative : text.matches(".*[.!?:]") ? text : text + ".";
  }

  /** The documentation of the file for a Javadoc tag, or else the name in the file. */
  static String orName(String doc, String wire) {
    String text = JavaText.javadoc(doc);
    return text.isEmpty() ? JavaText.code(wire) : text;
  }
}
