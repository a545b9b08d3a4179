package dev.synthlab.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

class ConversationTest {
  private static final String LONG = "x".repeat(400); // about 100 tokens

  private static List<String> texts(Conversation talk) {
    return talk.messages().stream().map(Message::text).toList();
  }

  @Test
  void dropsTheOldestTurnsFirstAndKeepsTheSystemMessage() {
    Conversation talk = Conversation.within(300).system("Be kind.");
    for (int i = 0; i < 10; i++) {
      talk = talk.user(i + LONG).and(Message.assistant("answer " + i));
    }

    assertThat(texts(talk))
        .containsExactly("Be kind.", "8" + LONG, "answer 8", "9" + LONG, "answer 9");
    assertThat(talk.tokens()).isLessThanOrEqualTo(300);
  }

  @Test
  void keepsTheNewestTurnEvenIfItExceedsTheBudget() {
    Conversation talk = Conversation.within(10).system("Be kind.").user("old").user(LONG);

    assertThat(texts(talk)).containsExactly("Be kind.", LONG);
  }

  @Test
  void neverSeparatesAToolResultFromItsCall() {
    Message call =
        new Message(
            Message.Role.ASSISTANT, List.of(new Part.ToolCall("1", "weather", "{\"a\":1}")));
    Message result =
        new Message(Message.Role.TOOL, List.of(new Part.ToolResult("1", "rain" + LONG)));
    Conversation talk =
        Conversation.within(150)
            .user("Weather?")
            .and(call)
            .and(result)
            .and(Message.assistant("Rain."));
    assertThat(talk.messages()).hasSize(4);

    Conversation later = talk.user("And tomorrow? " + LONG);

    assertThat(texts(later)).containsExactly("And tomorrow? " + LONG);
  }

  @Test
  void refusesABudgetBelowOne() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Conversation.within(0))
        .withMessage("budget must be at least 1, was 0");
  }
}
