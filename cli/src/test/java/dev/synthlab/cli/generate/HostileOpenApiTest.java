package dev.synthlab.cli.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Small OpenAPI files that would need unlimited time, memory or disk. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HostileOpenApiTest {
  private static final String EMPTY = "{responses: {204: {description: d}}}";

  @TempDir private Path directory = Path.of("");

  private GeneratedProject project() {
    return new GeneratedProject(directory);
  }

  private static ApiModel read(String text) {
    return ApiModelReader.read(
        OpenApiDocument.of("api.yaml", text.getBytes(StandardCharsets.UTF_8)), "Shop");
  }

  private static String file(String paths, String components) {
    return "openapi: 3.1.0\ncomponents: {schemas: {%s}}\npaths: {%s}\n"
        .formatted(components, paths);
  }

  private static String get(String path, String schema) {
    return "%s: {get: {responses: {200: {description: d, content: {application/json: {schema: %s}}}}}}"
        .formatted(path, schema);
  }

  private static String many(int count, IntFunction<String> each) {
    return IntStream.range(0, count).mapToObj(each).collect(Collectors.joining(", "));
  }

  private static String ref(String name) {
    return "{$ref: '#/components/schemas/" + name + "'}";
  }

  /** Types of which each has eight required properties of the next type. */
  private static String wide() {
    return many(
            11,
            i ->
                "R%d: {type: object, required: [%s], properties: {%s}}"
                    .formatted(
                        i,
                        many(8, k -> "p" + k),
                        many(8, k -> "p" + k + ": " + ref("R" + (i + 1)))))
        + ", R11: {type: string}";
  }

  @Test
  void omitsAnExampleThatGrowsWithTheBreadthOfItsTypes() {
    GeneratedProject project = project();

    ClientWriter.Result result =
        project.write(
            "shop", file(get("/big", ref("R0")) + ", " + get("/small", ref("R10")), wide()));

    assertThat(result.unsupported())
        .singleElement()
        .isEqualTo(
            "/paths/~1big: GET: an example that is too large or too deep"
                + " -> the test does not call it");
    assertThat(project.text("NOT-COVERED.md")).contains("an example that is too large");
    assertThat(project.text("ShopClientTest.java"))
        .contains("getSmallSendsTheRequest")
        .doesNotContain("getBig");
    assertThat(project.compile()).isEmpty();
  }

  @Test
  void writesATestWithoutACallIfEveryExampleIsTooLarge() {
    GeneratedProject project = project();

    project.write("shop", file(get("/big", ref("R0")), wide()));

    assertThat(project.text("ShopClientTest.java")).doesNotContain("getBig");
    assertThat(project.compile()).isEmpty();
  }

  @Test
  void refusesAnAllOfThatContainsItsPartsExponentiallyOften() {
    String parts =
        many(
            12,
            i ->
                "A%d: {allOf: [%s], properties: {p%d: {type: string}}}"
                    .formatted(i, many(8, k -> ref("A" + (i + 1))), i));

    assertThatExceptionOfType(GenerateException.class)
        .isThrownBy(
            () ->
                read(
                    file(get("/a", ref("A0")), parts + ", A12: {properties: {z: {type: string}}}")))
        .withMessageContaining("api.yaml")
        .withMessageContaining("more than 2000000 parts");
  }

  @Test
  void refusesAnAllOfAndAReferenceThatAreNestedThousandsOfTimes() {
    String parts = many(9_000, i -> "A%d: {allOf: [%s, {}]}".formatted(i, ref("A" + (i + 1))));
    String chain = many(9_000, i -> "A%d: %s".formatted(i, ref("A" + (i + 1))));
    String end = ", A9000: {properties: {z: {type: string}}}";

    assertThatExceptionOfType(GenerateException.class)
        .isThrownBy(() -> read(file(get("/a", ref("A0")), parts + end)))
        .withMessageContaining("the allOf at /components/schemas/A61 is nested too deeply");
    assertThatExceptionOfType(GenerateException.class)
        .isThrownBy(() -> read(file(get("/a", ref("A0")), chain + end)))
        .withMessageContaining("a chain of more than 100 references");
  }

  @Test
  void refusesPathsThatExpandOneLargePathItem() {
    String item =
        "{get: {parameters: [%s], responses: {204: {description: d}}}}"
            .formatted(
                many(200, i -> "{name: a%d, in: query, schema: {type: string}}".formatted(i)));
    IntFunction<String> paths =
        count ->
            "/a: " + item + ", " + many(count, i -> "/b%d: {$ref: '#/paths/~1a'}".formatted(i));

    assertThatExceptionOfType(GenerateException.class)
        .isThrownBy(() -> project().write("shop", file(paths.apply(600), "")))
        .withMessageContaining("larger than 64 MB; use an OpenAPI file with fewer");
    assertThatExceptionOfType(GenerateException.class)
        .isThrownBy(() -> read(file(paths.apply(2_500), "")))
        .withMessageContaining("more than 2000000 parts");
  }

  @Test
  void readsTypesThatReferToEachOtherInAChainOfThousands() {
    int count = 2_900;
    String components =
        many(
            count,
            i ->
                "A%d: {properties: {next: %s, b: {type: string}}}"
                    .formatted(i, ref("A" + (i + 1))));
    String paths = many(count, i -> get("/a" + (count - i), ref("A" + (count - i))));

    ApiModel api =
        read(file(paths, components + ", A%d: {properties: {b: {type: string}}}".formatted(count)));

    assertThat(api.types()).hasSize(count);
  }

  @Test
  void namesManySchemasOfOneNameInBoundedTime() {
    String components =
        many(
            100_000,
            i ->
                Character.toString(0x4E00 + i / 1_000)
                    + Character.toString(0x4E00 + i % 1_000)
                    + ": {}");

    ApiModel api = read(file("/a: {get: " + EMPTY + "}", components));

    assertThat(api.types()).isEmpty();
  }

  @Test
  void keepsToTheLimitsOfJavaClasses() {
    GeneratedProject project = project();
    String values = many(3_000, i -> "v" + i);
    String long1 = "x".repeat(70_000);
    String components =
        "Words: {type: string, enum: [%s]}, Long: {type: string, enum: [%s]}, "
                .formatted(values, long1)
            + "Wide: {properties: {%s}}, "
                .formatted(many(300, i -> "p%d: {type: string}".formatted(i)))
            + "Full: {required: [%s], properties: {%s}}, "
                .formatted(
                    many(125, i -> "p" + i), many(125, i -> "p%d: {type: number}".formatted(i)))
            + "Over: {required: [%s], properties: {%s}}, "
                .formatted(
                    many(126, i -> "p" + i), many(126, i -> "p%d: {type: number}".formatted(i)))
            + "All: {properties: {%s}}"
                .formatted(
                    many(
                        5,
                        i ->
                            "q%d: %s"
                                .formatted(
                                    i,
                                    ref(List.of("Words", "Long", "Wide", "Full", "Over").get(i)))));
    String parameters =
        many(251, i -> "{name: a%d, in: query, schema: {type: string}}".formatted(i));
    String paths =
        get("/all", ref("All"))
            + ", /many: {get: {parameters: [%s], responses: {204: {description: d}}}}"
                .formatted(parameters)
            + ", /name: {get: {parameters: [{name: %s, in: query, schema: {type: string}}],"
                .formatted(long1)
            + " responses: {204: {description: d}}}}";

    ClientWriter.Result result = project.write("shop", file(paths, components));

    assertThat(String.join("\n", result.unsupported()))
        .contains("/Words: an enum of more than 2500 values", "/Long: an enum of")
        .contains("/Wide: an object with too many properties", "/Over: an object with too many")
        .contains("GET /many: 251 parameters", "a parameter whose name is longer than 1000")
        .doesNotContain("/Full");
    assertThat(project.compile()).isEmpty();
  }

  @Test
  void expandsAVariableOfAServerOnce() {
    String variables = many(40, i -> "a%d: {default: '{a%d}{a%d}'}".formatted(i, i + 1, i + 1));
    String text =
        "openapi: 3.1.0\nservers: [{url: 'http://h/{a0}', variables: {%s}}, {url: 'http://h/%s'}]\n"
                .formatted(variables, "a".repeat(3_000))
            + "paths: {/a: {get: "
            + EMPTY
            + "}}";

    ApiModel api = read(text);

    assertThat(api.server()).isEqualTo(Optional.empty());
    assertThat(String.join("\n", api.unsupported())).contains("is longer than 2000 characters");
  }
}
