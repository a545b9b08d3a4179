package dev.synthlab.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DeserializationFeature;

/** What a check finds, and that it ends. */
class SchemaValidatorTest {
  /** Generous: each of these takes less than a second on a quiet machine. */
  private static final Duration SOON = Duration.ofSeconds(30);

  private static Map<String, Object> map(String json) {
    return Json.mapper()
        .readerFor(new TypeReference<Map<String, Object>>() {})
        .with(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
        .readValue(json.replace('\'', '"'));
  }

  private static List<String> violations(String schema, Object value) {
    SchemaValidator validator = SchemaValidator.of(map(schema));
    return assertTimeoutPreemptively(SOON, () -> validator.violations(value));
  }

  private static Object nested(int depth) {
    Object value = 1;
    for (int i = 0; i < depth; i++) {
      value =
          i % 2 == 0 ? new ArrayList<>(List.of(value)) : new LinkedHashMap<>(Map.of("c", value));
    }
    return value;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'if':{'required':['a']},'then':{'required':['b']}}|{'a':1}|$.b is missing",
        "{'contains':{'const':1}}|[2]|$ must have an element of the form that contains describes",
        "{'contains':{'const':1},'maxContains':1}|[1,1]|$ must have 1 elements or fewer of the form that contains describes, has 2",
        "{'dependentRequired':{'a':['b']}}|{'a':1}|$.b is missing, which a needs",
        "{'propertyNames':{'pattern':'^a'}}|{'b':1}|$.b must match ^a, was \"b\"",
        "{'unevaluatedProperties':false,'allOf':[{'properties':{'a':{}}}]}|{'a':1,'b':2}|$.b is not allowed",
        "{'prefixItems':[{'type':'string'}],'items':false}|['x',2]|$[1] must not be there",
        "{'patternProperties':{'^x':{'type':'integer'}},'additionalProperties':false}|{'x1':'a'}|$.x1 must be an integer, was \"a\"",
        "{'type':'string','enum':['a']}|1|$ must be a string, was 1",
      })
  void reportsEachViolationWithItsPath(String schema, String value, String violation) {
    Object tree = map("{'v':" + value + "}").get("v");

    assertThat(violations(schema, tree)).containsExactly(violation);
  }

  @Test
  void convertsWholeNumbersToIntegersOnlyWhereRequired() {
    SchemaValidator validator =
        SchemaValidator.of(
            map(
                "{'properties':{'i':{'type':'integer'},'n':{'type':'number'},"
                    + "'e':{'anyOf':[{'type':'string'},{'items':{'type':'integer'}}]}}}"));

    SchemaValidator.Checked checked = validator.check(map("{'i':3.0,'n':3.0,'e':[1e2,2]}"));

    assertThat(checked.violations()).isEmpty();
    assertThat(checked.value()).isEqualTo(map("{'i':3,'n':3.0,'e':[100,2]}"));
    assertThat(validator.check(map("{'i':3.5}")).violations())
        .containsExactly("$.i must be an integer, was 3.5");
  }

  @Test
  void treatsNullAsMissingForAnOptionalProperty() {
    SchemaValidator validator =
        SchemaValidator.of(
            map(
                "{'required':['a'],'anyOf':[{'properties':{'a':{'type':'integer'},"
                    + "'b':{'type':'string'}},'additionalProperties':false}]}"));

    assertThat(validator.check(map("{'a':1,'b':null}")))
        .isEqualTo(new SchemaValidator.Checked(map("{'a':1}"), List.of()));
    assertThat(validator.check(map("{'a':null}")).violations()).isNotEmpty();
    assertThat(validator.violations(map("{'a':1,'b':null}"))).isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {100_000, 200_000, 400_000})
  void matchesAlternativesInAPatternInLinearTime(int length) {
    assertThat(violations("{'pattern':'^(a|b)*$'}", "ab".repeat(length / 2))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {500_000, 1_000_000, 2_000_000})
  void matchesGreedyPatternsInLinearTime(int length) {
    assertThat(violations("{'pattern':'^.+@.+\\\\.com$'}", "@".repeat(length))).hasSize(1);
  }

  @Test
  void reportsAPatternThatIsTooCostlyToMatch() {
    assertThat(violations("{'pattern':'^(?=a)(a|b)*$'}", "ab".repeat(200_000)).getFirst())
        .contains("$ cannot be judged: the pattern");
    assertThat(violations("{'pattern':'^(?=@).+@.+\\\\.com$'}", "@".repeat(1_000_000)).getFirst())
        .contains("$ cannot be judged");
    assertThat(violations("{'not':{'pattern':'^(?=a)(a|b)*$'}}", "ab".repeat(200_000)).getFirst())
        .contains("cannot be judged");
  }

  @ParameterizedTest
  @ValueSource(ints = {125_000, 250_000, 500_000})
  void findsEqualElementsInLinearTime(int size) {
    Object[] elements = new Object[size];
    // Lists of such texts all have the same hash.
    Arrays.setAll(
        elements,
        i -> List.of(Integer.toBinaryString(i + size).replace("0", "Aa").replace("1", "BB")));

    assertThat(violations("{'uniqueItems':true}", Arrays.asList(elements))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "{'multipleOf':0.0000003}, 1e999999999, 1",
    "{'multipleOf':3}, 1e-999999999, 1",
    "{'multipleOf':5}, 1e999999999, 0",
    "{'multipleOf':0.01}, 1e308, 0",
    "{'maximum':3}, 1e999999999, 1",
    "{'enum':[3]}, 1e999999999, 1",
    "{'type':'integer'}, 1e999999999, 0",
  })
  void neverExpandsALargeExponent(String schema, String number, int wrong) {
    assertThat(violations(schema, new BigDecimal(number))).hasSize(wrong);
  }

  @Test
  void acceptsLimitsThatNoValueReaches() {
    assertThat(violations("{'maxLength':9007199254740991,'minItems':1e999999999}", "x")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {100, 500, 900})
  void validatesAValueOfTheMaximumDepth(int depth) {
    String schema =
        "{'type':['object','array','integer'],'properties':{'c':{'$ref':'#'}},"
            + "'items':{'anyOf':[{'$ref':'#'},{'type':'null'}]}}";

    assertThat(violations(schema, nested(depth))).isEmpty();
  }

  @Test
  void reportsAValueThatIsTooDeepToValidate() {
    assertThat(
            violations(
                "{'additionalProperties':{'$ref':'#'},'items':{'$ref':'#'}}", nested(50_000)))
        .hasSize(1)
        .allMatch(violation -> violation.contains("cannot be judged"));
  }

  @Test
  void terminatesWhenAlternativesDoubleAtEachLevel() {
    Object value = List.of();
    for (int i = 0; i < 60; i++) {
      value = List.of(value);
    }

    assertThat(
            violations(
                "{'anyOf':[{'items':{'$ref':'#'},'maxItems':0},{'items':{'$ref':'#'},'maxItems':0}]}",
                value))
        .isNotEmpty();
  }

  @Test
  void stopsAfterTheFirstViolationsOfManyElements() {
    assertThat(violations("{'items':{'type':'string'}}", Collections.nCopies(4_000_000, 1)))
        .hasSize(20);
  }

  @Test
  void shortensAVeryLongPathInAViolation() {
    String name = "k".repeat(16_000);
    Object value = 1;
    for (int i = 0; i < 300; i++) {
      value = Map.of(name, value);
    }

    List<String> found = violations("{'type':'object','additionalProperties':{'$ref':'#'}}", value);

    assertThat(found).hasSize(1);
    assertThat(found.getFirst()).hasSizeLessThan(10_000).endsWith("must be an object, was 1");
  }
}
