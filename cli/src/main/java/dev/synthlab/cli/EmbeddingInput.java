package dev.synthlab.cli;

import dev.synthlab.json.Json;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.ObjectReader;

/**
 * Turns texts, or JSON lines with texts, into Batch lines that request embeddings. Each line
 * becomes one line, so that line numbers stay the same. If the first line that is not blank begins
 * with a brace, all lines are JSON. For one thread.
 */
final class EmbeddingInput extends InputStream {
  private static final String URL = "/v1/embeddings";
  private static final List<String> NAMES = List.of("input", "text", "prompt");
  private static final int MAX = 16 << 20;
  private static final char BYTE_ORDER_MARK = '\uFEFF';
  private static final ObjectReader OBJECTS =
      Json.mapper()
          .readerFor(new TypeReference<Map<String, Object>>() {})
          .with(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

  private final Reader lines;
  private Optional<Boolean> json = Optional.empty();
  private InputStream current = InputStream.nullInputStream();
  private int number;

  EmbeddingInput(InputStream from) {
    lines = new BufferedReader(new InputStreamReader(from, StandardCharsets.UTF_8));
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] into, int from, int length) throws IOException {
    int read = current.read(into, from, length);
    while (read < 0) {
      Optional<String> line = line();
      if (line.isEmpty()) {
        return -1;
      }
      String request = requestLine(line.get()) + "\n";
      current = new ByteArrayInputStream(request.getBytes(StandardCharsets.UTF_8));
      read = current.read(into, from, length);
    }
    return read;
  }

  /** A line without its end; its length is bounded, unlike that of a reader's line. */
  private Optional<String> line() throws IOException {
    StringBuilder line = new StringBuilder();
    number++;
    int c = lines.read();
    if (c < 0) {
      return Optional.empty();
    }
    for (; c >= 0 && c != '\n'; c = lines.read()) {
      if (line.length() == MAX) {
        throw new IOException("line " + number + " of the input is longer than 16 MB");
      }
      line.append((char) c);
    }
    if (!line.isEmpty() && line.charAt(line.length() - 1) == '\r') {
      line.setLength(line.length() - 1);
    }
    boolean marked = number == 1 && !line.isEmpty() && line.charAt(0) == BYTE_ORDER_MARK;
    return Optional.of(marked ? line.substring(1) : line.toString());
  }

  private String requestLine(String line) {
    if (line.isBlank()) {
      return "";
    }
    if (json.isEmpty()) {
      json = Optional.of(line.stripLeading().startsWith("{"));
    }
    return json.get() ? ofObject(line) : batchLine(new LinkedHashMap<>(), Map.of("input", line));
  }

  /** A line that is no such object, or already a Batch line, is returned unchanged. */
  private static String ofObject(String line) {
    Map<String, Object> object;
    try {
      object = OBJECTS.readValue(line);
    } catch (JacksonException e) {
      return line;
    }
    if (object == null || object.containsKey("body")) {
      return line;
    }
    Map<String, Object> body = new LinkedHashMap<>();
    for (String name : NAMES) {
      Object text = object.remove(name);
      if (text != null && body.isEmpty()) {
        body.put("input", text);
      }
    }
    return batchLine(object, body);
  }

  private static String batchLine(Map<String, Object> columns, Map<String, Object> body) {
    columns.put("method", "POST");
    columns.put("url", URL);
    columns.put("body", body);
    return Json.mapper().writeValueAsString(columns);
  }
}
