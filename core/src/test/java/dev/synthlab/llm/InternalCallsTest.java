package dev.synthlab.llm;

import static dev.synthlab.test.Replies.chat;
import static dev.synthlab.test.Replies.error;
import static org.assertj.core.api.Assertions.assertThat;

import dev.synthlab.json.JsonSchema;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** JSON as bulk runs ask for it. */
class InternalCallsTest {
  private static final CompletionRequest REQUEST =
      CompletionRequest.ofBody(
              Map.of("messages", List.of(Map.of("role", "user", "content", "Rex is 3"))))
          .withFormat(new ResponseFormat.Schema(JsonSchema.shorthand("name, age int")));

  @Test
  void returnsTheJsonOfARepairedAnswerAndTheTokensOfBothRounds() {
    try (ClientFixture rig =
        ClientFixture.inTurn(chat("Rex!"), chat("```json\n{\"name\":\"Rex\",\"age\":3}\n```"))) {
      Completion answer = InternalCalls.of(rig.client()).json(REQUEST, false).get();

      assertThat(answer.text()).isEqualTo("{\"name\":\"Rex\",\"age\":3}");
      assertThat(answer.earlier()).hasSize(1);
      assertThat(rig.requests()).isEqualTo(2);
    }
  }

  @Test
  void returnsBothAnswersIfTheRepairedOneDoesNotFit() {
    try (ClientFixture rig = ClientFixture.inTurn(chat("Rex!"), chat("{\"name\":\"Rex\"}"))) {
      Outcome<Completion> outcome = InternalCalls.of(rig.client()).json(REQUEST, false);

      AnswerException reason = rejection(outcome);
      assertThat(reason.code()).isEqualTo("structured_output");
      assertThat(reason.partial()).isEqualTo("{\"name\":\"Rex\"}");
      assertThat(reason.completion().text()).isEqualTo("{\"name\":\"Rex\"}");
      assertThat(reason.completion().earlier().getFirst().text()).isEqualTo("Rex!");
      assertThat(outcome.report()).isEqualTo(reason.completion().report());
    }
  }

  @Test
  void treatsAnAnswerThatAPatternCannotCheckAsInvalid() {
    JsonSchema schema =
        JsonSchema.parse(
            "{\"required\":[\"a\"],\"properties\":{\"a\":{\"pattern\":\"^(?=a)(a|b)*$\"}}}");
    String text = "{\"a\":\"" + "ab".repeat(100_000) + "\"}";
    try (ClientFixture rig = ClientFixture.inTurn(chat(text), chat(text))) {
      Outcome<Completion> outcome =
          InternalCalls.of(rig.client())
              .json(REQUEST.withFormat(new ResponseFormat.Schema(schema)), false);

      assertThat(rejection(outcome)).hasMessageContaining("$.a cannot be judged: the pattern");
    }
  }

  private static AnswerException rejection(Outcome<Completion> outcome) {
    return ((Outcome.Rejected<Completion>) outcome).exception();
  }

  @Test
  void writesWholeNumbersAsIntegersWhereRequired() {
    try (ClientFixture rig = ClientFixture.inTurn(chat("{\"name\":\"Rex\",\"age\":3.0}"))) {
      Completion answer = InternalCalls.of(rig.client()).json(REQUEST, false).get();

      assertThat(answer.text()).isEqualTo("{\"name\":\"Rex\",\"age\":3}");
      assertThat(rig.requests()).isEqualTo(1);
    }
  }

  @Test
  void returnsAFailedCallUnchanged() {
    try (ClientFixture rig = ClientFixture.inTurn(error(401, "invalid_api_key", "no"))) {
      assertThat(InternalCalls.of(rig.client()).json(REQUEST, false))
          .isInstanceOf(Outcome.Failed.class);
    }
  }
}
