package dev.synthlab.llm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthlab.json.Json;
import dev.synthlab.json.JsonSchema;
import dev.synthlab.test.Replies;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.SerializationFeature;

/**
 * What leaves for one and the same request, by model. To write the files anew, and then read what
 * changed: {@code ./mvnw -Dquick -pl core test -Dtest=GoldenRequestsTest -Dgolden.write=true}.
 */
class GoldenRequestsTest {
  private static final Path GOLDEN = Path.of("src/test/resources/dev/synthlab/llm/golden");

  private static final CompletionRequest REQUEST =
      CompletionRequest.of("Who wrote Faust?")
          .withSystem("Answer by name and year.")
          .withTemperature(0.7)
          .withTopP(0.9)
          .withMaxTokens(100)
          .withSeed(7)
          .withStop("END")
          .withReasoningEffort("low")
          .withFormat(
              new ResponseFormat.Schema(
                  new JsonSchema("author", JsonSchema.shorthand("name").tree())));

  @ParameterizedTest
  @ValueSource(
      strings = {
        "gpt-3.5-turbo",
        "gpt-4",
        "gpt-4o",
        "gpt-4o-mini",
        "gpt-4.1",
        "o1",
        "o3",
        "o3-mini",
        "o4-mini",
        "gpt-5",
        "gpt-5-mini",
        "gpt-5-chat-latest",
        "gpt-5.1",
        "gpt-5.2",
        "gpt-5.4",
        "gpt-5.5",
        "gpt-5.6",
        "gpt-6-sol",
        "gpt-6-luna",
        "gpt-6.1-sol",
        "claude-sonnet-4-5",
        "claude-opus-4-7",
        "gemini/gemini-2.5-pro",
        "mistral/mistral-small-latest",
        "deepseek-chat",
        "groq/openai/gpt-oss-120b",
        "a-model-nobody-knows"
      })
  void sendsTheRequestOfTheGoldenFile(String model) throws IOException {
    try (ClientFixture rig = ClientFixture.inTurn(Replies.chat("ok"))) {
      rig.client().ask(REQUEST.withModel(model));

      String sent = pretty(rig.server.seen().getLast().body());
      Path file = GOLDEN.resolve(model.replace('/', '_') + ".json");
      if (Boolean.getBoolean("golden.write")) {
        Files.createDirectories(GOLDEN);
        Files.writeString(file, sent);
      }
      assertThat(file).content().isEqualTo(sent);
    }
  }

  private static String pretty(String json) {
    return Json.mapper()
            .writer()
            .with(SerializationFeature.INDENT_OUTPUT)
            .with(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .writeValueAsString(Json.mapper().readValue(json, Map.class))
            .replace("\r\n", "\n")
        + "\n";
  }
}
