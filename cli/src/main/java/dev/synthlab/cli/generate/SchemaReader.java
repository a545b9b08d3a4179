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

/** Reads schemas as Java types; lists those that it does not support and reads them as any JSON. */
final class SchemaReader {
  private static final int MAX_DEPTH = 60;
  private static final int MAX_TYPES = 5_000;

  /** JSON types whose Java types count as one parameter. */
  private static final Set<String> NARROW = Set.of("string", "object", "array", "boolean");

  /** Schema keywords that are not supported and change which values are valid. */
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

  /** The types that have been read so far, by name. */
  Map<String, GeneratedType> declared() {
    return declared;
  }

  /** Declares a record around a type that is not a named schema of the file; returns its name. */
  String declareAlias(String suggestedName, Type of) {
    String name = typeNames.type(suggestedName);
    declared.put(name, new GeneratedType.Alias(name, "", of));
    return name;
  }

  /** A unique name for a type. */
  String typeName(String suggestedName) {
    return typeNames.type(suggestedName);
  }

  /**
   * The type of a schema.
   *
   * @param schema the schema
   * @param suggestedName the name of the type if the file gives none
   */
  Type read(OpenApiNode schema, String suggestedName) {
    OpenApiNode node = document.follow(schema);
    Type before = known.get(node.pointer());
    if (before != null) {
      return before;
    }
    if (depth > MAX_DEPTH || !inProgress.add(node.pointer())) {
      unsupported.add(schema, "a type that only refers to itself", "any JSON");
      return Scalar.ANY.optional();
    }
    depth++;
    try {
      Type type = readNew(node, suggestedName);
      known.put(node.pointer(), type);
      return type;
    } finally {
      depth--;
      inProgress.remove(node.pointer());
    }
  }

  private Type readNew(OpenApiNode node, String suggestedName) {
    Optional<OpenApiNode> alternative = orNull(node);
    if (alternative.isPresent()) {
      return read(alternative.get(), suggestedName).optional();
    }
    Optional<OpenApiNode> same = sameAs(node);
    Type type = same.isPresent() ? read(same.get(), suggestedName) : ofKind(node, suggestedName);
    return nullable(node) || type == Scalar.ANY ? type.optional() : type;
  }

  /** The other schema of a {@code oneOf} or {@code anyOf} of one schema and null. */
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

  /** The schema in an {@code allOf} of one, which only adds a description. */
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

  private Type ofKind(OpenApiNode node, String suggestedName) {
    for (String word : UNSUPPORTED_KEYWORDS) {
      if (node.child(word).isPresent()) {
        unsupported.add(node, word, "any JSON");
        return Scalar.ANY;
      }
    }
    return switch (kind(node)) {
      case "object" -> object(node, suggestedName);
      case "array" ->
          new Type.ListOf(
              node.child("items")
                  .map(items -> read(items, suggestedName + " item"))
                  .orElse(Scalar.ANY.optional()));
      case "string" -> enumValues(node).isEmpty() ? text(node) : enumeration(node, suggestedName);
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

  private Type enumeration(OpenApiNode node, String suggestedName) {
    List<String> values = enumValues(node);
    if (values.size() > JavaLimits.CONSTANTS || !JavaLimits.allowsTexts(values)) {
      unsupported.add(
          node,
          "an enum of more than %d values, or of values longer than %d characters"
              .formatted(JavaLimits.CONSTANTS, JavaLimits.TEXT),
          "any text");
      return Scalar.TEXT;
    }
    String name = name(node, suggestedName);
    JavaNames constants = JavaNames.ofConstants();
    List<GeneratedType.Constant> words =
        values.stream()
            .map(wire -> new GeneratedType.Constant(wire, constants.constant(wire)))
            .toList();
    declared.put(name, new GeneratedType.EnumType(name, doc(node), words));
    return new Type.Named(name);
  }

  private Type object(OpenApiNode node, String suggestedName) {
    Map<String, OpenApiNode> properties = new LinkedHashMap<>();
    Set<String> required = new HashSet<>();
    if (!collectProperties(node, properties, required, new LinkedHashSet<>())) {
      unsupported.add(node, "an allOf of schemas that are not plain objects", "any JSON");
      return Scalar.ANY;
    }
    Optional<OpenApiNode> more = node.child("additionalProperties").filter(OpenApiNode::isObject);
    if (properties.isEmpty()) {
      return new Type.MapOf(
          more.map(each -> read(each, suggestedName + " value")).orElse(Scalar.ANY.optional()));
    }
    if (!allowed(properties, required)) {
      unsupported.add(node, "an object with too many properties for a Java record", "any JSON");
      return Scalar.ANY;
    }
    more.filter(each -> !each.children().isEmpty())
        .ifPresent(
            each ->
                unsupported.add(each, "additional properties beside the named ones", "ignored"));
    String name = name(node, suggestedName);
    if (declared.size() >= MAX_TYPES) {
      throw new GenerateException(
          document.name() + " needs more than " + MAX_TYPES + " types; use a file with fewer");
    }
    known.put(node.pointer(), new Type.Named(name)); // it may have fields of its own type
    declared.put(name, new GeneratedType.RecordType(name, doc(node), List.of())); // keeps the order
    declared.put(
        name, new GeneratedType.RecordType(name, doc(node), fields(name, properties, required)));
    return new Type.Named(name);
  }

  /**
   * Collects the properties of an object and of its {@code allOf} schemas; false if unsupported.
   */
  private boolean collectProperties(
      OpenApiNode node,
      Map<String, OpenApiNode> properties,
      Set<String> required,
      Set<String> passed) {
    if (passed.size() > MAX_DEPTH) {
      throw new GenerateException(
          document.name() + ": the allOf at " + node.location() + " is nested too deeply");
    }
    if (!passed.add(node.pointer())) {
      throw new GenerateException(
          document.name() + ": the allOf at " + node.location() + " contains itself");
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

  /** Whether a record can have these properties; a required one may be a {@code long}. */
  private boolean allowed(Map<String, OpenApiNode> properties, Set<String> required) {
    if (properties.size() > JavaLimits.PARAMETERS || !JavaLimits.allowsTexts(properties.keySet())) {
      return false;
    }
    long wide =
        properties.entrySet().stream()
            .filter(each -> required.contains(each.getKey()))
            .filter(each -> !NARROW.contains(kind(document.follow(each.getValue()))))
            .count();
    return properties.size() + wide <= JavaLimits.PARAMETERS;
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

  private String name(OpenApiNode node, String suggestedName) {
    String component = componentNames.get(node.pointer());
    return component == null ? typeNames.type(suggestedName) : component;
  }

  static String doc(OpenApiNode node) {
    return node.text("description").or(() -> node.text("title")).orElse("");
  }
}
