package dev.synthlab.examples;

import static dev.synthlab.test.Failure.badRequest;
import static dev.synthlab.test.Replies.json;
import static dev.synthlab.test.RequestMatcher.promptContains;
import static org.assertj.core.api.Assertions.assertThat;

import dev.synthlab.llm.Part;
import dev.synthlab.test.FakeLlm;
import dev.synthlab.test.ScriptedServer;
import dev.synthlab.test.SynthlabExtension;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Each program with a model that answers what a test tells it. */
@ExtendWith(SynthlabExtension.class)
@Timeout(30)
class ProgramsTest {
  static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G', 13, 10, 26, 10, 1, 2, 3};

  private static List<String> prints(FakeLlm llm, Stage.Program program) throws Exception {
    return Stage.prints(llm.client(), program);
  }

  private static String asked(FakeLlm llm, int request) {
    return llm.requests().get(request).toString();
  }

  @Test
  void printsAText(FakeLlm llm) throws Exception {
    llm.answers("Oslo.");

    assertThat(prints(llm, Text::run)).containsExactly("Oslo.");
    assertThat(asked(llm, 0)).contains("What is the capital of Norway?");
  }

  @Test
  void printsAnObject(FakeLlm llm) throws Exception {
    llm.answers("Here: {\"name\": \"Rex\", \"age\": 3}");

    assertThat(prints(llm, JsonObject::run)).containsExactly("Rex, 3");
    assertThat(llm.requests().getFirst().parameters())
        .containsEntry("response_format", Map.of("type", "json_object"));
  }

  @Test
  void printsARecord(FakeLlm llm) throws Exception {
    llm.answers("{\"name\": \"Maria\", \"age\": 340, \"mood\": \"ANNOYED\"}")
        .answers("{\"name\": \"Maria\", \"age\": 34, \"mood\": \"ANNOYED\"}");

    assertThat(prints(llm, TypedRecord::run)).containsExactly("Maria, 34, ANNOYED");
    assertThat(llm.requests().getFirst().schema().orElseThrow().toString())
        .contains("how they feel");
    assertThat(asked(llm, 1))
        .as("shown what was wrong with the first answer")
        .contains("340", "120");
  }

  @Test
  void printsDeltas(FakeLlm llm) throws Exception {
    llm.streams("Waves ", "come.");

    assertThat(prints(llm, Streaming::run)).containsExactly("Waves come.", "stop after 3 tokens");
  }

  @Test
  void printsElements(FakeLlm llm) throws Exception {
    llm.streams(
        "{\"items\": [{\"name\": \"Oslo\", \"inhabitants\": 7",
        "00000}, {\"name\": \"Bergen\", \"inhabitants\": 290000}]}");

    assertThat(prints(llm, TypedList::run)).containsExactly("Oslo: 700000", "Bergen: 290000");
  }

  @Test
  void printsTheAnswerAfterAToolCall(FakeLlm llm) throws Exception {
    llm.callsTool("weather", Map.of("city", "Oslo")).answers("Yes, it rains.");

    assertThat(prints(llm, Tools::run)).containsExactly("Yes, it rains.");
    assertThat(llm.requests().getFirst().tools().toString())
        .contains("The weather of a city, now.", "its English name");
    assertThat(llm.requests().get(1).messages().getLast().parts())
        .containsExactly(new Part.ToolResult("call_1", "Oslo: rain, 8 °C"));
  }

  @Test
  void printsTheAnswerOfAnotherService() throws Exception {
    try (ScriptedServer server =
            ScriptedServer.inTurn(
                json(200, "{\"current\": {\"temperature_2m\": -3.5}}"),
                json(400, "no such place"));
        Stage stage = Stage.over(server)) {
      OpenMeteoClient client = OpenMeteoClient.over(stage.layer());
      assertThat(stage.prints((llm, out) -> AnotherService.run(client, out)))
          .containsExactly("Oslo: -3.5 °C", "400: no such place");
      assertThat(server.seen().getFirst().path())
          .endsWith(
              "/forecast?latitude=59.91&longitude=10.75&current=temperature_2m%2Cwind_speed_10m");
    }
  }

  @Test
  void printsTheSimilarityOfTexts(FakeLlm llm) throws Exception {
    llm.embeds(new float[] {1, 0}, new float[] {3, 4}, new float[] {0, 2});

    assertThat(prints(llm, Vectors::run))
        .containsExactly("cat and kitten: 0.60", "cat and stocks: 0.00");
  }

  @Test
  void storesAnImage(FakeLlm llm) throws Exception {
    llm.draws(PNG);

    String printed = prints(llm, Picture::run).getFirst();

    assertThat(printed).startsWith("image/png of 11 bytes in ");
    Path file = Path.of(printed.substring(printed.indexOf(" in ") + 4));
    assertThat(file).hasBinaryContent(PNG);
    Files.delete(file);
  }

  @Test
  void printsEachOfManyAnswersInOrder(FakeLlm llm) throws Exception {
    llm.when(promptContains("Rome")).fails(badRequest("No Rome."));
    llm.when(promptContains("Oslo")).answers("Norway");
    llm.when(promptContains("Lima")).answers("Peru");

    List<String> printed = prints(llm, ManyAtOnce::run);

    assertThat(printed.subList(0, 3))
        .containsExactlyInAnyOrder("ended: Oslo", "ended: Rome", "ended: Lima");
    assertThat(printed.get(3)).isEqualTo("Norway");
    assertThat(printed.get(4)).startsWith("failed: ").contains("No Rome.");
    assertThat(printed.get(5)).isEqualTo("Peru");
  }

  @Test
  void continuesAConversation(FakeLlm llm) throws Exception {
    llm.answers("Maria.").answers("I nurse.");

    List<String> printed = prints(llm, Chat::run);

    assertThat(printed.subList(0, 2)).containsExactly("Maria.", "I nurse.");
    assertThat(printed.get(2)).startsWith("5 messages, about ");
    assertThat(asked(llm, 1)).contains("What is your name?", "Maria.", "And what do you do?");
  }

  @Test
  void fillsATemplate(FakeLlm llm) throws Exception {
    llm.answers("She wants fewer.");

    assertThat(prints(llm, Templates::run))
        .containsExactly(
            "Say in one sentence what Maria thinks: Too many clicks!", "She wants fewer.");
    assertThat(asked(llm, 0)).contains("what Maria thinks: Too many clicks!");
  }

  @Test
  void sendsAnImage(FakeLlm llm) throws Exception {
    llm.answers("Red.");

    assertThat(prints(llm, Vision::run)).containsExactly("Red.");
    assertThat(llm.requests().getFirst().messages().getLast().parts())
        .anySatisfy(
            part ->
                assertThat(part)
                    .isInstanceOfSatisfying(
                        Part.Image.class,
                        image ->
                            assertThat(image.address().toString())
                                .startsWith("data:image/png;base64,iVBOR")));
  }

  @Test
  void sendsTwoRequestsInParallel(FakeLlm llm) throws Exception {
    llm.when(promptContains("river")).answers("Glomma.");
    llm.answers("Oslo.");

    assertThat(prints(llm, InTheBackground::run)).containsExactly("Oslo. Glomma.");
  }

  @Test
  void printsTheCostOfACall(FakeLlm llm) throws Exception {
    llm.answers("Oslo.");

    List<String> printed = prints(llm, ModelsAndCost::run);

    assertThat(printed.subList(0, 2))
        .containsExactly("gpt-4o-mini reads 128000 tokens", "sees pictures: true");
    assertThat(printed.get(2)).matches("at most: 0\\.0\\d+");
    assertThat(printed.get(3)).startsWith("paid: ");
    assertThat(printed).hasSize(4);
  }

  @Test
  void showsCallSitesThatWork(FakeLlm llm) throws Exception {
    llm.answers("Light.")
        .answers(Map.of("fruits", List.of("fig")))
        .answers("{\"name\": \"Maria\", \"age\": 34}")
        .streams("Once.")
        .callsTool("weather", Map.of("city", "Oslo"))
        .answers("Yes.");

    assertThat(
            prints(
                llm,
                (client, out) -> {
                  out.println(CallSites.text(client));
                  out.println(CallSites.json(client));
                  out.println(CallSites.typed(client));
                  CallSites.stream(client, out);
                  out.println();
                  out.println(CallSites.tools(client));
                }))
        .containsExactly("Light.", "{fruits=[fig]}", "Person[name=Maria, age=34]", "Once.", "Yes.");
    assertThat(asked(llm, 5)).contains("rain in Oslo");
  }
}
