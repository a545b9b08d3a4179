package dev.synthlab.examples;

import static dev.synthlab.test.Replies.chat;
import static dev.synthlab.test.Replies.delta;
import static dev.synthlab.test.Replies.error;
import static dev.synthlab.test.Replies.events;
import static dev.synthlab.test.Replies.finish;
import static dev.synthlab.test.Replies.json;
import static dev.synthlab.test.Replies.usage;
import static org.assertj.core.api.Assertions.assertThat;

import dev.synthlab.test.ScriptedServer;
import dev.synthlab.test.ScriptedServer.Reply;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Each program against a server that says what a test tells it. */
@Timeout(30)
class ProgramsTest {
  static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G', 13, 10, 26, 10, 1, 2, 3};
  static final Reply PICTURE =
      json(
          200,
          "{\"created\":1,\"data\":[{\"b64_json\":\""
              + Base64.getEncoder().encodeToString(PNG)
              + "\"}]}");

  private ScriptedServer server = ScriptedServer.inTurn();

  @AfterEach
  void close() {
    server.close();
  }

  private List<String> printsBy(Stage.Program program, ScriptedServer.Script script)
      throws Exception {
    server.close();
    server = ScriptedServer.start(script);
    try (Stage stage = Stage.over(server)) {
      return stage.prints(program);
    }
  }

  private List<String> prints(Stage.Program program, Reply... inTurn) throws Exception {
    return printsBy(program, (request, number) -> inTurn[number - 1]);
  }

  private String asked(int request) {
    return server.seen().get(request).body();
  }

  @Test
  void printsAText() throws Exception {
    assertThat(prints(Text::run, chat("Oslo."))).containsExactly("Oslo.");
    assertThat(asked(0)).contains("What is the capital of Norway?");
  }

  @Test
  void printsAnObject() throws Exception {
    assertThat(prints(JsonObject::run, chat("Here: {\"name\": \"Rex\", \"age\": 3}")))
        .containsExactly("Rex, 3");
    assertThat(asked(0)).contains("\"json_object\"");
  }

  @Test
  void printsARecord() throws Exception {
    assertThat(
            prints(
                TypedRecord::run,
                chat("{\"name\": \"Maria\", \"age\": 340, \"mood\": \"ANNOYED\"}"),
                chat("{\"name\": \"Maria\", \"age\": 34, \"mood\": \"ANNOYED\"}")))
        .containsExactly("Maria, 34, ANNOYED");
    assertThat(asked(0)).contains("\"json_schema\"", "how they feel");
    assertThat(asked(1)).as("shown what was wrong with the first answer").contains("340", "120");
  }

  @Test
  void printsDeltas() throws Exception {
    assertThat(
            prints(
                Streaming::run,
                events(delta("Waves "), delta("come."), finish("stop"), usage(), "[DONE]")))
        .containsExactly("Waves come.", "stop after 5 tokens");
  }

  @Test
  void printsElements() throws Exception {
    assertThat(
            prints(
                TypedList::run,
                events(
                    delta("{\"items\": [{\"name\": \"Oslo\", \"inhabitants\": 7"),
                    delta("00000}, {\"name\": \"Bergen\", \"inhabitants\": 290000}]}"),
                    finish("stop"),
                    "[DONE]")))
        .containsExactly("Oslo: 700000", "Bergen: 290000");
  }

  @Test
  void printsTheAnswerAfterAToolCall() throws Exception {
    assertThat(
            prints(
                Tools::run,
                callOf("weather", "{\\\"city\\\": \\\"Oslo\\\"}"),
                chat("Yes, it rains.")))
        .containsExactly("Yes, it rains.");
    assertThat(asked(0)).contains("The weather of a city, now.", "its English name");
    assertThat(asked(1)).contains("Oslo: rain, 8 °C");
  }

  @Test
  void printsTheAnswerOfAnotherService() throws Exception {
    server.close();
    server =
        ScriptedServer.inTurn(
            json(200, "{\"current\": {\"temperature_2m\": -3.5}}"), json(400, "no such place"));

    try (Stage stage = Stage.over(server)) {
      OpenMeteoClient client = OpenMeteoClient.over(stage.layer());
      assertThat(stage.prints((llm, out) -> AnotherService.run(client, out)))
          .containsExactly("Oslo: -3.5 °C", "400: no such place");
    }
    assertThat(server.seen().getFirst().path())
        .endsWith(
            "/forecast?latitude=59.91&longitude=10.75&current=temperature_2m%2Cwind_speed_10m");
  }

  static Reply callOf(String tool, String arguments) {
    return json(
        200,
        """
        {"choices": [{"message": {"role": "assistant", "content": null, "tool_calls": [
          {"id": "call-1", "type": "function", "function": {"name": "%s", "arguments": "%s"}}]},
          "finish_reason": "tool_calls"}], "usage": {"prompt_tokens": 7, "completion_tokens": 5}}
        """
            .formatted(tool, arguments));
  }

  @Test
  void printsTheSimilarityOfTexts() throws Exception {
    assertThat(
            prints(
                Vectors::run,
                json(
                    200,
                    """
                    {"model": "m", "usage": {"prompt_tokens": 3, "total_tokens": 3}, "data": [
                      {"index": 0, "embedding": [1.0, 0.0]}, {"index": 1, "embedding": [3.0, 4.0]},
                      {"index": 2, "embedding": [0.0, 2.0]}]}
                    """)))
        .containsExactly("cat and kitten: 0.60", "cat and stocks: 0.00");
  }

  @Test
  void storesAnImage() throws Exception {
    String printed = prints(Picture::run, PICTURE).getFirst();

    assertThat(printed).startsWith("image/png of 11 bytes in ");
    Path file = Path.of(printed.substring(printed.indexOf(" in ") + 4));
    assertThat(file).hasBinaryContent(PNG);
    Files.delete(file);
  }

  @Test
  void printsEachOfManyAnswersInOrder() throws Exception {
    List<String> printed =
        printsBy(
            ManyAtOnce::run,
            (request, number) ->
                request.body().contains("Rome")
                    ? error(400, "content_policy", "No Rome.")
                    : chat(request.body().contains("Oslo") ? "Norway" : "Peru"));

    assertThat(printed.subList(0, 3))
        .containsExactlyInAnyOrder("ended: Oslo", "ended: Rome", "ended: Lima");
    assertThat(printed.get(3)).isEqualTo("Norway");
    assertThat(printed.get(4)).startsWith("failed: ").contains("No Rome.");
    assertThat(printed.get(5)).isEqualTo("Peru");
  }

  @Test
  void continuesAConversation() throws Exception {
    List<String> printed = prints(Chat::run, chat("Maria."), chat("I nurse."));

    assertThat(printed.subList(0, 2)).containsExactly("Maria.", "I nurse.");
    assertThat(printed.get(2)).startsWith("5 messages, about ");
    assertThat(asked(1)).contains("What is your name?", "Maria.", "And what do you do?");
  }

  @Test
  void fillsATemplate() throws Exception {
    assertThat(prints(Templates::run, chat("She wants fewer.")))
        .containsExactly(
            "Say in one sentence what Maria thinks: Too many clicks!", "She wants fewer.");
    assertThat(asked(0)).contains("what Maria thinks: Too many clicks!");
  }

  @Test
  void sendsAnImage() throws Exception {
    assertThat(prints(Vision::run, chat("Red."))).containsExactly("Red.");
    assertThat(asked(0)).contains("image_url", "data:image/png;base64,iVBOR");
  }

  @Test
  void sendsTwoRequestsInParallel() throws Exception {
    assertThat(
            printsBy(
                InTheBackground::run,
                (request, number) -> chat(request.body().contains("river") ? "Glomma." : "Oslo.")))
        .containsExactly("Oslo. Glomma.");
  }

  @Test
  void printsTheCostOfACall() throws Exception {
    List<String> printed = prints(ModelsAndCost::run, chat("Oslo."));

    assertThat(printed.subList(0, 2))
        .containsExactly("gpt-4o-mini reads 128000 tokens", "sees pictures: true");
    assertThat(printed.get(2)).matches("at most: 0\\.0\\d+");
    assertThat(printed.get(3)).startsWith("paid: ");
    assertThat(printed).hasSize(4);
  }

  @Test
  void showsCallSitesThatWork() throws Exception {
    assertThat(
            prints(
                (llm, out) -> {
                  out.println(CallSites.text(llm));
                  out.println(CallSites.json(llm));
                  out.println(CallSites.typed(llm));
                  CallSites.stream(llm, out);
                  out.println();
                  out.println(CallSites.tools(llm));
                },
                chat("Light."),
                chat("{\"fruits\": [\"fig\"]}"),
                chat("{\"name\": \"Maria\", \"age\": 34}"),
                events(delta("Once."), finish("stop"), "[DONE]"),
                callOf("weather", "{\\\"city\\\": \\\"Oslo\\\"}"),
                chat("Yes.")))
        .containsExactly("Light.", "{fruits=[fig]}", "Person[name=Maria, age=34]", "Once.", "Yes.");
    assertThat(asked(5)).contains("rain in Oslo");
  }
}
