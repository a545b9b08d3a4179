package dev.synthlab.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PromptTemplateTest {
  private static String filled(String template, Map<String, ?> values) {
    return PromptTemplate.of(template).fill(values);
  }

  @Test
  void insertsValuesVerbatimWithoutExpandingThemAgain() {
    Map<String, String> values = Map.of("review", "<b>\"{{name}}\" & $1 \\", "name", "Ann");

    String prompt = filled("Summarise {{ review }} for {{name}}, {{name}}.", values);

    assertThat(prompt).isEqualTo("Summarise <b>\"{{name}}\" & $1 \\ for Ann, Ann.");
  }

  @Test
  void listsItsVariablesOnceInOrder() {
    PromptTemplate template = PromptTemplate.of("{{b}} {{a.c}} {{ b }} {{Customer Name}} \\{{x}}");

    assertThat(template.variables()).containsExactly("b", "a.c", "Customer Name");
    assertThat(PromptTemplate.of("no braces, one { and }} alone").variables()).isEmpty();
  }

  @Test
  void reportsMissingAndAvailableVariables() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> filled("{{review}}", Map.of("name", "Ann")))
        .withMessage("there is no value for {{review}}; there is name");
  }

  @Test
  void resolvesDottedNamesInMapsUnlessTheWholeNameExists() {
    Map<String, Object> values =
        Map.of(
            "a", Map.of("b", Map.of("c", 1), "d.e", true),
            "x.y", "whole",
            "x", Map.of("y", "inner"));

    assertThat(filled("{{a.b.c}} {{a.d.e}} {{x.y}}", values)).isEqualTo("1 true whole");
    assertThatIllegalArgumentException().isThrownBy(() -> filled("{{a.b.z}}", values));
  }

  @Test
  void writesNumbersUnchangedAndListsAndMapsAsJson() {
    Map<String, Object> values =
        Map.of("n", new BigDecimal("1.10"), "l", List.of("a", 2), "m", Map.of("k", "v"));

    assertThat(filled("{{n}} {{l}} {{m}}", values)).isEqualTo("1.10 [\"a\",2] {\"k\":\"v\"}");
  }

  @Test
  void writesEscapedAndSurroundingBracesLiterally() {
    Map<String, String> values = Map.of("x", "1");

    assertThat(filled("\\{{x}} {{x}}", values)).isEqualTo("{{x}} 1");
    assertThat(filled("{\"a\": {{{x}}}}", values)).isEqualTo("{\"a\": {1}}");
    assertThat(filled("{{{{x}}}}", values)).isEqualTo("{{1}}");
  }

  @ParameterizedTest
  @CsvSource({
    "'Hello {{name', 'the {{ at character 7 '",
    "'{{a {{b}}', 'the {{ at character 1 '",
    "'x {{ }}', 'holds no name'",
    "'{{', 'not closed'"
  })
  void refusesUnclosedBracesAndReportsTheirPosition(String template, String reason) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PromptTemplate.of(template))
        .withMessageContaining(reason.strip());
  }
}
