package dev.synthlab.llm;

import static dev.synthlab.test.Replies.chat;
import static dev.synthlab.test.Replies.delta;
import static dev.synthlab.test.Replies.events;
import static dev.synthlab.test.Replies.finish;
import static dev.synthlab.test.Replies.json;
import static dev.synthlab.test.Replies.quoted;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.synthlab.call.CallException;
import dev.synthlab.json.Constraints;
import dev.synthlab.json.Description;
import dev.synthlab.json.Json;
import dev.synthlab.json.JsonSchema;
import dev.synthlab.test.ScriptedServer.Reply;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.MDC;
import tools.jackson.databind.JsonNode;

/** A model that calls tools, over real sockets. */
@Timeout(20)
class ToolsTest {
  private static final JsonSchema PLACE =
      JsonSchema.parse(
          """
          {"title": "place", "type": "object", "properties": {"city": {"type": "string"}},
           "required": ["city"], "additionalProperties": false}
          """);

  private static Tool weather(Tool.Action action) {
    return new Tool("weather", "The weather of a city.", PLACE, action);
  }

  /** An answer that asks for tools: a name and arguments, again and again. */
  private static Reply asks(String... nameAndArguments) {
    StringBuilder calls = new StringBuilder();
    for (int i = 0; i < nameAndArguments.length; i += 2) {
      calls
          .append(i == 0 ? "" : ",")
          .append("{\"id\":\"call-%d\",\"type\":\"function\",".formatted(i / 2))
          .append("\"function\":{\"name\":%s,".formatted(quoted(nameAndArguments[i])))
          .append("\"arguments\":%s}}".formatted(quoted(nameAndArguments[i + 1])));
    }
    return json(
        200,
        "{\"choices\":[{\"message\":{\"role\":\"assistant\",\"content\":null,\"tool_calls\":["
            + calls
            + "]},\"finish_reason\":\"tool_calls\"}],"
            + "\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":5}}");
  }

  private static JsonNode body(ClientFixture rig, int request) {
    return Json.mapper().readTree(rig.server.seen().get(request).body());
  }

  private static List<String> toldTo(ClientFixture rig, int request) {
    return body(rig, request)
        .path("messages")
        .valueStream()
        .filter(message -> message.path("role").asString().equals("tool"))
        .map(message -> message.path("content").asString())
        .toList();
  }

  @Test
  void sendsTheToolResultToTheModel() {
    try (ClientFixture rig =
        ClientFixture.inTurn(asks("weather", "{\"city\":\"Oslo\"}"), chat("Rain in Oslo."))) {

      String text =
          rig.client().complete("Weather?", weather(call -> "rain for " + call.arguments()));

      assertThat(text).isEqualTo("Rain in Oslo.");
      JsonNode offered = body(rig, 0).path("tools").path(0).path("function");
      assertThat(offered.path("name").asString()).isEqualTo("weather");
      assertThat(offered.path("parameters").path("required").path(0).asString()).isEqualTo("city");
      JsonNode messages = body(rig, 1).path("messages");
      assertThat(messages.path(1).path("tool_calls").path(0).path("id").asString())
          .isEqualTo("call-0");
      assertThat(messages.path(1).has("content")).isFalse();
      assertThat(messages.path(2).path("tool_call_id").asString()).isEqualTo("call-0");
      assertThat(toldTo(rig, 1)).containsExactly("rain for {\"city\":\"Oslo\"}");
    }
  }

  @Test
  void acceptsArgumentsAsAnObjectInsteadOfText() {
    Reply asks =
        json(
            200,
            "{\"choices\":[{\"message\":{\"tool_calls\":[{\"function\":{\"name\":\"weather\","
                + "\"arguments\":{\"city\":\"Oslo\"}}}]},\"finish_reason\":\"tool_calls\"}]}");
    try (ClientFixture rig = ClientFixture.inTurn(asks, chat("Rain."))) {

      assertThat(rig.client().complete("Weather?", weather(Part.ToolCall::arguments)))
          .isEqualTo("Rain.");

      assertThat(toldTo(rig, 1)).containsExactly("{\"city\":\"Oslo\"}");
    }
  }

  @Test
  void countsTheTokensOfEveryRound() {
    try (ClientFixture rig =
        ClientFixture.inTurn(asks("weather", "{}"), asks("weather", "{}"), chat("Rain."))) {

      Completion answer =
          rig.client().ask(CompletionRequest.of("Weather?").withTools(weather(call -> "rain")));

      assertThat(answer.earlier()).hasSize(2);
      assertThat(answer.usage().totalTokens()).isEqualTo(12);
      assertThat(answer.totalUsage().totalTokens()).isEqualTo(36);
    }
  }

  @Test
  void runsToolsRequestedTogetherInParallel() {
    CyclicBarrier together = new CyclicBarrier(3);
    Tool meets =
        weather(
            call -> {
              together.await();
              return "met";
            });
    try (ClientFixture rig =
        ClientFixture.inTurn(
            asks("weather", "1", "weather", "2", "weather", "3"), chat("All met."))) {

      assertThat(rig.client().complete("Weather?", meets)).isEqualTo("All met.");

      assertThat(toldTo(rig, 1)).containsExactly("met", "met", "met");
    }
  }

  @Test
  void reportsAToolFailureToTheModelWithoutSecrets() {
    Tool fails =
        weather(
            call -> {
              throw new IllegalStateException("no station; key sk-proj-0123456789abcdefghij");
            });
    try (ClientFixture rig = ClientFixture.inTurn(asks("weather", "{}"), chat("Unknown."))) {

      assertThat(rig.client().complete("Weather?", fails)).isEqualTo("Unknown.");

      assertThat(toldTo(rig, 1)).containsExactly("error: no station; key ****");
    }
  }

  @Test
  void reportsAStackOverflowOfAToolToTheModel() {
    Tool endless =
        Tool.of(
            "weather",
            Place.class,
            at -> {
              throw new StackOverflowError("too deep");
            });
    try (ClientFixture rig =
        ClientFixture.inTurn(asks("weather", "{\"city\":\"Oslo\",\"days\":1}"), chat("Unknown."))) {

      String said = rig.client().complete("Weather?", endless);

      assertThat(said).isEqualTo("Unknown.");
      assertThat(toldTo(rig, 1)).containsExactly("error: too deep");
    }
  }

  record Measured(Object reading) {}

  @Test
  void sendsAToolResultOfATypeThatNoModelCouldFill() {
    Tool gauge = Tool.of("weather", Place.class, at -> new Measured(7));
    try (ClientFixture rig =
        ClientFixture.inTurn(asks("weather", "{\"city\":\"Oslo\",\"days\":1}"), chat("Seven."))) {

      String said = rig.client().complete("Weather?", gauge);

      assertThat(said).isEqualTo("Seven.");
      assertThat(toldTo(rig, 1)).containsExactly("{\"reading\":7}");
    }
  }

  @Test
  void reportsTheAvailableToolsIfTheModelCallsAnUnknownOne() {
    try (ClientFixture rig = ClientFixture.inTurn(asks("whether", "{}"), chat("Sorry."))) {

      assertThat(rig.client().complete("Weather?", weather(call -> "rain"))).isEqualTo("Sorry.");

      assertThat(toldTo(rig, 1))
          .containsExactly("error: there is no tool \"whether\"; there are: weather");
    }
  }

  @Test
  void runsNoToolCallWithoutApproval() {
    Tool asksFirst =
        weather(call -> "rain").withApproval(call -> call.arguments().contains("Oslo"));
    try (ClientFixture rig =
        ClientFixture.inTurn(
            asks("weather", "{\"city\":\"Rome\"}", "weather", "Oslo"), chat("Done."))) {

      rig.client().complete("Weather?", asksFirst);

      assertThat(toldTo(rig, 1))
          .containsExactly("error: this call was not allowed; do without", "rain");
    }
  }

  @Test
  void failsAfterTheMaximumOfToolRounds() {
    try (ClientFixture rig = ClientFixture.inTurn(asks("weather", "{}"))) {
      CompletionRequest request =
          CompletionRequest.of("Weather?").withTools(weather(call -> "rain")).withMaxToolRounds(3);

      assertThatExceptionOfType(AnswerException.ToolRoundsExceeded.class)
          .isThrownBy(() -> rig.client().ask(request))
          .withMessage("the model called tools in 3 rounds and has not answered");

      assertThat(rig.requests()).isEqualTo(4);
    }
  }

  @Test
  void interruptsAToolAtTheDeadlineOfTheCall() throws Exception {
    CompletableFuture<String> interrupted = new CompletableFuture<>();
    Tool hangs =
        weather(
            call -> {
              try {
                new CountDownLatch(1).await();
              } catch (InterruptedException e) {
                interrupted.complete("yes");
              }
              return "late";
            });
    try (ClientFixture rig =
        ClientFixture.inTurn(asks("weather", "{}"), chat("late")).inRealTime()) {
      CompletionRequest request =
          CompletionRequest.of("Weather?").withTools(hangs).withDeadline(Duration.ofMillis(400));

      assertThatExceptionOfType(CallException.DeadlineExceeded.class)
          .isThrownBy(() -> rig.client().ask(request))
          .withMessageContaining("while its tools ran: weather");

      assertThat(interrupted.get()).isEqualTo("yes");
      assertThat(rig.requests()).isEqualTo(1);
    }
  }

  @Test
  void streamsTheTextOfEveryRound() {
    Reply asksInPieces =
        events(
            delta("Let me look. "),
            "{\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"c1\",\"function\":"
                + "{\"name\":\"weather\",\"arguments\":\"{\\\"ci\"}}]}}]}",
            "{\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"function\":"
                + "{\"arguments\":\"ty\\\":1}\"}}]}}]}",
            finish("tool_calls"),
            "[DONE]");
    try (ClientFixture rig =
        ClientFixture.inTurn(asksInPieces, events(delta("Rain."), finish("stop"), "[DONE]"))) {
      CompletionRequest request =
          CompletionRequest.of("Weather?").withTools(weather(Part.ToolCall::arguments));

      try (TextStream stream = rig.client().stream(request)) {
        String text = stream.stream().collect(Collectors.joining());

        assertThat(text).isEqualTo("Let me look. Rain.");
        assertThat(stream.completion().earlier()).hasSize(1);
        assertThat(stream.usage().known()).isFalse();
        assertThat(stream.finishReason()).isEqualTo(FinishReason.STOP);
      }

      assertThat(toldTo(rig, 1)).containsExactly("{\"city\":1}");
    }
  }

  @Test
  void passesTheCallersMdcToItsTools() {
    MDC.put("run_id", "7f3a");
    try (ClientFixture rig = ClientFixture.inTurn(asks("weather", "{}"), chat("Done."))) {

      rig.client().complete("Weather?", weather(call -> MDC.get("run_id")));

      assertThat(toldTo(rig, 1)).containsExactly("7f3a");
    } finally {
      MDC.clear();
    }
  }

  @Test
  void returnsTheToolCallsOfAWireRequestToTheCaller() {
    try (ClientFixture rig = ClientFixture.inTurn(asks("weather", "{\"city\":\"Oslo\"}"))) {
      CompletionRequest request =
          CompletionRequest.of("Weather?").with("tools", List.of(Map.of("type", "function")));

      Completion answer = rig.client().ask(request);

      assertThat(answer.toolCalls())
          .containsExactly(new Part.ToolCall("call-0", "weather", "{\"city\":\"Oslo\"}"));
      assertThat(rig.requests()).isEqualTo(1);
    }
  }

  /** Where to look. */
  @Description("The weather of a city.")
  record Place(@Description("its name") String city, @Constraints(min = 1, max = 7) int days) {}

  record Forecast(String sky, int degrees) {}

  /** Two tools. */
  public static final class Almanac {
    /** A tool. */
    @Description("Looks at the sky.")
    public Forecast sky(Place place) {
      return new Forecast("rain in " + place.city(), 7);
    }

    /** A tool that asks for nothing. */
    @Description("Tells the date.")
    public String today() {
      return "2026-11-24";
    }
  }

  @Test
  void passesArgumentsAsARecordAndReturnsTheResultAsJson() {
    Tool weather =
        Tool.of("weather", Place.class, at -> new Forecast("rain in " + at.city(), at.days()));
    try (ClientFixture rig =
        ClientFixture.inTurn(asks("weather", "{\"city\":\"Oslo\",\"days\":2}"), chat("Rain."))) {

      rig.client().complete("Weather?", weather);

      JsonNode offered = body(rig, 0).path("tools").path(0).path("function");
      assertThat(offered.path("description").asString()).isEqualTo("The weather of a city.");
      assertThat(offered.path("strict").asBoolean()).isTrue();
      assertThat(toldTo(rig, 1)).containsExactly("{\"sky\":\"rain in Oslo\",\"degrees\":2}");
    }
  }

  @Test
  void reportsInvalidArgumentsToTheModel() {
    Tool weather = Tool.of("weather", Place.class, Place::city);
    try (ClientFixture rig =
        ClientFixture.inTurn(asks("weather", "{\"city\":\"Oslo\",\"days\":9}"), chat("Sorry."))) {

      rig.client().complete("Weather?", weather);

      assertThat(toldTo(rig, 1))
          .singleElement()
          .asString()
          .startsWith("error: the arguments do not fit: $.days")
          .contains("7");
    }
  }

  @Test
  void offersTheAnnotatedMethodsOfAnObject() {
    try (ClientFixture rig =
        ClientFixture.inTurn(
            asks("today", "", "sky", "{\"city\":\"Oslo\",\"days\":1}"), chat("Rain."))) {

      rig.client().complete("Weather?", Tool.allOf(new Almanac()));

      assertThat(toldTo(rig, 1))
          .containsExactly("2026-11-24", "{\"sky\":\"rain in Oslo\",\"degrees\":7}");
    }
  }
}
