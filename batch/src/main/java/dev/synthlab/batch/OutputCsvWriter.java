package dev.synthlab.batch;

import dev.synthlab.json.Json;
import dev.synthlab.json.JsonSchema;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.ObjectReader;

/**
 * Turns flat result lines into CSV rows (RFC 4180, lines end with a line feed): the columns of the
 * input, then {@code output}, or its members where a schema says which it has, and {@code error}.
 * Values stand as they are. Safe for use by many threads.
 */
final class OutputCsvWriter {
  private static final String OUTPUT = "output";
  private static final String ERROR = "error";
  private static final Set<String> OURS = Set.of(OUTPUT, ERROR, "synthlab");

  private final List<String> columns;
  private final List<String> properties;
  private final ObjectReader reader =
      Json.mapper().readerFor(Map.class).with(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

  /**
   * A table.
   *
   * @param schema what the outputs are like; its members are columns
   * @param columns of the input
   */
  OutputCsvWriter(Optional<JsonSchema> schema, Collection<String> columns) {
    this.columns = columns.stream().filter(name -> !OURS.contains(name)).toList();
    this.properties =
        schema.map(JsonSchema::tree).map(tree -> tree.get("properties")).stream()
            .flatMap(all -> all instanceof Map<?, ?> map ? map.keySet().stream() : Stream.of())
            .map(String::valueOf)
            .toList();
  }

  /** The head of the table. */
  byte[] header() {
    List<String> names = new ArrayList<>(columns);
    if (properties.isEmpty()) {
      names.add(OUTPUT);
    }
    for (String name : properties) {
      boolean taken = columns.contains(name) || OURS.contains(name);
      names.add(taken ? OUTPUT + "." + name : name);
    }
    names.add(ERROR);
    return row(names);
  }

  /** The row of a flat result line. */
  byte[] row(byte[] line) {
    Map<?, ?> result = reader.readValue(line);
    List<String> values = new ArrayList<>();
    columns.forEach(name -> values.add(text(result.get(name))));
    if (properties.isEmpty()) {
      values.add(text(result.get(OUTPUT)));
    }
    Map<?, ?> output = result.get(OUTPUT) instanceof Map<?, ?> object ? object : Map.of();
    properties.forEach(name -> values.add(text(output.get(name))));
    values.add(error(result.get(ERROR)));
    return row(values);
  }

  /** The columns of the input in a flat result line. */
  static void addColumns(byte[] line, Collection<String> names) {
    for (Object name : Json.mapper().readValue(line, Map.class).keySet()) {
      if (!OURS.contains(String.valueOf(name))) {
        names.add(String.valueOf(name));
      }
    }
  }

  private static String error(@Nullable Object error) {
    return error instanceof Map<?, ?> reason
        ? text(reason.get("code")) + ": " + text(reason.get("message"))
        : "";
  }

  private static String text(@Nullable Object value) {
    if (value == null) {
      return "";
    }
    return value instanceof Map<?, ?> || value instanceof Collection<?>
        ? Json.mapper().writeValueAsString(value)
        : value.toString();
  }

  private static byte[] row(List<String> values) {
    String row = values.stream().map(OutputCsvWriter::quoted).collect(Collectors.joining(","));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(row.length() + 16);
    bytes.writeBytes(row.getBytes(StandardCharsets.UTF_8));
    bytes.write('\n');
    return bytes.toByteArray();
  }

  private static String quoted(String value) {
    boolean plain =
        value.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r')
            && value.equals(value.strip());
    return plain ? value : '"' + value.replace("\"", "\"\"") + '"';
  }
}
