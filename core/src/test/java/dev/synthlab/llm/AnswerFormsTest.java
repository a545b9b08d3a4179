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
import dev.synthlab.json.Json;
import dev.synthlab.json.JsonSchema;
import dev.synthlab.test.Replies;
import dev.synthlab.test.ScriptedServer.Reply;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The forms in which servers other than OpenAI's give their answers. */
@Timeout(30)
class AnswerFormsTest {
  private static final String THINKING =
      "{\"type\":\"thinking\",\"thinking\":[{\"type\":\"text\",\"text\":\"hm\"}]}";

  private ClientFixture rig = ClientFixture.inTurn(chat("unused"));

  /** The ways to take an answer. */
  enum Way {
    WHOLE,
    STREAM,
    STREAM_READ_WHOLE
  }

  @AfterEach
  void close() {
    rig.close();
  }

  private Completion ask(Way way, Reply... replies) {
    return ask(way, CompletionRequest.of("hi"), replies);
  }

  private Completion ask(Way way, CompletionRequest request, Reply... replies) {
    rig.close();
    rig = ClientFixture.inTurn(replies);
    return ask(way, request, rig.client());
  }

  private static Completion ask(Way way, CompletionRequest request, LlmClient client) {
    if (way != Way.STREAM) {
      boolean streamed = way == Way.STREAM_READ_WHOLE;
      return arrived(InternalCalls.of(client).completion(request, streamed));
    }
    StringBuilder shown = new StringBuilder();
    try (TextStream stream = client.stream(request)) {
      stream.forEach(shown::append);
      assertThat(stream.completion().text()).isEqualTo(shown.toString());
      return arrived(stream.outcome());
    }
  }

  /** The answer that came; one with a problem is never given as answered. */
  private static Completion arrived(Outcome<Completion> outcome) {
    return switch (outcome) {
      case Outcome.Answered<Completion> answered -> {
        assertThat(answered.value().problem()).isEmpty();
        yield answered.value();
      }
      case Outcome.Rejected<Completion> rejected -> {
        Completion answer = rejected.exception().completion();
        assertThat(answer.problem()).containsInstanceOf(rejected.exception().getClass());
        yield answer;
      }
      case Outcome.Failed<Completion> failed -> throw failed.exception();
    };
  }

  private static String choice(String name, String content, String more) {
    return "{\"index\":0,\"" + name + "\":{\"role\":\"assistant\"," + content + "}" + more + "}";
  }

  private static String object(String... choices) {
    return "{\"id\":\"c\",\"model\":\"m\",\"choices\":[" + String.join(",", choices) + "]}";
  }

  private static Reply whole(String content) {
    return json(200, object(choice("message", content, ",\"finish_reason\":\"stop\"")));
  }

  private static String piece(String content) {
    return object(choice("delta", content, ",\"finish_reason\":null"));
  }

  private static final List<String> TEXTS =
      List.of(
          "["
              + THINKING
              + ",{\"type\":\"text\",\"text\":\"Par\"},{\"type\":\"text\",\"text\":\"is\"}]",
          "[{\"text\":\"Par\",\"type\":\"text\"},{\"type\":\"noise\",\"text\":\"x\"},\"is\"]",
          "[{\"type\":\"output_text\",\"text\":\"Paris\",\"annotations\":[]},{}]",
          "{\"type\":\"text\",\"text\":\"Paris\"}",
          "[{\"type\":\"text\",\"text\":{\"value\":\"Paris\"}}]");

  @ParameterizedTest
  @FieldSource("TEXTS")
  void joinsTheTextPartsOfAList(String content) {
    Reply stream =
        events(
            piece("\"content\":[]"),
            piece("\"content\":" + content),
            piece("\"content\":\"!\""),
            finish("stop"),
            "[DONE]");

    assertThat(ask(Way.WHOLE, whole("\"content\":" + content)).text()).isEqualTo("Paris");
    assertThat(rig.requests()).isEqualTo(1);
    assertThat(ask(Way.STREAM, stream).text()).isEqualTo("Paris!");
    assertThat(ask(Way.STREAM_READ_WHOLE, stream).text()).isEqualTo("Paris!");
    assertThat(rig.requests()).isEqualTo(1);
  }

  @Test
  void writesContentThatIsAListAsTextInTheJsonOfTheAnswer() {
    Completion answer = ask(Way.WHOLE, whole("\"content\":" + TEXTS.getFirst() + ",\"x\":[1]"));

    var message = Json.mapper().readTree(answer.json()).path("choices").path(0).path("message");
    assertThat(message.path("content").asString()).isEqualTo("Paris");
    assertThat(message.path("x").toString()).isEqualTo("[1]");
    assertThat(answer.reasoning()).isEqualTo("hm");
  }

  @ParameterizedTest
  @EnumSource
  void reportsARefusalThatIsAPart(Way way) {
    String content = "\"content\":[{\"type\":\"refusal\",\"refusal\":\"I will not\"}]";
    Reply reply = way == Way.WHOLE ? whole(content) : events(piece(content), finish("stop"));

    Completion answer = ask(way, reply);

    assertThat(answer.problem()).containsInstanceOf(AnswerException.Refused.class);
    assertThat(answer.problem().get().partial()).isEqualTo("I will not");
    assertThat(rig.requests()).isEqualTo(1);
  }

  private static final List<String> THOUGHTS =
      List.of(
          "\"reasoning_content\":\"hm\",\"content\":null",
          "\"reasoning\":\"hm\",\"reasoning_content\":\"hm\",\"content\":\"\"",
          "\"content\":[" + THINKING + "]",
          "\"content\":[{\"type\":\"reasoning\",\"text\":\"hm\"}]");

  @ParameterizedTest
  @FieldSource("THOUGHTS")
  void keepsReasoningApartFromTheText(String thought) {
    Reply stream = events(piece(thought), delta("Paris"), finish("stop"));

    for (Way way : List.of(Way.STREAM, Way.STREAM_READ_WHOLE)) {
      Completion answer = ask(way, stream);
      assertThat(answer.text()).isEqualTo("Paris");
      assertThat(answer.reasoning()).isEqualTo("hm");
      assertThat(rig.requests()).isEqualTo(1);
    }
    assertThatExceptionOfType(CallException.MalformedResponse.class)
        .isThrownBy(() -> ask(Way.WHOLE, whole(thought)));
  }

  @ParameterizedTest
  @EnumSource(names = {"STREAM", "STREAM_READ_WHOLE"})
  void countsReasoningAsActivityOfTheStream(Way way) {
    String thought =
        "data: " + piece("\"reasoning_content\":\"" + "hm ".repeat(20) + "\"") + "\n\n";
    Reply slow =
        (socket, out) -> {
          out.write(
              "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
          for (int i = 0; i < 12; i++) {
            out.write(thought.getBytes(StandardCharsets.UTF_8));
            out.flush();
            awaitMillis(100);
          }
          out.write(("data: " + delta("Paris") + "\n\n").getBytes(StandardCharsets.UTF_8));
          out.write(("data: " + finish("stop") + "\n\n").getBytes(StandardCharsets.UTF_8));
          return false;
        };
    rig.close();
    rig = ClientFixture.inTurn(slow).inRealTime().with("SYNTHLAB_TIMEOUT", "700ms");

    Completion answer = ask(way, CompletionRequest.of("hi"), rig.client());

    assertThat(answer.reasoning()).startsWith("hm hm").hasSize(12 * 60);
    assertThat(answer.text()).isEqualTo("Paris");
    assertThat(rig.requests()).isEqualTo(1);
  }

  private static void awaitMillis(long millis) throws InterruptedException {
    new java.util.concurrent.CountDownLatch(1)
        .await(millis, java.util.concurrent.TimeUnit.MILLISECONDS);
  }

  @ParameterizedTest
  @EnumSource
  void readsTheChoiceWithIndexZero(Way way) {
    String one = choice("message", "\"content\":\"B\"", ",\"finish_reason\":\"length\"");
    String zero = choice("message", "\"content\":\"A\"", ",\"finish_reason\":\"stop\"");
    String other = one.replace("\"index\":0", "\"index\":1");
    String pieceOfOther = object(other.replace("message", "delta"));
    Reply reply =
        way == Way.WHOLE
            ? json(200, object(other, zero))
            : events(pieceOfOther, delta("A"), pieceOfOther, finish("stop"), "[DONE]");

    Completion answer = ask(way, reply);

    assertThat(answer.text()).isEqualTo("A");
    assertThat(answer.finishReason()).isEqualTo(FinishReason.STOP);
    assertThat(rig.requests()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({
    "STREAM, Paris, Paris",
    "STREAM_READ_WHOLE, Paris, Paris",
    "STREAM, ' Paris\n', Paris",
    "STREAM_READ_WHOLE, Paris., Paris.",
  })
  void doesNotDoubleTheTextByAMessageAfterItsDeltas(Way way, String message, String text) {
    String end =
        object(choice("message", "\"content\":" + quoted(message), ",\"finish_reason\":\"stop\""));

    Completion answer = ask(way, events(delta("Par"), delta("is"), end, "[DONE]"));

    assertThat(answer.text()).isEqualTo(text);
  }

  @Test
  void failsWhenAMessageDiffersFromItsDeltas() {
    String end = object(choice("message", "\"content\":\"Rome\"", ",\"finish_reason\":\"stop\""));

    assertThatExceptionOfType(CallException.MalformedResponse.class)
        .isThrownBy(() -> ask(Way.STREAM_READ_WHOLE, events(delta("Paris"), end, "[DONE]")))
        .withMessageContaining("the message of the stream differs from its deltas");
  }

  @ParameterizedTest
  @EnumSource
  void failsAnAnswerWithPartialTextBesideAnError(Way way) {
    String half =
        choice(
            way == Way.WHOLE ? "message" : "delta",
            "\"content\":\"Half a\"",
            ",\"finish_reason\":\"error\",\"error\":{\"code\":502,\"message\":\"upstream died\"}");
    Reply reply = way == Way.WHOLE ? json(200, object(half)) : events(object(half), "[DONE]");

    assertThatExceptionOfType(CallException.ServerFailed.class)
        .isThrownBy(() -> ask(way, reply))
        .withMessageContaining("upstream died");
    assertThat(rig.requests()).isEqualTo(5);
    assertThatExceptionOfType(CallException.MalformedResponse.class)
        .isThrownBy(() -> ask(Way.WHOLE, json(200, Replies.completion("Half a", "error"))))
        .withMessageContaining("finish reason is error");
  }

  private static final CompletionRequest WITH_TOOLS =
      CompletionRequest.ofBody(
          Map.of(
              "messages", List.of(Map.of("role", "user", "content", "hi")),
              "tools", List.of(Map.of("type", "function"))));

  private static String call(String index, String id, String name, String arguments) {
    return "{%s%s\"function\":{%s\"arguments\":%s}}"
        .formatted(
            index.isEmpty() ? "" : "\"index\":" + index + ",",
            id.equals("-") ? "" : "\"id\":" + quoted(id) + ",",
            name.isEmpty() ? "" : "\"name\":" + quoted(name) + ",",
            quoted(arguments));
  }

  private List<Part.ToolCall> streamedCalls(String... calls) {
    Stream<String> pieces = Stream.of(calls).map(call -> piece("\"tool_calls\":[" + call + "]"));
    String[] all = Stream.concat(pieces, Stream.of(finish("tool_calls"))).toArray(String[]::new);
    return ask(Way.STREAM_READ_WHOLE, WITH_TOOLS, events(all)).toolCalls();
  }

  private static final String OSLO = "{\"city\":\"Oslo\"}";
  private static final String ROME = "{\"city\":\"Rome\"}";

  @ParameterizedTest
  @CsvSource({"'', a, b", "0, a, b", "'', '', ''", "0, '', ''", "'', -, -", "0, -, -"})
  void separatesToolCallsWithTheSameIndexOrNone(String index, String first, String second) {
    List<Part.ToolCall> calls =
        streamedCalls(call(index, first, "weather", OSLO), call(index, second, "weather", ROME));

    assertThat(calls).extracting(Part.ToolCall::arguments).containsExactly(OSLO, ROME);
    assertThat(calls).extracting(Part.ToolCall::tool).containsOnly("weather");
    assertThat(calls).extracting(Part.ToolCall::id).doesNotHaveDuplicates();
  }

  @Test
  void separatesToolCallsInOneChunk() {
    String both = call("", "-", "weather", OSLO) + "," + call("", "-", "weather", ROME);

    assertThat(streamedCalls(both))
        .extracting(Part.ToolCall::arguments)
        .containsExactly(OSLO, ROME);
  }

  @ParameterizedTest
  @CsvSource({
    "0, a, '', a",
    "0, a, '', ''",
    "0, a, '', -",
    "'', a, '', a",
    "'', a, '', ''",
    "'', a, '', -",
    "0, a, weather, a",
    "0, '', weather, ''",
    "0, a, '', b",
    "'', '', weather, ''",
  })
  void joinsThePiecesOfACall(String index, String first, String name, String next) {
    List<Part.ToolCall> calls =
        streamedCalls(
            call(index, first, "weather", ""),
            call(index, next, name, OSLO.substring(0, 5)),
            call(index, next, name, OSLO.substring(5)));

    assertThat(calls).hasSize(1);
    assertThat(calls.getFirst().arguments()).isEqualTo(OSLO);
  }

  @Test
  void joinsAlternatingPiecesOfToolCalls() {
    List<Part.ToolCall> calls =
        streamedCalls(
            call("1", "b", "weather", ""),
            call("0", "a", "weather", ""),
            call("1", "-", "", ROME),
            call("0", "-", "", OSLO));

    assertThat(calls).extracting(Part.ToolCall::id).containsExactly("a", "b");
    assertThat(calls).extracting(Part.ToolCall::arguments).containsExactly(OSLO, ROME);
  }

  @Test
  void failsIfToolCallsCannotBeSeparated() {
    assertThatExceptionOfType(CallException.MalformedResponse.class)
        .isThrownBy(
            () -> streamedCalls(call("0", "a", "weather", OSLO), call("0", "a", "weather", ROME)))
        .withMessageContaining("the arguments of several calls of weather");
  }

  @ParameterizedTest
  @EnumSource
  void ignoresAToolCallWithoutAName(Way way) {
    String content = "\"content\":\"Paris\",\"tool_calls\":[" + call("0", "", "", "") + ",null]";
    Reply reply = way == Way.WHOLE ? whole(content) : events(piece(content), finish("stop"));

    Completion answer = ask(way, reply);

    assertThat(answer.text()).isEqualTo("Paris");
    assertThat(answer.problem()).isEmpty();
    assertThat(answer.toolCalls()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void readsTheBodyByItsContentAndNotByTheRequest(Way way) {
    Reply events = events(delta("Par"), delta("is"), finish("stop"), "[DONE]");
    Reply lines =
        json(200, String.join("\n", delta("Par"), delta("is"), finish("stop")), "x-form", "lines");
    Reply blank =
        Replies.bytes(
            200,
            "text/plain",
            "\n\n \n".concat(Replies.completion("Paris", "stop")).getBytes(StandardCharsets.UTF_8));

    for (Reply reply : List.of(events, chat("Paris"), lines, blank)) {
      assertThat(ask(way, reply).text()).isEqualTo("Paris");
      assertThat(rig.requests()).isEqualTo(1);
    }
  }

  @Test
  void readsAStreamForATypedAnswer() {
    rig.close();
    rig = ClientFixture.inTurn(events(delta("{\"name\":"), delta("\"Rex\"}"), finish("stop")));
    CompletionRequest request =
        CompletionRequest.of("hi")
            .withFormat(new ResponseFormat.Schema(JsonSchema.shorthand("name")));

    assertThat(rig.client().completeJson(request)).containsEntry("name", "Rex");
    assertThat(rig.requests()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"lines", "two", "cut"})
  void refusesAnUnfinishedOrSecondObject(String how) {
    String body =
        switch (how) {
          case "lines" -> delta("Par") + "\n" + delta("is");
          case "two" -> Replies.completion("Paris", "stop") + Replies.completion("Rome", "stop");
          default -> delta("Paris");
        };

    for (Way way : Way.values()) {
      assertThatExceptionOfType(CallException.class).isThrownBy(() -> ask(way, json(200, body)));
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"STREAM", "STREAM_READ_WHOLE"})
  void endsAnAnswerWithoutAFinishReasonAtDone(Way way) {
    Completion answer = ask(way, events(delta("Par"), delta("is"), "[DONE]"));

    assertThat(answer.text()).isEqualTo("Paris");
    assertThat(answer.finishReason()).isEqualTo(FinishReason.UNKNOWN);
    assertThat(answer.json()).contains("\"finish_reason\":null");
    assertThat(rig.requests()).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(names = {"STREAM", "STREAM_READ_WHOLE"})
  void skipsEventsThatOnlyKeepAStreamAlive(Way way) {
    String stream =
        "data:\n\ndata: %s\n\ndata: \n\nevent: ping\ndata: now\n\nevent: keepalive\ndata: {}\n\ndata: %s\n\nevent: done\ndata: %s\n\n"
            .formatted(delta("Par"), delta("is"), finish("stop"));

    Completion answer =
        ask(way, Replies.bytes(200, "text/event-stream", stream.getBytes(StandardCharsets.UTF_8)));

    assertThat(answer.text()).isEqualTo("Paris");
    assertThat(rig.requests()).isEqualTo(1);
  }

  private static final List<List<String>> FINISHES =
      new ArrayList<>(
          List.of(
              List.of("SAFETY", "content_filter"),
              List.of("PROHIBITED_CONTENT", "content_filter"),
              List.of("RECITATION", "content_filter"),
              List.of("BLOCKLIST", "content_filter"),
              List.of("SPII", "content_filter"),
              List.of("sensitive", "content_filter"),
              List.of("content_filter: hate", "content_filter"),
              List.of("MAX_TOKENS", "length"),
              List.of("max_tokens", "length"),
              List.of("STOP", "stop"),
              List.of("end_turn", "stop"),
              List.of("eos", "stop"),
              List.of("COMPLETE", "stop"),
              List.of("", "unknown"),
              List.of("brand_new", "brand_new")));

  @ParameterizedTest
  @FieldSource("FINISHES")
  void readsTheFinishReasonsOfOtherServers(List<String> names) {
    Reply half = json(200, Replies.completion("Half a", names.getFirst()));
    Reply stream = events(delta("Half a"), finish(names.getFirst()), "[DONE]");

    for (Way way : Way.values()) {
      Completion answer = ask(way, way == Way.WHOLE ? half : stream);
      assertThat(answer.finishReason().value()).isEqualTo(names.getLast());
      assertThat(answer.text()).isEqualTo("Half a");
      assertThat(answer.truncated()).isEqualTo(names.getLast().equals("length"));
      assertThat(answer.problem().map(AnswerException::code))
          .isEqualTo(java.util.Optional.of("content_filter").filter(names.getLast()::equals));
      assertThat(rig.requests()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void reportsAFilterThatLeftNoText(Way way) {
    Reply reply =
        way == Way.WHOLE
            ? json(
                200, object(choice("message", "\"content\":null", ",\"finish_reason\":\"SAFETY\"")))
            : events(finish("SAFETY"), "[DONE]");

    assertThat(ask(way, reply).problem()).containsInstanceOf(AnswerException.ContentFiltered.class);
    assertThat(rig.requests()).isEqualTo(1);
  }

  @Test
  void keepsTheFinishReasonThatSaysWhatIsMissing() {
    Reply stream = events(delta("Half"), finish("SAFETY"), finish("stop"), "[DONE]");

    assertThat(ask(Way.STREAM, stream).problem())
        .containsInstanceOf(AnswerException.ContentFiltered.class);
  }

  @Test
  void failsATypedAnswerThatWasFilteredOrCut() {
    String text = "{\"name\":\"Rex\"}";
    rig.close();
    rig =
        ClientFixture.inTurn(
            json(200, Replies.completion(text, "SAFETY")),
            json(200, Replies.completion(text, "MAX_TOKENS")));
    LlmClient client = rig.client();

    assertThatExceptionOfType(AnswerException.ContentFiltered.class)
        .isThrownBy(() -> client.completeJson("as JSON"));
    assertThatExceptionOfType(AnswerException.Truncated.class)
        .isThrownBy(() -> client.completeJson("as JSON"));
    assertThat(rig.requests()).isEqualTo(2);
  }

  private record Item(String name) {}

  @Test
  void failsAListOfElementsThatWasFilteredAtItsEnd() {
    String list = "{\"items\":[{\"name\":\"Rex\"}]}";
    rig.close();
    rig = ClientFixture.inTurn(events(delta(list), finish("SAFETY"), "[DONE]"));
    List<Item> items = new ArrayList<>();

    try (ElementStream<Item> stream = rig.client().streamList("dogs", Item.class)) {
      assertThatExceptionOfType(AnswerException.ContentFiltered.class)
          .isThrownBy(() -> stream.forEach(items::add));
    }
    assertThat(items).containsExactly(new Item("Rex"));
  }
}
