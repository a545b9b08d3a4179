package dev.synthlab.json;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A schema with all schemas in it that can be reached, and where each reference leads. Holds a copy
 * of its own. For one thread.
 */
final class SchemaDocument {
  /** The URI of a document that names none. */
  static final URI BASE = URI.create("schema:/answer");

  private static final int MAX_CHAIN = 200;
  private static final int DEFAULT_DEPTH = 100;
  private static final int OPEN = -1;

  private final Map<String, @Nullable Object> root;
  private final boolean legacy;
  private final Map<URI, Place> resources = new HashMap<>();
  private final Map<String, Place> anchors = new HashMap<>();
  private final IdentityHashMap<Map<String, @Nullable Object>, Place> places =
      new IdentityHashMap<>();
  private final List<Place> inOrder = new ArrayList<>();
  private final List<String> problems = new ArrayList<>();
  private final IdentityHashMap<Map<?, ?>, List<Place>> sameValue = new IdentityHashMap<>();

  /**
   * A schema and where it stands.
   *
   * @param schema part of the copy
   * @param pointer from the root of the document
   * @param base the URI that its references start from
   */
  record Place(Map<String, @Nullable Object> schema, String pointer, URI base) {}

  private SchemaDocument(Map<String, @Nullable Object> root, URI base) {
    this.root = root;
    this.legacy = root.get("$schema") instanceof String draft && draft.contains("/draft-0");
    this.collect(new Place(root, "", base));
  }

  /**
   * Reads a schema.
   *
   * @param base the URI of the document
   * @throws IllegalArgumentException when it is nested too deeply
   */
  static SchemaDocument of(Map<String, ?> schema, URI base) {
    SchemaDocument document = new SchemaDocument(object(copy(schema, 0)), base);
    document.follow();
    return document;
  }

  /** The root of the copy. */
  Map<String, @Nullable Object> root() {
    return root;
  }

  /** Whether the document follows a draft before 2019-09. */
  boolean isLegacy() {
    return legacy;
  }

  /** Every schema that can be reached. */
  List<Place> places() {
    return Collections.unmodifiableList(inOrder);
  }

  /** What is wrong with the references, in sentences. */
  List<String> problems() {
    return Collections.unmodifiableList(problems);
  }

  /** The schemas about the same value that a schema leads to. */
  List<Place> sameValue(Map<?, ?> schema) {
    return sameValue.getOrDefault(schema, List.of());
  }

  /** Whether it is nested deeper than people write schemas. */
  boolean isDeep() {
    return inOrder.stream()
        .anyMatch(place -> place.pointer().chars().filter(c -> c == '/').count() > DEFAULT_DEPTH);
  }

  private static @Nullable Object copy(@Nullable Object value, int depth) {
    if (depth > Json.MAX_DEPTH) {
      throw new IllegalArgumentException("it is nested deeper than " + Json.MAX_DEPTH);
    }
    if (value instanceof Map<?, ?> map) {
      Map<String, @Nullable Object> all = new LinkedHashMap<>();
      map.forEach((name, part) -> all.put(String.valueOf(name), copy(part, depth + 1)));
      return all;
    }
    if (value instanceof List<?> list) {
      List<@Nullable Object> all = new ArrayList<>(list.size());
      list.forEach(part -> all.add(copy(part, depth + 1)));
      return all;
    }
    return value;
  }

  @SuppressWarnings("unchecked") // the copy has nothing but such maps
  private static Map<String, @Nullable Object> object(@Nullable Object value) {
    return (Map<String, @Nullable Object>) Objects.requireNonNull(value);
  }

  /** Takes a schema and all that its keywords hold. */
  private void collect(Place start) {
    Deque<Place> open = new ArrayDeque<>(List.of(start));
    while (!open.isEmpty()) {
      Place place = identified(open.pop());
      if (places.putIfAbsent(place.schema(), place) != null) {
        continue;
      }
      inOrder.add(place);
      for (String word : List.of("$anchor", "$dynamicAnchor")) {
        if (place.schema().get(word) instanceof String name) {
          anchors.putIfAbsent(place.base() + "#" + name, place);
        }
      }
      boolean alone = legacy && place.schema().get("$ref") instanceof String;
      place
          .schema()
          .forEach(
              (name, value) -> {
                SchemaKeyword keyword = SchemaKeyword.BY_NAME.get(name);
                if (keyword != null) {
                  keyword.each(
                      value,
                      (path, part) -> {
                        if (part instanceof Map<?, ?>) {
                          Place inner = below(place, name, path, object(part));
                          open.push(inner);
                          if (keyword.isInPlace() && !alone) {
                            lead(place, inner);
                          }
                        }
                      });
                }
              });
    }
  }

  private void lead(Place from, Place to) {
    sameValue.computeIfAbsent(from.schema(), none -> new ArrayList<>()).add(to);
  }

  private static Place below(
      Place outer, String keyword, List<Object> path, Map<String, @Nullable Object> schema) {
    StringBuilder pointer = new StringBuilder(outer.pointer()).append('/').append(escaped(keyword));
    path.forEach(step -> pointer.append('/').append(escaped(String.valueOf(step))));
    return new Place(schema, pointer.toString(), outer.base());
  }

  private static String escaped(String name) {
    return name.replace("~", "~0").replace("/", "~1");
  }

  /** The place with the URI that its $id gives it. */
  private Place identified(Place place) {
    Object id = place.schema().get("$id");
    boolean ignored = legacy && place.schema().get("$ref") instanceof String;
    Place named = place;
    if (id instanceof String text && !ignored) {
      if (legacy && text.startsWith("#")) {
        anchors.putIfAbsent(place.base() + text, place);
      } else {
        named = new Place(place.schema(), place.pointer(), place.base().resolve(uri(text)));
      }
    }
    if (!named.base().equals(place.base()) || named.pointer().isEmpty()) {
      resources.putIfAbsent(named.base(), named);
    }
    return named;
  }

  private static URI uri(String text) {
    try {
      return URI.create(text.endsWith("#") ? text.substring(0, text.length() - 1) : text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("\"" + text + "\" is not a URI", e);
    }
  }

  /** Follows every reference, also into what no keyword holds. */
  private void follow() {
    for (int i = 0; i < inOrder.size(); i++) {
      Place place = inOrder.get(i);
      for (String word : SchemaKeyword.REFERENCES) {
        if (place.schema().get(word) instanceof String reference) {
          target(place, reference)
              .ifPresentOrElse(
                  to -> lead(place, to),
                  () -> {
                    if (!leadsToBoolean(place, reference)) {
                      problems.add(why(place, word, reference));
                    }
                  });
        }
      }
    }
    if (!problems.isEmpty()) {
      return;
    }
    IdentityHashMap<Place, Integer> known = new IdentityHashMap<>();
    for (Place place : inOrder) {
      int length = chain(place, known);
      if (length == OPEN || length > MAX_CHAIN) {
        String reason =
            length == OPEN
                ? " leads back to itself before any part of a value is looked at"
                : " leads on to more than " + MAX_CHAIN + " others for the same value";
        problems.add("the schema at " + at(place) + reason);
        return;
      }
    }
  }

  /** How many schemas about the same value follow each other; {@link #OPEN} when they never end. */
  private int chain(Place place, IdentityHashMap<Place, Integer> known) {
    Integer before = known.putIfAbsent(place, OPEN);
    if (before != null) {
      return before;
    }
    int max = 0;
    for (Place next : sameValue(place.schema())) {
      int length = chain(places.getOrDefault(next.schema(), next), known);
      if (length == OPEN || length > MAX_CHAIN) {
        return length;
      }
      max = Math.max(max, 1 + length);
    }
    known.put(place, max);
    return max;
  }

  private static String at(Place place) {
    return place.pointer().isEmpty() ? "the root" : "#" + place.pointer();
  }

  private String why(Place place, String word, String reference) {
    boolean outside = !reference.startsWith("#");
    return "the "
        + word
        + " \""
        + reference
        + "\" at "
        + at(place)
        + (outside
            ? " leads outside of the schema: nothing is fetched, put what it means into $defs"
            : " leads nowhere");
  }

  private Optional<Place> target(Place from, String reference) {
    Found found = find(from, reference);
    if (!(found.value() instanceof Map<?, ?> schema)) {
      return Optional.empty();
    }
    Map<String, @Nullable Object> map = object(schema);
    if (!places.containsKey(map)) {
      collect(new Place(map, found.pointer(), found.base()));
    }
    return Optional.of(places.getOrDefault(map, from));
  }

  private boolean leadsToBoolean(Place from, String reference) {
    return find(from, reference).value() instanceof Boolean;
  }

  private record Found(@Nullable Object value, String pointer, URI base) {
    static final Found NOTHING = new Found(null, "", BASE);
  }

  private Found find(Place from, String reference) {
    int hash = reference.indexOf('#');
    String address = hash < 0 ? reference : reference.substring(0, hash);
    String fragment = hash < 0 ? "" : reference.substring(hash + 1);
    Place resource;
    try {
      URI base = address.isEmpty() ? from.base() : from.base().resolve(URI.create(address));
      resource = resources.get(base);
      fragment = URLDecoder.decode(fragment.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return Found.NOTHING;
    }
    if (resource == null) {
      return Found.NOTHING;
    }
    if (!fragment.isEmpty() && !fragment.startsWith("/")) {
      Place anchored = anchors.get(resource.base() + "#" + fragment);
      return anchored == null
          ? Found.NOTHING
          : new Found(anchored.schema(), anchored.pointer(), anchored.base());
    }
    return pointed(resource, fragment);
  }

  private static Found pointed(Place resource, String pointer) {
    Object at = resource.schema();
    for (String step : pointer.isEmpty() ? new String[0] : pointer.substring(1).split("/", -1)) {
      String name = step.replace("~1", "/").replace("~0", "~");
      if (at instanceof Map<?, ?> map) {
        at = map.get(name);
      } else if (at instanceof List<?> list
          && name.matches("\\d{1,6}")
          && Integer.parseInt(name) < list.size()) {
        at = list.get(Integer.parseInt(name));
      } else {
        return Found.NOTHING;
      }
    }
    return new Found(at, resource.pointer() + pointer, resource.base());
  }

  /** Whether some schema has one of these keywords. */
  boolean uses(Set<String> keywords) {
    return inOrder.stream()
        .anyMatch(p -> p.schema().keySet().stream().anyMatch(keywords::contains));
  }
}
