package dev.synthlab.cli.generate;

import dev.synthlab.config.Utf8;
import dev.synthlab.json.Json;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.schema.CoreSchema;
import tools.jackson.core.JacksonException;

/** A parsed OpenAPI file, JSON or YAML. Immutable. */
final class OpenApiDocument {
  private static final long MAX_BYTES = 32L << 20;
  private static final int MAX_DEPTH = 200;
  private static final int MAX_NODES = 4_000_000;
  private static final int MAX_ALIASES = 1_000;
  private static final int MAX_REFERENCES = 100;

  /** JSON begins with a brace and a quote; YAML rarely does. */
  private static final Pattern JSON = Pattern.compile("\\s*\\{\\s*[\"}]");

  private final String name;
  private final OpenApiNode top;

  private OpenApiDocument(String name, OpenApiNode top) {
    this.name = name;
    this.top = top;
  }

  /** Reads a file. */
  static OpenApiDocument read(Path file) {
    try {
      if (!Files.isRegularFile(file)) {
        throw new GenerateException(file + " does not exist or is not a regular file");
      }
      if (Files.size(file) > MAX_BYTES) {
        throw new GenerateException(file + " is larger than " + (MAX_BYTES >> 20) + " MB");
      }
      return of(file.toString(), Files.readAllBytes(file));
    } catch (IOException e) {
      throw new GenerateException(file + " cannot be read: " + e.getMessage(), e);
    }
  }

  /** Parses the content of a file. */
  static OpenApiDocument of(String name, byte[] bytes) {
    String text = Utf8.text(bytes, reason -> new GenerateException(name + " " + reason));
    Object read = JSON.matcher(text).lookingAt() ? json(name, text) : yaml(name, text);
    OpenApiDocument document =
        new OpenApiDocument(
            name, new OpenApiNode(new BoundedCopy(name).copy(read, 0), "", new NodeCounter(name)));
    document.requireOpenApi();
    return document;
  }

  private static @Nullable Object json(String name, String text) {
    try {
      return Json.mapper().readValue(text, Object.class);
    } catch (JacksonException e) {
      String where =
          e.getLocation() == null
              ? ""
              : " (line "
                  + e.getLocation().getLineNr()
                  + ", column "
                  + e.getLocation().getColumnNr()
                  + ")";
      throw new GenerateException(
          name + " is not valid JSON: " + e.getOriginalMessage() + where, e);
    }
  }

  private static @Nullable Object yaml(String name, String text) {
    LoadSettings settings =
        LoadSettings.builder()
            .setSchema(new CoreSchema())
            .setAllowDuplicateKeys(false)
            .setAllowRecursiveKeys(false)
            .setMaxAliasesForCollections(MAX_ALIASES)
            .setCodePointLimit((int) MAX_BYTES)
            .build();
    try {
      return new Load(settings).loadFromString(text);
    } catch (MarkedYamlEngineException e) {
      String where =
          e.getProblemMark()
              .map(at -> " (line " + (at.getLine() + 1) + ", column " + (at.getColumn() + 1) + ")")
              .orElse("");
      throw new GenerateException(
          name + " is not valid YAML: " + e.getProblem().strip() + where, e);
    } catch (YamlEngineException | StackOverflowError | ClassCastException e) {
      throw new GenerateException(name + " is not valid YAML: " + e.getMessage(), e);
    }
  }

  /** Copies the parsed tree within bounds: YAML aliases can make it endless. */
  private static final class BoundedCopy {
    private final String name;
    private int nodes;

    BoundedCopy(String name) {
      this.name = name;
    }

    @Nullable Object copy(@Nullable Object value, int depth) {
      if (depth > MAX_DEPTH || ++nodes > MAX_NODES) {
        throw new GenerateException(
            name + " is nested too deeply, or its YAML aliases expand to too many nodes");
      }
      if (value instanceof Map<?, ?> map) {
        Map<String, @Nullable Object> copy = new LinkedHashMap<>();
        map.forEach((key, each) -> copy.put(String.valueOf(key), copy(each, depth + 1)));
        return copy;
      }
      if (value instanceof List<?> list) {
        List<@Nullable Object> copy = new ArrayList<>();
        list.forEach(each -> copy.add(copy(each, depth + 1)));
        return copy;
      }
      return value;
    }
  }

  private void requireOpenApi() {
    if (top.child("swagger").isPresent()) {
      throw new GenerateException(
          name
              + " is a Swagger 2 file; only OpenAPI 3.0 and 3.1 are supported. Convert it first,"
              + " for example at https://converter.swagger.io");
    }
    String version = top.child("openapi").map(node -> String.valueOf(node.value())).orElse("");
    if (!version.matches("3\\.[01](\\..*)?")) {
      throw new GenerateException(
          version.isEmpty()
              ? name + " is not an OpenAPI file: it has no field openapi: 3.0.x or 3.1.x"
              : name + " is written for OpenAPI " + version + "; only 3.0 and 3.1 are supported");
    }
    if (!top.child("paths").map(OpenApiNode::isObject).orElse(false)) {
      throw new GenerateException(name + " has no paths, so it describes no operation");
    }
  }

  String name() {
    return name;
  }

  OpenApiNode top() {
    return top;
  }

  /** The node that a chain of {@code $ref} leads to; the node itself if it has none. */
  OpenApiNode follow(OpenApiNode from) {
    OpenApiNode at = from;
    Set<String> passed = new LinkedHashSet<>();
    while (at.text("$ref").isPresent()) {
      String reference = at.text("$ref").get();
      if (!passed.add(reference)) {
        throw new GenerateException(
            "%s: the $ref at %s is circular: %s"
                .formatted(
                    name, from.location(), String.join(" -> ", passed) + " -> " + reference));
      }
      if (passed.size() > MAX_REFERENCES) {
        throw new GenerateException(
            "%s: the $ref at %s leads to a chain of more than %d references"
                .formatted(name, from.location(), MAX_REFERENCES));
      }
      at = target(at, reference);
    }
    return at;
  }

  private OpenApiNode target(OpenApiNode from, String reference) {
    if (!reference.startsWith("#")) {
      throw new GenerateException(
          "%s: the $ref at %s points to another file (%s), which is not fetched. Bundle them into"
                  .formatted(name, from.location(), reference)
              + " one file first, for example with: npx @redocly/cli bundle");
    }
    OpenApiNode at = top;
    String[] steps = reference.substring(1).split("/", -1);
    for (int i = 1; i < steps.length; i++) {
      String step = steps[i].replace("+", "%2B");
      try {
        step = URLDecoder.decode(step, StandardCharsets.UTF_8);
      } catch (IllegalArgumentException e) {
        step = steps[i];
      }
      step = step.replace("~1", "/").replace("~0", "~");
      at = step(at, step, from, reference);
    }
    return at;
  }

  private OpenApiNode step(OpenApiNode at, String step, OpenApiNode from, String reference) {
    if (at.isList() && step.matches("\\d{1,6}")) {
      List<OpenApiNode> members = at.members();
      int index = Integer.parseInt(step);
      if (index < members.size()) {
        return members.get(index);
      }
    }
    return at.child(step)
        .orElseThrow(
            () ->
                new GenerateException(
                    "%s: the $ref at %s points to %s, which does not exist"
                        .formatted(name, from.location(), reference)));
  }
}
