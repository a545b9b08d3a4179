package dev.synthlab.batch;

import dev.synthlab.call.Timer;
import dev.synthlab.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** An input, an output and a script in one directory, to be run again and again. */
final class Bulk {
  final Path in;
  final Path out;
  final Script script = new Script();
  final List<String> notes = Collections.synchronizedList(new ArrayList<>());

  Bulk(Path directory) {
    in = directory.resolve("in.jsonl");
    out = directory.resolve("out.jsonl");
  }

  Bulk input(String... lines) {
    try {
      Files.writeString(in, String.join("\n", lines) + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  Summary run() {
    return run(options -> {});
  }

  Summary run(Consumer<BulkOptions.Builder> change) {
    return begin(change).run();
  }

  BulkRun begin(Consumer<BulkOptions.Builder> change) {
    return begin(out, change);
  }

  BulkRun begin(Path output, Consumer<BulkOptions.Builder> change) {
    BulkOptions.Builder builder =
        BulkOptions.builder(in, output).model("m").baseUrl("http://127.0.0.1:1/v1");
    change.accept(builder);
    return BulkRun.of(builder.build(), script, Timer.system(), notes::add);
  }

  /** The lines of OUT as they are. */
  List<JsonNode> lines() {
    return lines(out);
  }

  static List<JsonNode> lines(Path file) {
    try (Stream<String> lines = Files.lines(file)) {
      return lines.map(line -> Json.mapper().readTree(line)).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The lines of OUT by id; two with one id are an error. */
  Map<String, JsonNode> results() {
    Map<String, JsonNode> results = new LinkedHashMap<>();
    for (JsonNode line : lines()) {
      String id = line.path("custom_id").asString();
      if (results.put(id, line) != null) {
        throw new AssertionError("two lines for " + id);
      }
    }
    return results;
  }

  JsonNode result(String id) {
    return Objects.requireNonNull(results().get(id), "no line for " + id);
  }

  Path beside(String name) {
    return out.resolveSibling(name);
  }

  Path errors() {
    return beside("out.jsonl.errors.jsonl");
  }

  static String prompt(String id, String prompt) {
    return Json.mapper()
        .writeValueAsString(new java.util.TreeMap<>(Map.of("custom_id", id, "prompt", prompt)));
  }

  static String[] prompts(int count) {
    return java.util.stream.IntStream.range(0, count)
        .mapToObj(i -> prompt("r" + i, "p" + i))
        .toArray(String[]::new);
  }
}
