package dev.synthlab.json;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The schemas within a schema, and those that its references lead to. For one thread. */
final class SchemaReferences {
  private static final URI BASE = URI.create("schema:/answer");
  private static final int MAX_CHAIN = 200;

  private final boolean legacy;
  private final Map<String, Place> named = new HashMap<>();
  private final IdentityHashMap<Object, Place> places = new IdentityHashMap<>();
  private final List<Place> inOrder = new ArrayList<>();
  private final IdentityHashMap<Object, List<Place>> inPlace = new IdentityHashMap<>();
  private final List<String> problems = new ArrayList<>();

  /**
   * A schema and its place.
   *
   * @param pointer from the root of the document
   * @param base the URI that its references are relative to
   * @param apart whether no keyword of another schema holds it
   */
  record Place(Map<?, ?> schema, String pointer, URI base, boolean apart) {
    @Override
    public String toString() {
      return pointer.isEmpty() ? "the root" : "#" + pointer;
    }
  }

  /**
   * Follows all references.
   *
   * @param legacy whether the draft is older than 2019-09, where {@code $ref} stands alone
   */
  SchemaReferences(Map<?, ?> root, boolean legacy) {
    this.legacy = legacy;
    collect(new Place(root, "", BASE, true));
    for (int i = 0; i < inOrder.size(); i++) { // it grows
      Place place = inOrder.get(i);
      SchemaKeyword.REFERENCES.forEach(
          word -> {
            if (place.schema().get(word) instanceof String reference) {
              follow(place, word, reference);
            }
          });
    }
    IdentityHashMap<Object, Boolean> finite = new IdentityHashMap<>();
    if (problems.isEmpty()) {
      for (Place place : inOrder) {
        if (!isFinite(place, 0, finite)) {
          break; // one is reported
        }
      }
    }
  }

  /** Every schema that can be reached. */
  List<Place> places() {
    return List.copyOf(inOrder);
  }

  /** What is wrong with the references, in sentences. */
  List<String> problems() {
    return List.copyOf(problems);
  }

  /** The schemas that a schema applies to the same value. */
  List<Place> inPlace(Object schema) {
    return inPlace.getOrDefault(schema, List.of());
  }

  private void collect(Place start) {
    Deque<Place> open = new ArrayDeque<>(List.of(start));
    while (!open.isEmpty()) {
      Place place = identified(open.pop());
      if (places.putIfAbsent(place.schema(), place) != null) {
        continue;
      }
      inOrder.add(place);
      boolean alone = legacy && place.schema().get("$ref") instanceof String;
      place
          .schema()
          .forEach(
              (name, value) -> {
                String word = String.valueOf(name);
                SchemaKeyword keyword = SchemaKeyword.APPLICATORS.get(word);
                if (keyword != null) {
                  keyword.each(
                      value,
                      (pointer, part) -> {
                        if (part instanceof Map<?, ?> schema) {
                          String at = place.pointer() + "/" + word + pointer;
                          Place inner = new Place(schema, at, place.base(), false);
                          open.push(inner);
                          if (keyword.inPlace() && !alone) {
                            add(place, inner);
                          }
                        }
                      });
                }
              });
    }
  }

  private void add(Place place, Place next) {
    inPlace.computeIfAbsent(place.schema(), none -> new ArrayList<>()).add(next);
  }

  /** The place with the base that its $id gives it; its names are kept. */
  private Place identified(Place place) {
    Map<?, ?> schema = place.schema();
    Place found = place;
    boolean identified = false;
    if (schema.get("$id") instanceof String id && !(legacy && schema.containsKey("$ref"))) {
      if (legacy && id.startsWith("#")) {
        named.putIfAbsent(place.base() + id, place);
      } else {
        URI base = place.base().resolve(uri(id.endsWith("#") ? id.replace("#", "") : id));
        found = new Place(schema, place.pointer(), base, place.apart());
        identified = true;
      }
    }
    if (identified || place.pointer().isEmpty()) {
      named.putIfAbsent(found.base() + "#", found);
    }
    for (String word : List.of("$anchor", "$dynamicAnchor")) {
      if (schema.get(word) instanceof String name) {
        named.putIfAbsent(found.base() + "#" + name, found);
      }
    }
    return found;
  }

  private static URI uri(String text) {
    try {
      return URI.create(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("\"" + text + "\" is not a URI", e);
    }
  }

  private void follow(Place from, String word, String reference) {
    Place target = target(from, reference);
    if (target != null) {
      if (!places.containsKey(target.schema())) {
        collect(target);
      }
      add(from, places.getOrDefault(target.schema(), target));
    } else {
      String why =
          reference.startsWith("#")
              ? " leads nowhere"
              : " leads outside of the schema: nothing is fetched, put what it means into $defs";
      problems.add("the " + word + " \"" + reference + "\" at " + from + why);
    }
  }

  /** What a reference leads to; {@code true} and {@code false} count as empty schemas. */
  private @Nullable Place target(Place from, String reference) {
    String[] parts = reference.split("#", 2);
    String fragment;
    URI base;
    try {
      base = parts[0].isEmpty() ? from.base() : from.base().resolve(URI.create(parts[0]));
      String encoded = parts.length == 1 ? "" : parts[1].replace("+", "%2B");
      fragment = URLDecoder.decode(encoded, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return null;
    }
    boolean pointer = fragment.startsWith("/");
    Place place = named.get(base + "#" + (pointer ? "" : fragment));
    return place == null || !pointer ? place : pointed(place, fragment);
  }

  private static @Nullable Place pointed(Place resource, String pointer) {
    Object at = resource.schema();
    for (String step : pointer.substring(1).split("/", -1)) {
      String name = step.replace("~1", "/").replace("~0", "~");
      boolean index = name.matches("\\d{1,6}");
      if (at instanceof Map<?, ?> map) {
        at = map.get(name);
      } else if (at instanceof List<?> list && index && Integer.parseInt(name) < list.size()) {
        at = list.get(Integer.parseInt(name));
      } else {
        return null;
      }
    }
    Object found = at instanceof Boolean ? Map.of() : at;
    return found instanceof Map<?, ?> schema
        ? new Place(schema, resource.pointer() + pointer, resource.base(), true)
        : null;
  }

  /** Whether the schemas for one value that follow each other end. */
  private boolean isFinite(Place place, int length, IdentityHashMap<Object, Boolean> finite) {
    Boolean known = finite.putIfAbsent(place.schema(), false);
    if (Boolean.TRUE.equals(known)) {
      return true;
    }
    if (known != null || length > MAX_CHAIN) {
      problems.add(
          "the schema at "
              + place
              + (known != null
                  ? " leads back to itself before any part of a value is looked at"
                  : " leads on to more than " + MAX_CHAIN + " others for the same value"));
      return false;
    }
    boolean all =
        inPlace(place.schema()).stream().allMatch(next -> isFinite(next, length + 1, finite));
    finite.put(place.schema(), all);
    return all;
  }
}
