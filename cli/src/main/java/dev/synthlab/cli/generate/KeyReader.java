package dev.synthlab.cli.generate;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Reads where the key of a service goes. */
final class KeyReader {
  /** The field names of HTTP (RFC 9110), visible ASCII. */
  static final String TOKEN = "[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}";

  private final Document document;
  private final NotCovered notCovered;

  KeyReader(Document document, NotCovered notCovered) {
    this.document = document;
    this.notCovered = notCovered;
  }

  /** The first way in that is covered; all others are listed. */
  Api.Key read() {
    Map<String, Node> schemes =
        document
            .top()
            .child("components")
            .flatMap(node -> node.child("securitySchemes"))
            .map(Node::children)
            .orElse(Map.of());
    List<Api.Key> keys = new ArrayList<>();
    schemes.forEach(
        (name, reference) -> {
          Node scheme = document.follow(reference);
          Optional<Api.Key> key = one(scheme);
          if (key.isEmpty() || !keys.isEmpty()) {
            notCovered.add(scheme, "the security scheme " + kind(scheme), "left out");
          }
          key.ifPresent(keys::add);
        });
    List<Node> asked = document.top().child("security").map(Node::members).orElse(List.of());
    boolean optional = asked.stream().anyMatch(node -> node.children().isEmpty());
    return keys.stream()
        .findFirst()
        .map(key -> new Api.Key(key.place(), key.name(), optional))
        .orElse(Api.Key.NONE);
  }

  private static Optional<Api.Key> one(Node scheme) {
    String name = scheme.text("name").orElse("");
    return switch (kind(scheme)) {
      case "http bearer" -> Optional.of(Api.Key.BEARER);
      case "apiKey header" ->
          name.matches(TOKEN)
              ? Optional.of(new Api.Key(Api.Place.HEADER, name, false))
              : Optional.empty();
      case "apiKey query" ->
          name.isEmpty()
              ? Optional.empty()
              : Optional.of(new Api.Key(Api.Place.QUERY, name, false));
      default -> Optional.empty();
    };
  }

  private static String kind(Node scheme) {
    String more = scheme.text("scheme").or(() -> scheme.text("in")).orElse("");
    return (scheme.text("type").orElse("") + " " + more.toLowerCase(Locale.ROOT)).strip();
  }
}
