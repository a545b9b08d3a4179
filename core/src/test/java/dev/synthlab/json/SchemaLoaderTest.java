package dev.synthlab.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.core.type.TypeReference;

/** Which schemas are taken, and as what. */
class SchemaLoaderTest {

  private static JsonSchema parse(String schema) {
    return JsonSchema.parse(schema.replace('\'', '"'));
  }

  private static Map<String, Object> map(String json) {
    return Json.mapper().readValue(json.replace('\'', '"'), new TypeReference<>() {});
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{}|allows everything",
        "true|allows everything",
        "[1]|no JSON object",
        "{'title':'A person','description':'x'}|allows everything",
        "{'unheardOf':1}|allows everything",
        "{'properties':{'a':{'description':'x'}}}|allows everything",
        "{'name':'x','strict':true,'schema':{}}|allows everything",
        "{'type':'object','propertys':{}}|is \"properties\" meant?",
        "{'type':'object','requried':['a']}|is \"required\" meant?",
        "{'properties':{'a':{'$ref':'#/$defs/none'}}}|the $ref \"#/$defs/none\" at #/properties/a leads nowhere",
        "{'properties':{'a':{'$ref':'https://example.org/a.json'}}}|leads outside of the schema",
        "{'properties':{'a':{'$ref':'file:///etc/passwd'}}}|leads outside of the schema",
        "{'properties':{'a':{'$ref':'other.json#/a'}}}|leads outside of the schema",
        "{'$ref':'#'}|the schema at the root leads back to itself",
        "{'$ref':'#/$defs/a','$defs':{'a':{'anyOf':[{'$ref':'#/$defs/a'}]}}}|leads back to itself",
        "{'type':'strng'}|the schema is not valid: $.type must be one of",
        "{'required':'a'}|the schema is not valid: $.required must be an array",
        "{'exclusiveMinimum':true}|the schema is not valid: $.exclusiveMinimum must be a number",
        "{'pattern':'(?<'}|the pattern (?< is not a regular expression",
        "{'patternProperties':{'(':{}}}|the pattern ( is not a regular expression",
        "{'dependencies':{'a':['b']}}|is not checked by the draft",
        "{'type':'array','items':[{'type':'string'}]}|is called prefixItems",
        "{'$schema':'http://json-schema.org/draft-07/schema#','prefixItems':[{'type':'string'}]}|is not checked by the draft",
        "{'$schema':'http://json-schema.org/draft-07/schema#','$ref':'#/definitions/a','minLength':1,'definitions':{'a':{'type':'string'}}}|stands beside a $ref",
        "{'$schema':'http://example.org/mine','type':'object'}|is not known; known are",
        "{'type':'object','type':'string'}|Duplicate",
        "{'components':{'X':{'type':'strng'}},'properties':{'a':{'$ref':'#/components/X'}}}|the schema at #/components/X is not valid",
      })
  void refusesASchemaThatWouldNotCheckWhatItStates(String schema, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> parse(schema))
        .withMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'name':'dog','strict':true,'schema':{'type':'object','required':['a']}}|dog",
        "{'type':'json_schema','json_schema':{'name':'dog','schema':{'type':'object','required':['a']}}}|dog",
        "{'type':'json_schema','name':'dog','schema':{'type':'object','required':['a']}}|dog",
        "{'response_format':{'type':'json_schema','json_schema':{'name':'a dog','schema':{'type':'object','required':['a']}}}}|a_dog",
        "{'type':'object','required':['a']}|answer",
      })
  void extractsASchemaFromItsWrapper(String schema, String name) {
    JsonSchema taken = parse(schema);

    assertThat(taken.name()).isEqualTo(name);
    assertThat(taken.tree()).isEqualTo(map("{'type':'object','required':['a']}"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'type':'string','nullable':true}",
        "{'type':'string','enum':['a'],'nullable':true}",
        "{'$ref':'#/$defs/x','nullable':true}",
        "{'allOf':[{'$ref':'#/$defs/x'}],'nullable':true}",
        "{'type':'object','properties':{'b':{'type':'string'}},'nullable':true}",
      })
  void acceptsNullForOpenApiNullable(String member) {
    JsonSchema schema =
        parse(
            "{'required':['a'],'properties':{'a':" + member + "},'$defs':{'x':{'type':'string'}}}");

    assertThat(schema.violations(map("{'a':null}"))).isEmpty();
    assertThat(schema.violations(map("{'a':1}"))).isNotEmpty();
    assertThat(schema.tree().toString()).doesNotContain("nullable");
  }

  @Test
  void acceptsAPropertyNamedNullable() {
    JsonSchema schema = parse("{'properties':{'nullable':{'type':'boolean'}}}");

    assertThat(schema.violations(map("{'nullable':1}"))).hasSize(1);
  }

  @Test
  void resolvesReferencesToAnyPlaceInTheFile() {
    JsonSchema schema =
        parse(
            "{'properties':{'a':{'$ref':'#/components/schemas/N'}},"
                + "'components':{'schemas':{'N':{'properties':{'n':{'$ref':'#/components/schemas/N'}},"
                + "'additionalProperties':false}}}}");

    assertThat(schema.violations(map("{'a':{'n':{'n':{}}}}"))).isEmpty();
    assertThat(schema.violations(map("{'a':{'n':{'m':{}}}}")))
        .containsExactly("$.a.n.m is not allowed; allowed are [n]");
  }
}
