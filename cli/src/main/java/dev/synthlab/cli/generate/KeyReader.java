package dev.synthlab.cli.generate;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Reads how an API key is sent from the security schemes of a file. */
final class KeyReader {
  /** A header name (RFC 9110). */
  static final String TOKEN = "[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}";

  private final OpenApiDocument document;
  private final Unsupported unsupported;

  KeyReader(OpenApiDocument document, Unsupported notCovered) {
    this.document = document;
    this.unsupported = notCovered;
  }

  /** The first supported security scheme; the others are listed. */
  ApiModel.Key read() {
    Map<String, OpenApiNode> schemes =
        document
            .top()
            .child("components")
            .flatMap(node -> node.child("securitySchemes"))
            .map(OpenApiNode::children)
            .orElse(Map.of());
    List<ApiModel.Key> keys = new ArrayList<>();
    schemes.forEach(
        (name, reference) -> {
          OpenApiNode scheme = document.follow(reference);
          Optional<ApiModel.Key> key = one(scheme);
          if (key.isEmpty() || !keys.isEmpty()) {
            unsupported.add(scheme, "the security scheme " + kind(scheme), "omitted");
          }
          key.ifPresent(keys::add);
        });
    List<OpenApiNode> request =
        document.top().child("security").map(OpenApiNode::members).orElse(List.of());
    boolean optional = request.stream().anyMatch(node -> node.children().isEmpty());
    return keys.stream()
        .findFirst()
        .map(key -> new ApiModel.Key(key.location(), key.name(), optional))
        .orElse(ApiModel.Key.NONE);
  }

  private static Optional<ApiModel.Key> one(OpenApiNode scheme) {
    String name = scheme.text("name").orElse("");
    return switch (kind(scheme)) {
      case "http bearer" -> Optional.of(ApiModel.Key.BEARER);
      case "apiKey header" ->
          name.matches(TOKEN)
              ? Optional.of(new ApiModel.Key(ApiModel.KeyLocation.HEADER, name, false))
              : Optional.empty();
      case "apiKey query" ->
          name.isEmpty() || name.length() > JavaLimits.TEXT
              ? Optional.empty()
              : Optional.of(new ApiModel.Key(ApiModel.KeyLocation.QUERY, name, false));
      default -> Optional.empty();
    };
  }

  private static String kind(OpenApiNode scheme) {
    String more = scheme.text("scheme").or(() -> scheme.text("in")).orElse("");
    return (scheme.text("type").orElse("") + " " + more.toLowerCase(Locale.ROOT)).strip();
  }
}
