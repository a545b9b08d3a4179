package dev.synthlab.cli.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ApiModelReaderTest {

  private static ApiModel read(String text) {
    return ApiModelReader.read(
        OpenApiDocument.of("api.yaml", text.getBytes(StandardCharsets.UTF_8)), "Shop");
  }

  /** A file whose only operation answers this schema, beside these other schemas. */
  private static ApiModel answering(String schema, String... components) {
    return read(
        """
        openapi: 3.1.0
        components: {schemas: {%s}}
        paths: {/a: {get: {responses: {200: {description: d,
          content: {application/json: {schema: %s}}}}}}}
        """
            .formatted(String.join(", ", components), schema));
  }

  private static String answer(ApiModel api) {
    return api.operations().getFirst().result().map(Type::plain).orElse("void");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{type: string} | String",
        "{type: string, format: date-time} | Instant",
        "{type: string, format: date} | LocalDate",
        "{type: string, format: uuid} | UUID",
        "{type: string, format: byte} | String",
        "{type: integer} | long",
        "{type: integer, format: int32} | int",
        "{type: integer, format: int64} | long",
        "{type: number} | double",
        "{type: boolean} | boolean",
        "{type: array, items: {type: integer}} | List<Long>",
        "{type: array, items: {type: [string, 'null']}} | GetAResponse",
        "{additionalProperties: {type: integer}} | GetAResponse",
        "{} | Object",
        "{type: [string, integer]} | Object"
      })
  void readsASchemaAsAJavaType(String schema, String type) {
    assertThat(answer(answering(schema))).isEqualTo(type);
  }

  @Test
  void readsOptionalAndNullablePropertiesAsOptional() {
    ApiModel api =
        answering(
            "{$ref: '#/components/schemas/A'}",
            "A: {required: [a, b, c], properties: {a: {type: string},"
                + " b: {type: [string, 'null']}, c: {type: string, readOnly: true},"
                + " d: {type: integer}, e: {anyOf: [{$ref: '#/components/schemas/A'},"
                + " {type: 'null'}]}}}");

    GeneratedType.RecordType fields = (GeneratedType.RecordType) api.types().get("A");
    assertThat(fields.fields().stream().map(part -> part.type().plain()))
        .containsExactly(
            "String", "Optional<String>", "Optional<String>", "Optional<Long>", "Optional<A>");
    assertThat(
            fields.fields().stream()
                .filter(GeneratedType.Field::sentAsNull)
                .map(GeneratedType.Field::name))
        .containsExactly("b");
  }

  @Test
  void mergesAnAllOfOfObjects() {
    ApiModel api =
        answering(
            "{allOf: [{$ref: '#/components/schemas/A'}, {required: [b], properties: {b: {type:"
                + " integer}}}]}",
            "A: {required: [a], properties: {a: {type: string}}}");

    assertThat(answer(api)).isEqualTo("GetAResponse");
    GeneratedType.RecordType fields = (GeneratedType.RecordType) api.types().get("GetAResponse");
    assertThat(fields.fields().stream().map(GeneratedType.Field::name)).containsExactly("a", "b");
    assertThat(api.unsupported()).isEmpty();
  }

  @Test
  void listsWhatItDoesNotSupport() {
    ApiModel api =
        read(
            """
            openapi: 3.0.0
            components:
              securitySchemes: {login: {type: http, scheme: basic}}
            paths:
              /xml: {get: {responses: {200: {description: d, content: {text/xml: {}}}}}}
              /upload:
                post:
                  requestBody: {required: true, content: {multipart/form-data: {}}}
                  responses: {204: {description: d}}
              /deep:
                get:
                  parameters: [{name: f, in: query, required: true, style: deepObject, schema: {}}]
                  responses: {204: {description: d}}
              /cookie:
                get:
                  parameters: [{name: c, in: cookie, schema: {type: string}}]
                  responses: {204: {description: d}}
              /either:
                get:
                  responses:
                    200:
                      description: d
                      content: {application/json: {schema: {oneOf: [{type: string}, {type: integer}]}}}
              /hook:
                post: {callbacks: {done: {}}, responses: {204: {description: d}}}
            """);

    assertThat(api.operations().stream().map(Operation::path))
        .containsExactly("/cookie", "/either", "/hook");
    assertThat(api.key()).isEqualTo(ApiModel.Key.NONE);
    String all = String.join("\n", api.unsupported());
    assertThat(List.of("http basic", "text/xml", "multipart", "deepObject", "cookie", "oneOf"))
        .allMatch(all::contains);
    assertThat(all).contains("callbacks");
  }

  @Test
  void assignsAUniqueNameToEveryMethod() {
    String paths =
        List.of("get_it", "getIt", "get-it", "class", "toString", "123").stream()
            .map(
                id ->
                    "/%s: {get: {operationId: '%s', responses: {204: {description: d}}}}"
                        .formatted(id, id))
            .collect(Collectors.joining(", "));

    ApiModel api = read("{openapi: 3.0.1, paths: {%s}}".formatted(paths));

    assertThat(api.operations().stream().map(Operation::name))
        .containsExactly("getIt", "getIt2", "getIt3", "classValue", "toString2", "operation123");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{} | is not an OpenAPI file",
        "just a text | is not an OpenAPI file",
        "{openapi: 3.0.0} | has no paths",
        "{swagger: '2.0'} | Swagger 2",
        "{openapi: 4.0.0, paths: {}} | 4.0.0",
        "{openapi: 3.0.0, paths: {}} | has no operation",
        "{openapi: 3.0.0, paths: {/a: {$ref: 'other.yaml#/a'}}} | points to another file",
        "{openapi: 3.0.0, paths: {/a: {$ref: '#/paths/b'}}} | which does not exist",
        "{openapi: 3.0.0, paths: {/a: {$ref: '#/paths/~1a'}}} | is circular",
        "'{\"openapi\": ' | is not valid JSON",
        "'a: [' | is not valid YAML",
        "'a: 1\na: 2' | is not valid YAML",
        "'!!javax.script.ScriptEngineManager {}' | is not"
      })
  void explainsWhatIsWrongWithAFile(String text, String message) {
    assertThatExceptionOfType(GenerateException.class)
        .isThrownBy(() -> read(text.replace("\\n", "\n")))
        .withMessageContaining(message)
        .withMessageContaining("api.yaml");
  }

  @Test
  void rejectsDeepNestingAndExponentialAliases() {
    StringBuilder laughs = new StringBuilder("openapi: 3.0.0\na0: &a0 [x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 12; i++) {
      String before = "*a" + (i - 1);
      laughs.append(
          "a%d: &a%d [%s]\n"
              .formatted(
                  i,
                  i,
                  String.join(
                      ", ",
                      List.of(before, before, before, before, before, before, before, before))));
    }

    for (String text :
        List.of(
            laughs.toString(),
            "openapi: 3.0.0\na: &a [*a]",
            "[".repeat(5_000),
            "{\"a\":".repeat(5_000))) {
      assertThatExceptionOfType(GenerateException.class)
          .isThrownBy(() -> read(text))
          .withMessageContaining("api.yaml");
    }
  }

  @Test
  void allowsARecursiveRecordButNotARecursiveAlias() {
    ApiModel part =
        answering(
            "{$ref: '#/components/schemas/Tree'}",
            "Tree: {properties: {branches: {type: array, items: {$ref:"
                + " '#/components/schemas/Tree'}}}}");
    ApiModel whole =
        answering(
            "{$ref: '#/components/schemas/Tree'}",
            "Tree: {type: array, items: {$ref: '#/components/schemas/Tree'}}");

    assertThat(
            ((GeneratedType.RecordType) part.types().get("Tree"))
                .fields()
                .getFirst()
                .type()
                .plain())
        .isEqualTo("Optional<List<Tree>>");
    assertThat(whole.unsupported()).anyMatch(each -> each.contains("only refers to itself"));
  }

  @Test
  void readsJsonLikeYaml() {
    ApiModel api =
        read(
            """
            {"openapi": "3.1.0", "servers": [{"url": "https://{at}.example.com/",
              "variables": {"at": {"default": "eu"}}}],
              "paths": {"/a/{id}": {"get": {"parameters": [{"name": "id", "in": "path",
              "required": true, "schema": {"type": "integer"}}],
              "responses": {"200": {"description": "d", "content": {"application/json":
              {"schema": {"type": "string"}}}}}}}}}
            """);

    assertThat(api.server()).hasValue("https://eu.example.com");
    assertThat(answer(api)).isEqualTo("String");
    assertThat(api.operations().getFirst().name()).isEqualTo("getAById");
  }

  @Test
  void rejectsAMissingFile() {
    assertThatExceptionOfType(GenerateException.class)
        .isThrownBy(() -> OpenApiDocument.read(Path.of("none.yaml")))
        .withMessageContaining("none.yaml does not exist");
  }
}
