package dev.synthlab.json;

import dev.harrel.jsonschema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.ObjectReader;

/**
 * Takes schemas as people have them, and refuses those that would not check what they say. For one
 * schema and one thread.
 */
final class SchemaLoader {
  private static final ObjectReader READER =
      Json.mapper()
          .readerFor(Object.class)
          .with(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .with(StreamReadFeature.STRICT_DUPLICATE_DETECTION);
  private static final Set<String> WRAPPING =
      Set.of("name", "strict", "schema", "description", "type");
  private static final int SHORTEST_WORD = 4;
  private static final int LONG_WORD = 8;
  private static final int MAX_SHOWN = 5;

  private final SchemaDocument document;
  private final Draft draft;

  /** The drafts that are known, and the keywords of others that they pass over. */
  private enum Draft {
    DRAFT_2020_12(
        SpecificationVersion.DRAFT2020_12,
        "https?://json-schema\\.org/draft/2020-12/schema#?",
        Set.of("dependencies", "additionalItems", "$recursiveRef", "$recursiveAnchor")),
    DRAFT_7(
        SpecificationVersion.DRAFT7,
        "https?://json-schema\\.org/draft-07/schema#?",
        Set.of(
            "prefixItems",
            "dependentRequired",
            "dependentSchemas",
            "unevaluatedProperties",
            "unevaluatedItems",
            "minContains",
            "maxContains",
            "$anchor",
            "$dynamicAnchor",
            "$dynamicRef",
            "$recursiveRef",
            "$recursiveAnchor"));

    private final SpecificationVersion version;
    private final Pattern uri;

    @SuppressWarnings("ImmutableEnumChecker") // it is made by Set.of
    private final Set<String> foreign;

    Draft(SpecificationVersion version, String uri, Set<String> foreign) {
      this.version = version;
      this.uri = Pattern.compile(uri);
      this.foreign = foreign;
    }

    static Draft of(Map<String, ?> schema) {
      Object named = schema.get("$schema");
      if (named == null) {
        return DRAFT_2020_12;
      }
      return Arrays.stream(values())
          .filter(each -> each.uri.matcher(String.valueOf(named)).matches())
          .findFirst()
          .orElseThrow(
              () ->
                  new IllegalArgumentException(
                      "the draft "
                          + JsonValues.shown(named)
                          + " of JSON Schema is not known; known are "
                          + Arrays.stream(values())
                              .map(each -> each.version.getId())
                              .collect(Collectors.joining(" and "))));
    }

    private SchemaValidator metaSchema() {
      return switch (this) {
        case DRAFT_2020_12 -> Draft2020MetaSchema.VALIDATOR;
        case DRAFT_7 -> Draft7MetaSchema.VALIDATOR;
      };
    }
  }

  private static final class Draft2020MetaSchema {
    static final SchemaValidator VALIDATOR = metaSchema(SpecificationVersion.DRAFT2020_12);
  }

  private static final class Draft7MetaSchema {
    static final SchemaValidator VALIDATOR = metaSchema(SpecificationVersion.DRAFT7);
  }

  private SchemaLoader(SchemaDocument document, Draft draft) {
    this.document = document;
    this.draft = draft;
  }

  /**
   * A schema that was taken.
   *
   * @param name that a wrapper around it gave
   * @param tree the schema itself
   */
  record Loaded(Optional<String> name, Map<String, Object> tree) {}

  /**
   * Reads a schema.
   *
   * @throws IllegalArgumentException when it is none, or would not check what it says
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
    if (!(tree instanceof Map<?, ?> map)) {
      throw new IllegalArgumentException("not a JSON Schema: it is no JSON object");
    }
    Map<String, Object> schema = new LinkedHashMap<>();
    map.forEach((name, part) -> schema.put(String.valueOf(name), part));
    return load(schema);
  }

  /**
   * Takes a schema, out of the {@code response_format} around it if it stands in one.
   *
   * @throws IllegalArgumentException when it would not check what it says
   */
  static Loaded load(Map<String, ?> given) {
    if (given.get("response_format") instanceof Map<?, ?> format) {
      return load(named(format));
    }
    if ("json_schema".equals(given.get("type"))
        && given.get("json_schema") instanceof Map<?, ?> in) {
      return load(named(in));
    }
    boolean wrapped =
        given.get("schema") instanceof Map<?, ?>
            && WRAPPING.containsAll(given.keySet())
            && (given.containsKey("name") || given.containsKey("strict"));
    if (wrapped && given.get("schema") instanceof Map<?, ?> inner) {
      Optional<String> name =
          Optional.ofNullable(given.get("name"))
              .filter(String.class::isInstance)
              .map(String::valueOf);
      return new Loaded(name, checked(named(inner)));
    }
    return new Loaded(Optional.empty(), checked(given));
  }

  private static Map<String, @Nullable Object> named(Map<?, ?> map) {
    Map<String, @Nullable Object> all = new LinkedHashMap<>();
    map.forEach((name, part) -> all.put(String.valueOf(name), part));
    return all;
  }

  private static Map<String, Object> checked(Map<String, ?> schema) {
    Draft draft = Draft.of(schema);
    SchemaDocument document = withNull(SchemaDocument.of(schema, SchemaDocument.BASE));
    document.root().computeIfPresent("$schema", (keyword, uri) -> draft.version.getId());
    SchemaLoader loader = new SchemaLoader(document, draft);
    loader.refuse(document.problems());
    loader.refuse(loader.unknown());
    loader.refuse(loader.invalid());
    loader.refuse(loader.patterns());
    loader.refuseIdle();
    @SuppressWarnings("unchecked") // a JSON object may hold nulls, which callers do not see as such
    Map<String, Object> tree = (Map<String, Object>) (Map<?, ?>) document.root();
    return tree;
  }

  private void refuse(List<String> problems) {
    if (!problems.isEmpty()) {
      String more =
          problems.size() > MAX_SHOWN ? "; and " + (problems.size() - MAX_SHOWN) + " more" : "";
      throw new IllegalArgumentException(
          problems.stream().limit(MAX_SHOWN).collect(Collectors.joining("; ")) + more);
    }
  }

  /** The same with OpenAPI's word for "or null" written as JSON Schema has it. */
  private static SchemaDocument withNull(SchemaDocument document) {
    boolean found = false;
    for (SchemaDocument.Place place : document.places()) {
      Map<String, @Nullable Object> schema = place.schema();
      if (schema.get("nullable") instanceof Boolean mayBe) {
        found = true;
        schema.remove("nullable");
        // The root of an answer is an object in any case.
        if (mayBe && !place.pointer().isEmpty()) {
          orNull(schema);
        }
      }
    }
    return found ? SchemaDocument.of(document.root(), SchemaDocument.BASE) : document;
  }

  private static void orNull(Map<String, @Nullable Object> schema) {
    Map<String, Object> nothing = new LinkedHashMap<>(Map.of("type", "null"));
    boolean plain =
        schema.containsKey("type")
            && Stream.of("const", "$ref", "allOf", "anyOf", "oneOf", "not", "if")
                .noneMatch(schema::containsKey);
    if (!plain) {
      Map<String, @Nullable Object> inner = new LinkedHashMap<>(schema);
      schema.clear();
      schema.put("anyOf", new ArrayList<>(List.of(inner, nothing)));
      return;
    }
    List<Object> types = new ArrayList<>();
    if (schema.get("type") instanceof List<?> several) {
      types.addAll(several);
    } else {
      types.add(String.valueOf(schema.get("type")));
    }
    if (!types.contains("null")) {
      types.add("null");
    }
    schema.put("type", types);
    if (schema.get("enum") instanceof List<?> constants && !constants.contains(null)) {
      List<@Nullable Object> more = new ArrayList<>(constants);
      more.add(null);
      schema.put("enum", more);
    }
  }

  /** Keywords that would be passed over though they are meant to be checked. */
  private List<String> unknown() {
    List<String> problems = new ArrayList<>();
    for (SchemaDocument.Place place : document.places()) {
      boolean alone = draft == Draft.DRAFT_7 && place.schema().containsKey("$ref");
      for (String word : place.schema().keySet()) {
        boolean known = isKnown(word);
        if (draft.foreign.contains(word)) {
          problems.add(
              at(place, word)
                  + " is not checked by the draft "
                  + draft.version.getId()
                  + ": name the draft that has it in \"$schema\"");
        } else if (!known) {
          nearest(word)
              .ifPresent(
                  meant ->
                      problems.add(at(place, word) + " is not known, is \"" + meant + "\" meant?"));
        } else if (alone && isLimit(word)) {
          problems.add(
              at(place, word)
                  + " stands beside a $ref, where draft-07 passes over it: put it into"
                  + " an allOf with the $ref");
        }
      }
      if (draft == Draft.DRAFT_2020_12 && place.schema().get("items") instanceof List<?>) {
        problems.add(
            at(place, "items")
                + " is an array, which is called prefixItems in the draft 2020-12;"
                + " or name draft-07 in \"$schema\"");
      }
    }
    return problems;
  }

  private static boolean isKnown(String word) {
    return isLimit(word)
        || SchemaKeyword.REFERENCES.contains(word)
        || SchemaKeyword.ANNOTATIONS.contains(word)
        || word.equals("$defs")
        || word.equals("definitions");
  }

  /** Whether the keyword limits what a value may be. */
  private static boolean isLimit(String word) {
    return SchemaKeyword.LIMITS.contains(word)
        || (SchemaKeyword.BY_NAME.containsKey(word)
            && !word.equals("$defs")
            && !word.equals("definitions"));
  }

  private static Optional<String> nearest(String word) {
    if (word.length() < SHORTEST_WORD) {
      return Optional.empty();
    }
    int max = word.length() < LONG_WORD ? 1 : 2;
    return Stream.concat(
            Stream.concat(
                SchemaKeyword.LIMITS.stream().sorted(), SchemaKeyword.BY_NAME.keySet().stream()),
            SchemaKeyword.REFERENCES.stream().sorted())
        .filter(known -> known.length() >= SHORTEST_WORD)
        .filter(known -> differing(word, known) <= max)
        .findFirst();
  }

  /** How many characters stand between the beginning and the end that two words share. */
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

  private static String at(SchemaDocument.Place place, String word) {
    return "the keyword \"" + word + "\" at #" + place.pointer();
  }

  /** What the draft itself says of the schema, and of parts that only a reference leads to. */
  private List<String> invalid() {
    List<String> problems = new ArrayList<>();
    List<SchemaDocument.Place> roots = new ArrayList<>();
    for (SchemaDocument.Place place : document.places()) {
      if (roots.stream().noneMatch(root -> holds(root, place))) {
        boolean root = roots.isEmpty();
        roots.add(place);
        draft.metaSchema().violations(place.schema()).stream()
            .filter(each -> !each.endsWith(":"))
            .map(
                each ->
                    "the schema"
                        + (root ? "" : " at #" + place.pointer())
                        + " is not valid: "
                        + each)
            .forEach(problems::add);
      }
    }
    return problems;
  }

  /** Whether the draft looks at a schema when it looks at another one that is around it. */
  private static boolean holds(SchemaDocument.Place outer, SchemaDocument.Place inner) {
    if (!inner.pointer().startsWith(outer.pointer() + "/")) {
      return false;
    }
    String[] steps = inner.pointer().substring(outer.pointer().length() + 1).split("/", -1);
    for (int i = 0; i < steps.length; i++) {
      SchemaKeyword keyword = SchemaKeyword.BY_NAME.get(steps[i]);
      if (keyword == null) {
        return false;
      }
      boolean named = keyword.isNamed();
      boolean numbered = i + 1 < steps.length && steps[i + 1].matches("\\d+");
      i += named || numbered ? 1 : 0;
    }
    return true;
  }

  private List<String> patterns() {
    List<String> problems = new ArrayList<>();
    for (SchemaDocument.Place place : document.places()) {
      Stream<String> sources =
          place.schema().get("patternProperties") instanceof Map<?, ?> named
              ? named.keySet().stream().map(String::valueOf)
              : Stream.empty();
      Stream<String> own = Stream.ofNullable(place.schema().get("pattern")).map(String::valueOf);
      Stream.concat(own, sources)
          .forEach(
              source -> {
                try {
                  BoundedPattern.of(source);
                } catch (IllegalArgumentException e) {
                  problems.add(e.getMessage() + ", at #" + place.pointer());
                }
              });
    }
    return problems;
  }

  private void refuseIdle() {
    SchemaDocument.Place root = document.places().getFirst();
    if (!limits(root.schema(), new IdentityHashMap<>())) {
      String words =
          root.schema().isEmpty() ? "it is empty" : "of its keywords " + root.schema().keySet();
      throw new IllegalArgumentException(
          "the schema allows everything, so it checks nothing: "
              + words
              + (root.schema().isEmpty() ? "" : " none limits a value")
              + "; give it at least \"properties\" with a \"type\" each, and \"required\"");
    }
  }

  /** Whether there is a value that a schema refuses, as far as its keywords tell. */
  private boolean limits(@Nullable Object given, IdentityHashMap<Object, Boolean> seen) {
    if (!(given instanceof Map<?, ?> schema) || seen.put(schema, true) != null) {
      return Boolean.FALSE.equals(given);
    }
    for (Map.Entry<?, ?> entry : schema.entrySet()) {
      String word = String.valueOf(entry.getKey());
      Object value = entry.getValue();
      boolean empty = value instanceof List<?> list && list.isEmpty();
      if ((SchemaKeyword.LIMITS.contains(word) && !empty && !Boolean.FALSE.equals(value))
          || word.equals("not")
          || word.equals("contains")) {
        return true;
      }
      SchemaKeyword keyword = SchemaKeyword.BY_NAME.get(word);
      if (keyword != null && isLimit(word) && !word.equals("if")) {
        boolean[] found = {false};
        keyword.each(value, (path, part) -> found[0] |= limits(part, seen));
        if (found[0]) {
          return true;
        }
      }
    }
    return document.sameValue(schema).stream().anyMatch(next -> limits(next.schema(), seen));
  }

  private static SchemaValidator metaSchema(SpecificationVersion version) {
    try (InputStream in =
        SpecificationVersion.class.getResourceAsStream(version.getResourcePath())) {
      if (in == null) {
        throw new IllegalStateException("the library has lost " + version.getResourcePath());
      }
      Map<String, Object> tree =
          Json.mapper().readValue(in, new TypeReference<Map<String, Object>>() {});
      return SchemaValidator.of(
          SchemaDocument.of(tree, SchemaDocument.BASE), false, uri -> Optional.empty());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
