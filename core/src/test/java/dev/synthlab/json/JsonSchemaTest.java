package dev.synthlab.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.type.TypeReference;

class JsonSchemaTest {

  private static Map<String, Object> map(String json) {
    return Json.mapper().readValue(json.replace('\'', '"'), new TypeReference<>() {});
  }

  private static List<String> violations(String schema, String value) {
    return JsonSchema.parse(schema.replace('\'', '"')).violations(map(value));
  }

  @Test
  void readsShorthand() {
    JsonSchema schema = JsonSchema.shorthand("name, age int, bio: short text, tags list of strs");

    assertThat(schema.tree())
        .isEqualTo(
            map(
                "{'type':'object','properties':{'name':{'type':'string'},'age':{'type':'integer'},"
                    + "'bio':{'type':'string','description':'short text'},"
                    + "'tags':{'type':'array','items':{'type':'string'}}},"
                    + "'required':['name','age','bio','tags'],'additionalProperties':false}"));
    assertThat(StrictRules.broken(schema.tree())).isEmpty();
  }

  @Test
  void readsShorthandOverSeveralLines() {
    JsonSchema schema =
        JsonSchema.shorthand("\nname: first, then last\n ok bool\nscore float: 0 to 1\n");

    assertThat(schema.tree().get("properties"))
        .isEqualTo(
            map(
                "{'name':{'type':'string','description':'first, then last'},"
                    + "'ok':{'type':'boolean'},"
                    + "'score':{'type':'number','description':'0 to 1'}}"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''|at least one name",
        "name, age integer|names the type \"integer\": a type is str, int, float, bool",
        "name, name int|the name \"name\" stands twice",
        "1st|does not begin with a name",
      })
  void explainsWhyShorthandIsInvalid(String text, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> JsonSchema.shorthand(text))
        .withMessageContaining(message);
  }

  @Test
  void wrapsAListInAnItemsProperty() {
    JsonSchema many = JsonSchema.of(TypedSamples.Node.class).arrayOf();

    assertThat(StrictRules.broken(many.tree())).isEmpty();
    assertThat(many.violations(map("{'items':[{'name':'a','children':[]}]}"))).isEmpty();
    assertThat(many.violations(map("{'items':[{'name':'a','children':[{'name':1}]}]}")))
        .containsExactly(
            "$.items[0].children[0].children is missing",
            "$.items[0].children[0].name must be a string, was 1");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'type':'string'}|'x'|",
        "{'type':'string'}|1|must be a string, was 1",
        "{'type':['integer','null']}|1.5|must be one of [integer, null], was 1.5",
        "{'type':'integer'}|3.0|",
        "{'enum':['a',1]}|1.0|",
        "{'enum':['a',1]}|'b'|must be one of [a, 1], was \"b\"",
        "{'const':true}|false|must be true, was false",
        "{'minimum':2,'maximum':3}|1|must be at least 2, was 1",
        "{'maximum':3}|4|must be at most 3, was 4",
        "{'exclusiveMinimum':2}|2|must be more than 2, was 2",
        "{'exclusiveMaximum':2}|2|must be less than 2, was 2",
        "{'multipleOf':0.1}|0.3|",
        "{'multipleOf':0.1}|0.35|must be a multiple of 0.1, was 0.35",
        "{'minLength':2}|'x'|must have 2 characters or more, has 1",
        "{'maxLength':1}|'xy'|must have 1 characters or fewer, has 2",
        "{'pattern':'^a'}|'ba'|must match ^a, was \"ba\"",
        "{'pattern':'^(?=b)[ab]*$'}|'ba'|",
        "{'pattern':'^[^a]$'}|'a'|must match ^[^a]$, was \"a\"",
        "{'pattern':'\\\\p{Letter}'}|'1'|must match \\p{Letter}, was \"1\"",
        "{'format':'email'}|'x@'|must be a email, was \"x@\"",
        "{'format':'ipv6'}|'::1'|",
        "{'format':'date'}|'2026-02-30'|must be a date, was \"2026-02-30\"",
        "{'format':'date-time'}|'2026-02-28T10:00:00Z'|",
        "{'format':'color'}|'x'|",
        "{'minItems':1}|[]|must have 1 elements or more, has 0",
        "{'maxItems':1}|[1,2]|must have 1 elements or fewer, has 2",
        "{'uniqueItems':true}|[1,1]|must not have the same element twice",
        "{'anyOf':[{'type':'string'},{'type':'null'}]}|null|",
        "{'oneOf':[{'type':'integer'},{'minimum':1}]}|2|must be of one form only, but 2 fit",
        "{'not':{'type':'string'}}|'x'|is of a form that is not allowed",
        "{'allOf':[{'type':'string'},{'minLength':2}]}|'x'|must have 2 characters or more, has 1",
        "{'unheardOf':1}|'x'|",
        "true|'x'|",
        "false|'x'|must not be there",
      },
      quoteCharacter = '`')
  void validatesAValueByEachKeyword(String schema, String value, String violation) {
    List<String> found =
        violations("{'required':['v'],'properties':{'v':" + schema + "}}", "{'v':" + value + "}");

    assertThat(found).isEqualTo(violation == null ? List.of() : List.of("$.v " + violation));
  }

  @Test
  void reportsTheNearestAlternativeWhenNoneFits() {
    JsonSchema schema = JsonSchema.of(TypedSamples.Form.class);

    assertThat(schema.violations(map("{'value':{'type':'Square','side':1}}")))
        .containsExactly(
            "$.value has none of the 3 forms allowed; of the nearest:", "$.value.label is missing");
  }

  static List<TypedSamples.Sample> samples() {
    return TypedSamples.all();
  }

  @ParameterizedTest
  @MethodSource("samples")
  void acceptsTheValuesThatATypeWrites(TypedSamples.Sample sample) {
    JsonBinding binding = JsonBinding.of(sample.type());

    assertThat(binding.schema().violations(binding.write(sample.value()))).isEmpty();
    assertThat(binding.schema().violations(map("{'surely':'not'}"))).isNotEmpty();
    assertThat(binding.schema().asStrict()).contains(binding.schema());
  }

  @Test
  void convertsASchemaFileToStrictMode() {
    JsonSchema file =
        JsonSchema.parse(
            """
            {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "A person",
             "type": "object", "required": ["name"],
             "properties": {
               "name": {"type": "string", "minLength": 1, "default": "x"},
               "kind": {"enum": ["a", "b"]},
               "home": {"$ref": "#/definitions/place"},
               "more": {"oneOf": [{"type": "string"}, {"properties": {}, "required": []}]}},
             "definitions": {"place": {"type": "object", "properties": {"city": {"type": "string"}}}}}
            """);

    JsonSchema strict = file.asStrict().orElseThrow();

    assertThat(StrictRules.broken(strict.tree())).isEmpty();
    assertThat(strict.name()).isEqualTo("A_person");
    assertThat(strict.tree().get("required")).isEqualTo(List.of("name", "kind", "home", "more"));
    assertThat(((Map<?, ?>) strict.tree().get("properties")).get("home"))
        .isEqualTo(map("{'anyOf':[{'$ref':'#/$defs/place'},{'type':'null'}]}"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'type':'object'}",
        "{'type':'array','items':{'type':'string'}}",
        "{'type':'object','properties':{},'additionalProperties':{'type':'string'}}",
        "{'type':'object','properties':{'a':{}}}",
        "{'type':'object','properties':{'a':{'allOf':[{'type':'string'}]}}}",
        "{'type':'object','properties':{'a':{'type':'array'}}}",
        "{'anyOf':[{'type':'object','properties':{}}],'type':'object','properties':{}}",
      })
  void returnsNoStrictSchemaIfStrictModeCannotExpressIt(String schema) {
    assertThat(JsonSchema.parse(schema.replace('\'', '"')).asStrict()).isEmpty();
  }
}
