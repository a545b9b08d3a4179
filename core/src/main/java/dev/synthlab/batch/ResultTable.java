package dev.synthlab.batch;

import dev.synthlab.http.Json;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.ObjectReader;

/**
 * Makes CSV rows (RFC 4180, lines ended by a line feed) of flat result lines: the columns of the
 * input, then {@code output} and {@code error}. Values stand as they are. Safe for use by many
 * threads.
 */
final class ResultTable {
  private static final String ID = "custom_id";
  private static final String OUTPUT = "output";
  private static final String ERROR = "error";
  private static final Set<String> OURS = Set.of(OUTPUT, ERROR, "synthlab");

  private final List<String> columns;
  private final ObjectReader reader =
      Json.mapper().readerFor(Map.class).with(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

  /** A table with these columns of the input. */
  ResultTable(Collection<String> columns) {
    this.columns = columns.stream().filter(name -> !OURS.contains(name)).toList();
  }

  /** The head of the table. */
  byte[] header() {
    return row(Stream.concat(columns.stream(), Stream.of(OUTPUT, ERROR)).toList());
  }

  /** The row of a flat result line. */
  byte[] row(byte[] line) {
    Map<?, ?> result = reader.readValue(line);
    List<String> values = new ArrayList<>();
    columns.forEach(name -> values.add(text(result.get(name))));
    values.add(text(result.get(OUTPUT)));
    values.add(error(result.get(ERROR)));
    return row(values);
  }

  /** The names that a flat result line has beside what is ours. */
  static void addColumns(byte[] line, Collection<String> names) {
    for (Object name : Json.mapper().readValue(line, Map.class).keySet()) {
      if (!OURS.contains(String.valueOf(name))) {
        names.add(String.valueOf(name));
      }
    }
  }

  private static String error(@Nullable Object error) {
    return error instanceof Map<?, ?> why
        ? text(why.get("code")) + ": " + text(why.get("message"))
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
    String row = values.stream().map(ResultTable::quoted).collect(Collectors.joining(","));
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
