package dev.synthlab.json;

import dev.harrel.jsonschema.SpecificationVersion;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.ObjectReader;

/**
 * The reader of schemas. It refuses those that would not check what they say. For one schema and
 * one thread.
 */
final class SchemaLoader {
  private static final ObjectReader READER =
      Json.mapper()
          .readerFor(Object.class)
          .with(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .with(StreamReadFeature.STRICT_DUPLICATE_DETECTION);
  private static final Set<String> WRAPPING =
      SchemaKeyword.words("name strict schema description type");
  private static final List<SpecificationVersion> DRAFTS =
      List.of(SpecificationVersion.DRAFT2020_12, SpecificationVersion.DRAFT7);
  private static final Map<SpecificationVersion, SchemaValidator> META_SCHEMAS =
      new ConcurrentHashMap<>();
  private static final int SHORTEST_WORD = 4;
  private static final int LONG_WORD = 8;
  private static final int MAX_SHOWN = 5;

  private final SpecificationVersion draft;
  private final SchemaReferences references;
  private final List<String> problems = new ArrayList<>();

  /**
   * A schema that was read.
   *
   * @param name the name that an object around it gave
   * @param tree the schema itself
   */
  record Loaded(Optional<String> name, Map<String, Object> tree) {}

  private SchemaLoader(Map<?, ?> schema, SpecificationVersion draft) {
    this.draft = draft;
    this.references = new SchemaReferences(schema, draft == SpecificationVersion.DRAFT7);
  }

  /**
   * Reads a schema from its text.
   *
   * @throws IllegalArgumentException when it is no schema, or would not check what it says
   */
  static Loaded parse(String json) {
    Object tree;
    try {
      tree = READER.readValue(json);
    } catch (JacksonException e) {
      throw new IllegalArgumentException("not a JSON Schema: " + e.getOriginalMessage(), e);
    }
    if (Boolean.TRUE.equals(tree)) {
      throw new IllegalArgumentException("the schema true allows everything, so it checks nothing");
    }
    if (!(tree instanceof Map<?, ?> schema)) {
      throw new IllegalArgumentException("not a JSON Schema: it is no JSON object");
    }
    return load(schema);
  }

  /**
   * Reads a schema, also in the {@code response_format} around it.
   *
   * @throws IllegalArgumentException when it would not check what it says
   */
  static Loaded load(Map<?, ?> given) {
    if (given.get("response_format") instanceof Map<?, ?> format) {
      return load(format);
    }
    if ("json_schema".equals(given.get("type"))
        && given.get("json_schema") instanceof Map<?, ?> inner) {
      return load(inner);
    }
    boolean wraps = given.containsKey("name") || given.containsKey("strict");
    if (wraps
        && WRAPPING.containsAll(given.keySet())
        && given.get("schema") instanceof Map<?, ?> inner) {
      Optional<String> name =
          given.get("name") instanceof String text ? Optional.of(text) : Optional.empty();
      return new Loaded(name, checked(inner));
    }
    return new Loaded(Optional.empty(), checked(given));
  }

  @SuppressWarnings("ReferenceEquality") // the root itself, not a schema that equals it
  private static Map<String, Object> checked(Map<?, ?> given) {
    SpecificationVersion draft = draft(given);
    Map<String, @Nullable Object> schema = object(JsonValues.copy(given, Json.MAX_DEPTH));
    schema.computeIfPresent("$schema", (keyword, uri) -> draft.getId());
    for (SchemaReferences.Place place : new SchemaLoader(schema, draft).references.places()) {
      replaceNullable(object(place.schema()), place.schema() == schema);
    }
    SchemaLoader loader = new SchemaLoader(schema, draft);
    loader.problems.addAll(loader.references.problems());
    loader.refuse();
    loader.refuse(loader::unknown);
    loader.refuse(loader::invalid);
    loader.refuse(loader::pattern);
    loader.refuseIdle(schema);
    @SuppressWarnings("unchecked") // a JSON object may hold nulls, which callers do not see as such
    Map<String, Object> tree = (Map<String, Object>) (Map<?, ?>) schema;
    return tree;
  }

  @SuppressWarnings("unchecked") // the copy has nothing but such maps
  private static Map<String, @Nullable Object> object(@Nullable Object value) {
    return (Map<String, @Nullable Object>) Objects.requireNonNull(value);
  }

  private static SpecificationVersion draft(Map<?, ?> schema) {
    Object named = schema.get("$schema");
    if (named == null) {
      return SpecificationVersion.DRAFT2020_12;
    }
    String address = address(String.valueOf(named));
    return DRAFTS.stream()
        .filter(each -> address(each.getId()).equals(address))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "the draft "
                        + JsonValues.shown(named)
                        + " of JSON Schema is not known; known are "
                        + DRAFTS.stream()
                            .map(SpecificationVersion::getId)
                            .collect(Collectors.joining(" and "))));
  }

  private static String address(String uri) {
    return uri.replaceFirst("^https?:", "").replaceFirst("#$", "");
  }

  /** The keywords that only other drafts have. */
  private static Set<String> foreign(SpecificationVersion draft) {
    return SchemaKeyword.words(
        draft == SpecificationVersion.DRAFT7
            ? "prefixItems dependentRequired dependentSchemas unevaluatedProperties"
                + " unevaluatedItems minContains maxContains $anchor $dynamicAnchor $dynamicRef"
                + " $recursiveRef $recursiveAnchor"
            : "dependencies additionalItems $recursiveRef $recursiveAnchor");
  }

  /** Writes OpenAPI's {@code nullable} as JSON Schema has it; the root is an object in any case. */
  private static void replaceNullable(Map<String, @Nullable Object> schema, boolean root) {
    if (!(schema.get("nullable") instanceof Boolean nullable)) {
      return;
    }
    schema.remove("nullable");
    if (!nullable || root) {
      return;
    }
    if (!schema.containsKey("type")
        || Stream.of("const", "$ref", "allOf", "anyOf", "oneOf", "not", "if")
            .anyMatch(schema::containsKey)) {
      Map<String, @Nullable Object> inner = new LinkedHashMap<>(schema);
      schema.clear();
      schema.put("anyOf", List.of(inner, new LinkedHashMap<>(Map.of("type", "null"))));
      return;
    }
    Set<Object> types = new LinkedHashSet<>();
    if (schema.get("type") instanceof List<?> several) {
      types.addAll(several);
    } else {
      types.add(String.valueOf(schema.get("type")));
    }
    types.add("null");
    schema.put("type", List.copyOf(types));
    if (schema.get("enum") instanceof List<?> constants && !constants.contains(null)) {
      List<@Nullable Object> more = new ArrayList<>(constants);
      more.add(null);
      schema.put("enum", more);
    }
  }

  private void refuse() {
    if (!problems.isEmpty()) {
      String more =
          problems.size() > MAX_SHOWN ? "; and " + (problems.size() - MAX_SHOWN) + " more" : "";
      throw new IllegalArgumentException(
          problems.stream().limit(MAX_SHOWN).collect(Collectors.joining("; ")) + more);
    }
  }

  private void refuse(Consumer<SchemaReferences.Place> check) {
    references.places().forEach(check);
    refuse();
  }

  /** Notes the keywords that would not be evaluated though they are meant to be. */
  private void unknown(SchemaReferences.Place place) {
    boolean alone = draft == SpecificationVersion.DRAFT7 && place.schema().containsKey("$ref");
    for (Map.Entry<?, ?> entry : place.schema().entrySet()) {
      String word = String.valueOf(entry.getKey());
      String at = "the keyword \"" + word + "\" at #" + place.pointer();
      if (foreign(draft).contains(word)) {
        problems.add(
            at
                + " is not checked by the draft "
                + draft.getId()
                + ": name the draft that has it in \"$schema\"");
      } else if (alone && SchemaKeyword.isLimit(word)) {
        problems.add(
            at
                + " stands beside a $ref, where draft-07 ignores it: put it into an allOf with the"
                + " $ref");
      } else if (draft == SpecificationVersion.DRAFT2020_12
          && word.equals("items")
          && entry.getValue() instanceof List<?>) {
        problems.add(
            at
                + " is an array, which is called prefixItems in the draft 2020-12; or name draft-07"
                + " in \"$schema\"");
      } else if (!SchemaKeyword.KNOWN.contains(word)) {
        nearest(word)
            .ifPresent(meant -> problems.add(at + " is not known, is \"" + meant + "\" meant?"));
      }
    }
  }

  private static Optional<String> nearest(String word) {
    int max = word.length() < LONG_WORD ? 1 : 2;
    return SchemaKeyword.KNOWN.stream()
        .filter(each -> !SchemaKeyword.IDENTIFIERS.contains(each))
        .filter(each -> !SchemaKeyword.ANNOTATIONS.contains(each))
        .filter(each -> Math.min(word.length(), each.length()) >= SHORTEST_WORD)
        .filter(each -> differing(word, each) <= max)
        .findFirst();
  }

  /** How many characters two words have between a common beginning and a common end. */
  private static int differing(String a, String b) {
    int min = Math.min(a.length(), b.length());
    int begin = 0;
    while (begin < min && a.charAt(begin) == b.charAt(begin)) {
      begin++;
    }
    int end = 0;
    while (end < min - begin && a.charAt(a.length() - 1 - end) == b.charAt(b.length() - 1 - end)) {
      end++;
    }
    return Math.max(a.length(), b.length()) - begin - end;
  }

  /** Notes what the draft's own schema says of a schema and of all that its keywords hold. */
  private void invalid(SchemaReferences.Place place) {
    if (place.apart()) {
      String schema = "the schema" + (place.pointer().isEmpty() ? "" : " at " + place);
      META_SCHEMAS
          .computeIfAbsent(draft, SchemaLoader::metaSchema)
          .violations(place.schema())
          .stream()
          .filter(each -> !each.endsWith(":"))
          .forEach(each -> problems.add(schema + " is not valid: " + each));
    }
  }

  private static SchemaValidator metaSchema(SpecificationVersion version) {
    InputStream file =
        Objects.requireNonNull(
            SpecificationVersion.class.getResourceAsStream(version.getResourcePath()));
    return SchemaValidator.of(
        Json.mapper().readValue(file, new TypeReference<Map<String, Object>>() {}),
        false,
        uri -> Optional.empty());
  }

  private void pattern(SchemaReferences.Place place) {
    Stream<?> names =
        place.schema().get("patternProperties") instanceof Map<?, ?> named
            ? named.keySet().stream()
            : Stream.empty();
    Stream.concat(Stream.ofNullable(place.schema().get("pattern")), names)
        .forEach(
            source -> {
              try {
                BoundedPattern.of(String.valueOf(source));
              } catch (IllegalArgumentException e) {
                problems.add(e.getMessage() + ", at #" + place.pointer());
              }
            });
  }

  private void refuseIdle(Map<?, ?> root) {
    if (!limits(root, new IdentityHashMap<>())) {
      String words =
          root.isEmpty()
              ? "it is empty"
              : "of its keywords " + root.keySet() + " none limits a value";
      throw new IllegalArgumentException(
          "the schema allows everything, so it checks nothing: "
              + words
              + "; give it at least \"properties\" with a \"type\" each, and \"required\"");
    }
  }

  /** Whether some value is refused, as far as the keywords tell. */
  private boolean limits(@Nullable Object given, IdentityHashMap<Object, Boolean> seen) {
    if (!(given instanceof Map<?, ?> schema) || seen.put(schema, true) != null) {
      return Boolean.FALSE.equals(given);
    }
    boolean[] found = {false};
    schema.forEach(
        (name, value) -> {
          String word = String.valueOf(name);
          SchemaKeyword keyword = SchemaKeyword.APPLICATORS.get(word);
          boolean empty = Boolean.FALSE.equals(value) || List.of().equals(value);
          found[0] |=
              Set.of("not", "contains").contains(word)
                  || (SchemaKeyword.ASSERTIONS.contains(word) && !empty);
          if (keyword != null && SchemaKeyword.isLimit(word) && !word.equals("if")) {
            keyword.each(value, (pointer, part) -> found[0] |= limits(part, seen));
          }
        });
    return found[0]
        || references.inPlace(schema).stream().anyMatch(next -> limits(next.schema(), seen));
  }
}
