package dev.synthlab.llm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthlab.test.Replies;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a call returns can be written by any JSON mapper: spans do so, and services too. */
class ResultsAsJsonTest {
  @Test
  void writesACompletionWithAllItsFields() {
    try (ClientFixture fixture =
            ClientFixture.inTurn(Replies.error(500, "boom", "boom"), Replies.chat("blue"));
        LlmClient client = fixture.client()) {
      Completion completion = client.ask(CompletionRequest.of("Why?"));

      JsonNode json = JsonMapper.shared().valueToTree(completion);

      assertThat(json.path("text").asString()).isEqualTo("blue");
      assertThat(json.path("usage").path("outputTokens").asLong())
          .isEqualTo(completion.usage().outputTokens())
          .isPositive();
      assertThat(json.path("report").path("attempts")).hasSize(2);
      assertThat(json.path("report").path("attempts").path(0).path("status").asInt())
          .isEqualTo(500);
      assertThat(json.path("report").path("spend").path("inputTokens").asLong()).isPositive();
    }
  }

  @Test
  void writesAModel() {
    Model model = ModelCatalogue.bundled().find("gpt-4o-mini").orElseThrow();

    JsonNode json = JsonMapper.shared().valueToTree(model);

    assertThat(json.path("name").asString()).isEqualTo("gpt-4o-mini");
    assertThat(json.path("contextWindow").asLong()).isPositive();
  }
}
