package dev.synthlab.cli.generate;

import dev.synthlab.cli.generate.Type.Scalar;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Reads schemas as types of Java. Whatever it does not know becomes any JSON, and is listed. */
final class SchemaReader {
  private static final int MAX_DEPTH = 60;
  private static final int MAX_TYPES = 5_000;

  /** What a schema may say that is not looked at, and changes what is valid. */
  private static final List<String> UNSUPPORTED_KEYWORDS =
      List.of(
          "oneOf", "anyOf", "not", "if", "patternProperties", "prefixItems", "dependentSchemas");

  private final OpenApiDocument document;
  private final JavaNames typeNames;
  private final Unsupported unsupported;
  private final Map<String, GeneratedType> declared = new LinkedHashMap<>();
  private final Map<String, Type> known = new HashMap<>();
  private final Set<String> inProgress = new HashSet<>();
  private final Map<String, String> componentNames = new HashMap<>();
  private int depth;

  SchemaReader(OpenApiDocument document, JavaNames typeNames, Unsupported notCovered) {
    this.document = document;
    this.typeNames = typeNames;
    this.unsupported = notCovered;
    document
        .top()
        .child("components")
        .flatMap(node -> node.child("schemas"))
        .map(OpenApiNode::children)
        .orElse(Map.of())
        .forEach((wire, node) -> componentNames.put(node.pointer(), typeNames.type(wire)));
  }

  /** All types that were read so far. */
  Map<String, GeneratedType> declared() {
    return declared;
  }

  /** Keeps a type that is no schema of the file, and gives its name. */
  String declareAlias(String wish, Type of) {
    String name = typeNames.type(wish);
    declared.put(name, new GeneratedType.Alias(name, "", of));
    return name;
  }

  /** A name for a type of its own. */
  String typeName(String wish) {
    return typeNames.type(wish);
  }

  /**
   * The type of a schema.
   *
   * @param schema where it stands
   * @param wish what it is called if it needs a name and has none
   */
  Type read(OpenApiNode schema, String wish) {
    OpenApiNode node = document.follow(schema);
    Type before = known.get(node.pointer());
    if (before != null) {
      return before;
    }
    if (depth > MAX_DEPTH || !inProgress.add(node.pointer())) {
      unsupported.add(schema, "a type that is made of nothing but itself", "any JSON");
      return Scalar.ANY.optional();
    }
    depth++;
    try {
      Type type = readNew(node, wish);
      known.put(node.pointer(), type);
      return type;
    } finally {
      depth--;
      inProgress.remove(node.pointer());
    }
  }

  private Type readNew(OpenApiNode node, String wish) {
    Optional<OpenApiNode> alternative = orNull(node);
    if (alternative.isPresent()) {
      return read(alternative.get(), wish).optional();
    }
    Optional<OpenApiNode> same = sameAs(node);
    Type type = same.isPresent() ? read(same.get(), wish) : ofKind(node, wish);
    return nullable(node) || type == Scalar.ANY ? type.optional() : type;
  }

  /** The one schema beside null, in either way of saying so. */
  private static Optional<OpenApiNode> orNull(OpenApiNode node) {
    for (String word : List.of("oneOf", "anyOf")) {
      List<OpenApiNode> all = node.child(word).map(OpenApiNode::members).orElse(List.of());
      List<OpenApiNode> others = all.stream().filter(each -> !isNull(each)).toList();
      if (all.size() == 2 && others.size() == 1 && node.child("properties").isEmpty()) {
        return Optional.of(others.getFirst());
      }
    }
    return Optional.empty();
  }

  private static boolean isNull(OpenApiNode node) {
    return node.text("type").filter("null"::equals).isPresent();
  }

  /** An allOf around one schema only gives it other words. */
  private static Optional<OpenApiNode> sameAs(OpenApiNode node) {
    List<OpenApiNode> all = node.child("allOf").map(OpenApiNode::members).orElse(List.of());
    return all.size() == 1 && node.child("properties").isEmpty()
        ? Optional.of(all.getFirst())
        : Optional.empty();
  }

  private static boolean nullable(OpenApiNode node) {
    boolean inType =
        node.child("type").map(OpenApiNode::members).orElse(List.of()).stream()
            .anyMatch(each -> "null".equals(each.value()));
    boolean inWords =
        node.child("enum").map(OpenApiNode::members).orElse(List.of()).stream()
            .anyMatch(each -> each.value() == null);
    return node.isTrue("nullable") || inType || inWords;
  }

  private Type ofKind(OpenApiNode node, String wish) {
    for (String word : UNSUPPORTED_KEYWORDS) {
      if (node.child(word).isPresent()) {
        unsupported.add(node, word, "any JSON");
        return Scalar.ANY;
      }
    }
    return switch (kind(node)) {
      case "object" -> object(node, wish);
      case "array" ->
          new Type.ListOf(
              node.child("items")
                  .map(items -> read(items, wish + " item"))
                  .orElse(Scalar.ANY.optional()));
      case "string" -> enumValues(node).isEmpty() ? text(node) : enumeration(node, wish);
      case "integer" -> whole(node);
      case "number" -> number(node);
      case "boolean" -> Scalar.BOOLEAN;
      case "" -> Scalar.ANY;
      default -> {
        unsupported.add(node, "the type " + JavaText.line(kind(node)), "any JSON");
        yield Scalar.ANY;
      }
    };
  }

  /** The type that a schema says or, where it says none, that its other words are for. */
  private static String kind(OpenApiNode node) {
    List<String> said =
        node.child("type").stream()
            .flatMap(type -> type.isList() ? type.members().stream() : Stream.of(type))
            .flatMap(type -> type.text().stream())
            .filter(type -> !type.equals("null"))
            .toList();
    if (said.size() == 1) {
      return said.getFirst();
    }
    if (said.size() > 1) {
      return String.join(" or ", said);
    }
    boolean object = node.child("properties").or(() -> node.child("allOf")).isPresent();
    return object || node.child("additionalProperties").filter(OpenApiNode::isObject).isPresent()
        ? "object"
        : node.child("items").isPresent() ? "array" : enumValues(node).isEmpty() ? "" : "string";
  }

  private Type text(OpenApiNode node) {
    return switch (node.text("format").orElse("")) {
      case "date-time" -> Scalar.INSTANT;
      case "date" -> Scalar.DATE;
      case "uuid" -> Scalar.UUID;
      default -> Scalar.TEXT;
    };
  }

  private Type whole(OpenApiNode node) {
    listValues(node);
    return node.text("format").filter("int32"::equals).isPresent() ? Scalar.INT : Scalar.LONG;
  }

  private Type number(OpenApiNode node) {
    listValues(node);
    return Scalar.DOUBLE;
  }

  private void listValues(OpenApiNode node) {
    if (node.child("enum").isPresent()) {
      unsupported.add(node, "an enum of numbers", "any number");
    }
  }

  private static List<String> enumValues(OpenApiNode node) {
    List<OpenApiNode> all = node.child("enum").map(OpenApiNode::members).orElse(List.of());
    List<String> texts = all.stream().flatMap(each -> each.text().stream()).distinct().toList();
    boolean onlyTexts =
        all.stream().allMatch(each -> each.value() == null || each.text().isPresent());
    return onlyTexts ? texts : List.of();
  }

  private Type enumeration(OpenApiNode node, String wish) {
    String name = name(node, wish);
    JavaNames constants = JavaNames.ofConstants();
    List<GeneratedType.Constant> words =
        enumValues(node).stream()
            .map(wire -> new GeneratedType.Constant(wire, constants.constant(wire)))
            .toList();
    declared.put(name, new GeneratedType.EnumType(name, doc(node), words));
    return new Type.Named(name);
  }

  private Type object(OpenApiNode node, String wish) {
    Map<String, OpenApiNode> properties = new LinkedHashMap<>();
    Set<String> required = new HashSet<>();
    if (!collectProperties(node, properties, required, new LinkedHashSet<>())) {
      unsupported.add(node, "an allOf of other things than plain objects", "any JSON");
      return Scalar.ANY;
    }
    Optional<OpenApiNode> more = node.child("additionalProperties").filter(OpenApiNode::isObject);
    if (properties.isEmpty()) {
      return new Type.MapOf(
          more.map(each -> read(each, wish + " value")).orElse(Scalar.ANY.optional()));
    }
    more.filter(each -> !each.children().isEmpty())
        .ifPresent(each -> unsupported.add(each, "fields beside the named ones", "passed over"));
    String name = name(node, wish);
    if (declared.size() >= MAX_TYPES) {
      throw new GenerateException(
          document.name() + " needs more than " + MAX_TYPES + " types; take a part of it");
    }
    known.put(node.pointer(), new Type.Named(name)); // it may have parts of its own type
    declared.put(name, new GeneratedType.RecordType(name, doc(node), List.of())); // keeps its place
    declared.put(
        name, new GeneratedType.RecordType(name, doc(node), fields(name, properties, required)));
    return new Type.Named(name);
  }

  /** Puts the properties of an object together, with those of all it is made of. */
  private boolean collectProperties(
      OpenApiNode node,
      Map<String, OpenApiNode> properties,
      Set<String> required,
      Set<String> passed) {
    if (!passed.add(node.pointer())) {
      throw new GenerateException(
          document.name() + ": the allOf at " + node.location() + " is made of itself");
    }
    for (OpenApiNode part : node.child("allOf").map(OpenApiNode::members).orElse(List.of())) {
      OpenApiNode each = document.follow(part);
      boolean plain = UNSUPPORTED_KEYWORDS.stream().noneMatch(word -> each.child(word).isPresent());
      boolean silent = kind(each).isEmpty() || kind(each).equals("object");
      if (!plain || !silent || !collectProperties(each, properties, required, passed)) {
        return false;
      }
    }
    node.child("properties").ifPresent(all -> properties.putAll(all.children()));
    node.child("required").map(OpenApiNode::members).orElse(List.of()).stream()
        .flatMap(each -> each.text().stream())
        .forEach(required::add);
    passed.remove(node.pointer());
    return true;
  }

  private List<GeneratedType.Field> fields(
      String owner, Map<String, OpenApiNode> properties, Set<String> required) {
    JavaNames names = JavaNames.ofMembers();
    List<GeneratedType.Field> parts = new ArrayList<>();
    properties.forEach(
        (wire, schema) -> {
          Type type = read(schema, owner + " " + wire);
          OpenApiNode node = document.follow(schema);
          boolean oneWay = node.isTrue("readOnly") || node.isTrue("writeOnly");
          boolean certain = required.contains(wire) && !oneWay;
          parts.add(
              new GeneratedType.Field(
                  wire,
                  names.member(wire, "part"),
                  certain ? type : type.optional(),
                  certain && type instanceof Type.OptionalOf,
                  doc(schema).isEmpty() ? doc(node) : doc(schema)));
        });
    return parts;
  }

  private String name(OpenApiNode node, String wish) {
    String component = componentNames.get(node.pointer());
    return component == null ? typeNames.type(wish) : component;
  }

  static String doc(OpenApiNode node) {
    return node.text("description").or(() -> node.text("title")).orElse("");
  }
}
