package dev.synthlab.json;

import static org.assertj.core.api.Assertions.assertThat;

import dev.harrel.jsonschema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DeserializationFeature;

/**
 * The official suite of JSON Schema, which lies outside of the project: {@code
 * -Djson.schema.suite=DIRECTORY}, where drafts and {@code remotes} are.
 */
@EnabledIfSystemProperty(named = "json.schema.suite", matches = ".+")
class SchemaSuiteTest {
  private static final double MIN = 0.995;

  private final Path suite = Path.of(System.getProperty("json.schema.suite", "."));

  @ParameterizedTest
  @CsvSource({
    "draft2020-12, https://json-schema.org/draft/2020-12/schema",
    "draft7, http://json-schema.org/draft-07/schema#"
  })
  void agreesWithTheRequiredTestsOfTheSuite(String directory, String draft) throws IOException {
    List<String> wrong = new ArrayList<>();
    int all = 0;
    try (Stream<Path> files = Files.list(suite.resolve(directory))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".json")).sorted().toList()) {
        for (Map<String, Object> group :
            read(file, new TypeReference<List<Map<String, Object>>>() {})) {
          for (Object each : (List<?>) group.get("tests")) {
            Map<?, ?> test = (Map<?, ?>) each;
            all++;
            String answer = judged(group.get("schema"), test.get("data"), draft);
            if (!answer.equals(String.valueOf(test.get("valid")))) {
              wrong.add(
                  file.getFileName()
                      + ": "
                      + group.get("description")
                      + ": "
                      + test.get("description")
                      + ": "
                      + answer);
            }
          }
        }
      }
    }

    System.out.printf("%s: %d of %d as required%n", directory, all - wrong.size(), all);
    wrong.forEach(System.out::println);
    assertThat((double) (all - wrong.size()) / all).isGreaterThanOrEqualTo(MIN);
  }

  private String judged(Object schema, Object value, String draft) {
    try {
      Map<String, Object> tree = new LinkedHashMap<>();
      if (schema instanceof Map<?, ?> map) {
        map.forEach((name, part) -> tree.put(String.valueOf(name), part));
      } else {
        tree.put("allOf", List.of(schema));
      }
      tree.putIfAbsent("$schema", draft);
      SchemaValidator validator = SchemaValidator.of(tree, false, uri -> document(uri, draft));
      return String.valueOf(validator.violations(value).isEmpty());
    } catch (RuntimeException e) {
      return e.toString();
    }
  }

  private Optional<Map<String, ?>> document(URI uri, String draft) {
    String address = uri.toString();
    String local = "http://localhost:1234/";
    if (address.startsWith(local)) {
      Path file = suite.resolve("remotes").resolve(address.substring(local.length()));
      if (!Files.isRegularFile(file)) {
        return Optional.empty();
      }
      Map<String, Object> tree = read(file, new TypeReference<Map<String, Object>>() {});
      tree.putIfAbsent("$schema", draft);
      return Optional.of(tree);
    }
    return Arrays.stream(SpecificationVersion.values())
        .filter(version -> version.getId().replace("#", "").equals(address))
        .findFirst()
        .map(SchemaSuiteTest::metaSchema);
  }

  private static Map<String, ?> metaSchema(SpecificationVersion version) {
    try (InputStream in =
        SpecificationVersion.class.getResourceAsStream(version.getResourcePath())) {
      return Json.mapper().readValue(in, new TypeReference<Map<String, Object>>() {});
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static <T> T read(Path file, TypeReference<T> type) {
    return Json.mapper()
        .readerFor(type)
        .with(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
        .readValue(file.toFile());
  }
}
