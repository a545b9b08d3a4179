package dev.synthlab.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.synthlab.config.ConfigException;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelCatalogueTest {
  private static final Usage MILLION_EACH = new Usage(1_000_000, 1_000_000, 0, 0, true);
  private static final ModelCatalogue CATALOGUE = ModelCatalogue.bundled();

  @TempDir private Path directory;

  private static Model model(String name) {
    return CATALOGUE.find(name).orElseThrow();
  }

  private Path file(String text) throws IOException {
    return Files.writeString(directory.resolve("models.json"), text);
  }

  @ParameterizedTest
  @CsvSource({
    "gpt-4o-mini, 0.15, 0.075, 0.60",
    "gpt-4o, 2.50, 1.25, 10",
    "gpt-4.1-mini, 0.40, 0.10, 1.60",
    "gpt-5, 1.25, 0.125, 10",
    "gpt-6-sol, 2, 0.2, 10",
    "claude-opus-4-5, 5, 0.5, 25",
    "text-embedding-3-small, 0.02, 0.02, 0"
  })
  void containsPricesPerMillionTokens(
      String name, BigDecimal input, BigDecimal cached, BigDecimal output) {
    Model.Price price = model(name).price().orElseThrow();

    assertThat(price.input().movePointRight(6)).isEqualByComparingTo(input);
    assertThat(price.cached().movePointRight(6)).isEqualByComparingTo(cached);
    assertThat(price.output().movePointRight(6)).isEqualByComparingTo(output);
  }

  @Test
  void containsLimitsAndAbilitiesOfAModel() {
    Model mini = model("gpt-4o-mini");

    assertThat(mini.contextWindow()).hasValue(128_000);
    assertThat(mini.maxOutput()).hasValue(16_384);
    assertThat(mini.strictSchema()).isTrue();
    assertThat(mini.can(Model.Ability.VISION)).isTrue();
    assertThat(mini.can(Model.Ability.REASONING)).isFalse();
    assertThat(model("text-embedding-3-small").vectorSize()).hasValue(1536);
    assertThat(model("gpt-5").shutOff()).contains(LocalDate.of(2026, 12, 11));
    assertThat(model("gpt-5").efforts()).containsExactly("minimal", "low", "medium", "high");
    assertThat(model("gpt-5.2").efforts())
        .containsExactly("none", "low", "medium", "high", "xhigh");
    assertThat(model("gpt-5.2").defaultEffort()).contains("none");
  }

  @ParameterizedTest
  @CsvSource({
    "gpt-3.5-turbo, false",
    "gpt-4o-2024-05-13, false",
    "gpt-4o-2024-08-06, true",
    "o3, true",
    "claude-opus-4-7, true",
    "deepseek-chat, false"
  })
  void reportsWhichModelsSupportStrictSchemas(String name, boolean strict) {
    assertThat(model(name).strictSchema()).isEqualTo(strict);
  }

  @Test
  void coversEveryProviderAndIsComplete() {
    Set<String> providers =
        CATALOGUE.models().stream().map(Model::provider).collect(Collectors.toSet());

    assertThat(CATALOGUE.models()).hasSizeGreaterThan(300);
    assertThat(providers)
        .containsExactlyInAnyOrder(
            "openai", "azure", "anthropic", "gemini", "mistral", "deepseek", "groq");
    assertThat(CATALOGUE.models())
        .filteredOn(model -> model.kind() == Model.Kind.CHAT)
        .filteredOn(model -> model.price().isEmpty())
        .hasSizeLessThan(20);
    assertThat(CATALOGUE.models())
        .flatExtracting(model -> model.price().stream().toList())
        .allMatch(price -> price.input().compareTo(new BigDecimal("0.001")) < 0);
    assertThat(CATALOGUE.source()).matches("litellm [\\d.]+ of \\d{4}-\\d\\d-\\d\\d");
  }

  @Test
  void includesTheLicenceOfItsSource() throws IOException {
    try (InputStream in = ModelCatalogue.class.getResourceAsStream("models.LICENSE.txt")) {
      assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8))
          .contains("MIT License", "Copyright (c) 2023 Berri AI", "litellm");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "gpt-4o-mini, gpt-4o-mini",
    "openai/gpt-4o-mini, gpt-4o-mini",
    "proxy/openai/gpt-4o-mini, gpt-4o-mini",
    "gpt-4.1-mini-2031-01-02, gpt-4.1-mini-2031-01-02",
    "claude-opus-4-8-20310102, claude-opus-4-8-20310102",
    "azure/gpt-4o-mini, azure/gpt-4o-mini",
    "ft:gpt-4o-mini-2024-07-18:acme::abc, ft:gpt-4o-mini-2024-07-18"
  })
  void findsAModelByItsAliases(String name, String found) {
    assertThat(CATALOGUE.find(name)).map(Model::name).contains(found);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/", "llama-x", "gpt-4o-mini-", "gpt", "-2024-07-18", "source"})
  void findsNoUnknownModel(String name) {
    assertThat(CATALOGUE.find(name)).isEmpty();
  }

  @Test
  void reportsNoShutOffDateForAnUnknownSnapshot() {
    assertThat(model("gpt-4").shutOff()).isPresent();
    assertThat(model("gpt-4-2031-01-02").shutOff()).isEmpty();
  }

  @Test
  void pricesCachedTokensLowerAndReasoningTokensAsOutput() {
    Usage usage = new Usage(1_000_000, 1_000_000, 400_000, 900_000, true);

    assertThat(model("gpt-4o-mini").costUsd(usage).orElseThrow())
        .isEqualByComparingTo("0.72"); // 0.6 × 0.15 + 0.4 × 0.075 + 0.60
  }

  @Test
  void appliesTheLongContextPriceToALongRequest() {
    Usage shorter = new Usage(272_000, 0, 0, 0, true);
    Usage longer = new Usage(272_001, 0, 0, 0, true);

    assertThat(model("gpt-5.6").costUsd(shorter).orElseThrow()).isEqualByComparingTo("1.088");
    assertThat(model("gpt-5.6").costUsd(longer).orElseThrow()).isEqualByComparingTo("2.176008");
  }

  @Test
  void pricesEstimatedTokensButNotUnknownTokens() {
    assertThat(model("gpt-4o-mini").costUsd(Usage.UNKNOWN)).isEmpty();
    assertThat(model("gpt-4o-mini").costUsd(new Usage(10, 10, 0, 0, false))).isPresent();
  }

  @Test
  void treatsAPriceOfZeroInBothDirectionsAsUnknown() {
    assertThat(model("gemini/gemini-exp-1206").price()).isEmpty();
    assertThat(model("gemini/gemini-exp-1206").costUsd(MILLION_EACH)).isEmpty();
  }

  @Test
  void letsAFileAddModelsAndChangeSingleFields() throws IOException {
    Path more =
        file(
            """
            {"gpt-4o-mini": {"input_cost_per_token": 1e-7, "note": "negotiated"},
             "our-llama": {"input_cost_per_token": 2e-8, "output_cost_per_token": 4e-8,
                           "max_input_tokens": 8192, "litellm_provider": "vllm"}}
            """);

    ModelCatalogue catalogue = CATALOGUE.with(more);

    assertThat(catalogue.find("gpt-4o-mini").orElseThrow().costUsd(MILLION_EACH).orElseThrow())
        .isEqualByComparingTo("0.70");
    assertThat(catalogue.find("gpt-4o-mini").orElseThrow().strictSchema()).isTrue();
    assertThat(catalogue.find("our-llama").orElseThrow().costUsd(MILLION_EACH).orElseThrow())
        .isEqualByComparingTo("0.06");
    assertThat(catalogue.source()).contains("litellm", "models.json");
    assertThat(model("gpt-4o-mini").costUsd(MILLION_EACH).orElseThrow())
        .isEqualByComparingTo("0.75");
  }

  @Test
  void readsAFileInItsOwnFormat() throws IOException {
    try (InputStream in = ModelCatalogue.class.getResourceAsStream("models.json")) {
      Path copy = file(new String(in.readAllBytes(), StandardCharsets.UTF_8));

      assertThat(CATALOGUE.with(copy).models()).isEqualTo(CATALOGUE.models());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "no json",
        "[]",
        "{\"m\": 1}",
        "{\"m\": {}}",
        "{\"m\": {\"input_cost_per_tokens\": 1e-7}}",
        "{\"m\": {\"input_cost_per_token\": \"1e-7\"}}",
        "{\"m\": {\"input_cost_per_token\": -1}}",
        "{\"m\": {\"deprecation_date\": \"soon\"}}",
        "{\"m\": {\"input_cost_per_token\": 1e-7}",
        "{\"m\": {\"input_cost_per_token\": 1e-7}} more"
      })
  void refusesAnUnusableFileAndReportsItsVariable(String text) throws IOException {
    Path bad = file(text);

    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> CATALOGUE.with(bad))
        .withMessageContaining("SYNTHLAB_MODELS_FILE")
        .withMessageContaining("models.json")
        .withMessageContaining("input_cost_per_token");
  }

  @Test
  void refusesAMissingModelsFile() {
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> CATALOGUE.with(directory.resolve("none.json")))
        .withMessageContaining("SYNTHLAB_MODELS_FILE")
        .withMessageContaining("NoSuchFile");
  }

  @Test
  void leavesAbilitiesUnknownForAModelWithOnlyAPrice() throws IOException {
    Model priced =
        CATALOGUE.with(file("{\"m\": {\"input_cost_per_token\": 1e-7}}")).find("m").orElseThrow();

    assertThat(ModelFamily.of(priced)).isEqualTo(ModelFamily.OTHER);
    assertThat(priced.defaultEffort()).isEqualTo(Optional.empty());
  }
}
