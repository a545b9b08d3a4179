package dev.synthlab.llm;

import static dev.synthlab.test.Replies.quoted;
import static org.assertj.core.api.Assertions.assertThat;

import dev.synthlab.call.AttemptResult;
import dev.synthlab.http.Headers;
import dev.synthlab.http.SseReader;
import dev.synthlab.json.Json;
import dev.synthlab.test.Replies;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MappingIterator;

/**
 * Random answers in the forms of many servers, whole and damaged; {@code -Dfuzz.answers=1000000}
 * for more of them. No answer has another text than its bytes.
 */
@Timeout(3600)
class AnswerFuzzTest {
  private static final int ANSWERS = Integer.getInteger("fuzz.answers", 10_000);

  /** Calls of a client, each of which sends requests to a real server. */
  private static final int CALLS = ANSWERS / 20;

  private static final List<String> WORDS =
      List.of("Paris", " ", "\"", "\n", "é", "😀", "{", "}", "\\", "data:", "[DONE]", "", "a b");
  private static final List<String> ENDS =
      List.of("stop", "MAX_TOKENS", "SAFETY", "eos", "strange", "", "error");

  private final Random random = new Random(7);

  /** An answer as it is sent, and what it says. */
  private record Sent(byte[] body, String text, String thought, boolean ends) {}

  @Test
  void readsWhatWasWrittenInAnyForm() throws IOException {
    try (ClientFixture rig = ClientFixture.inTurn(Replies.chat("unused"))) {
      PreparedChat chat = chat(rig);
      for (int i = 0; i < ANSWERS; i++) {
        Sent sent = sent();

        Optional<ChatResult> read = read(chat, sent.body());

        String body = new String(sent.body(), StandardCharsets.UTF_8);
        if (sent.ends() && !sent.text().isEmpty()) {
          assertThat(read).as(body).isPresent();
        }
        if (!sent.ends()) {
          assertThat(read).as(body).isEmpty();
        }
        if (read.isPresent()) {
          assertThat(read.get().answer().text).as(body).hasToString(sent.text());
          assertThat(read.get().answer().reasoningText).as(body).hasToString(sent.thought());
        }
      }
    }
  }

  @Test
  void neverReturnsTextThatDamagedBytesDoNotContain() throws IOException {
    int answers = 0;
    try (ClientFixture rig = ClientFixture.inTurn(Replies.chat("unused"))) {
      PreparedChat chat = chat(rig);
      for (int i = 0; i < ANSWERS; i++) {
        byte[] body = damaged(sent().body());

        Optional<ChatResult> read = read(chat, body);

        if (read.isPresent()) {
          answers++;
          String shown = new String(body, StandardCharsets.UTF_8);
          assertThat(read.get().answer().text).as(shown).hasToString(textOf(body));
        }
      }
    }
    assertThat(answers).isGreaterThan(ANSWERS / 100);
  }

  @Test
  void neverSendsMoreRequestsThanAttemptsAllow() {
    AtomicReference<byte[]> last = new AtomicReference<>(new byte[0]);
    AtomicInteger requests = new AtomicInteger();
    int answers = 0;
    try (ClientFixture rig =
        ClientFixture.of(
            (request, number) -> {
              last.set(damaged(sent().body()));
              requests.incrementAndGet();
              return Replies.bytes(200, "text/event-stream", last.get());
            })) {
      for (int i = 0; i < CALLS; i++) {
        boolean streamed = random.nextBoolean();
        int attempts = 1 + random.nextInt(4);
        CompletionRequest request = CompletionRequest.of("hi").withMaxAttempts(attempts);
        requests.set(0);

        Outcome<Completion> outcome = InternalCalls.of(rig.client()).completion(request, streamed);

        String shown = new String(last.get(), StandardCharsets.UTF_8);
        assertThat(requests).as(shown).hasValueLessThanOrEqualTo(attempts);
        if (outcome instanceof Outcome.Answered<Completion> answered) {
          answers++;
          assertThat(answered.value().text()).as(shown).isEqualTo(asText(last.get()));
        }
      }
    }
    assertThat(answers).isGreaterThan(CALLS / 100);
  }

  private static String asText(byte[] body) {
    try {
      return textOf(body);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void joinsToolCallsInEveryWayOfSplitting() throws IOException {
    try (ClientFixture rig = ClientFixture.inTurn(Replies.chat("unused"))) {
      PreparedChat chat = chat(rig);
      for (int i = 0; i < ANSWERS; i++) {
        List<String> arguments = new ArrayList<>();
        for (int n = 1 + random.nextInt(3); n > 0; n--) {
          arguments.add("{\"a\":" + quoted(pick(WORDS) + pick(WORDS)) + "}");
        }
        List<String> chunks = calls(arguments);
        chunks.add(choices("\"content\":\"\"", "delta", "\"tool_calls\""));
        String body = events(chunks, true);

        Optional<ChatResult> read = read(chat, utf8(body));

        assertThat(read).as(body).isPresent();
        assertThat(read.get().answer().toolCalls())
            .as(body)
            .extracting(Part.ToolCall::arguments)
            .containsExactlyElementsOf(arguments);
      }
    }
  }

  /** The chunks of several calls, in one of the ways of servers. */
  private List<String> calls(List<String> arguments) {
    List<String> chunks = new ArrayList<>();
    int style = random.nextInt(4);
    for (int i = 0; i < arguments.size(); i++) {
      String whole = arguments.get(i);
      String index = style < 2 ? "\"index\":" + (style == 0 ? i : 0) + "," : "";
      String id = style < 3 ? "\"id\":\"call-" + i + "\"," : "";
      String name = "\"name\":\"f\",";
      boolean isSplit = style < 3 && random.nextBoolean();
      int cut = isSplit ? whole.indexOf(':') + 1 : whole.length();
      chunks.add(call(index + id, name, whole.substring(0, cut)));
      if (isSplit) {
        boolean isNamed = random.nextBoolean();
        String again = isNamed || random.nextBoolean() ? id : "\"id\":null,";
        chunks.add(call(index + again, isNamed ? name : "", whole.substring(cut)));
      }
    }
    return chunks;
  }

  private String call(String place, String name, String arguments) {
    String call =
        "{" + place + "\"function\":{" + name + "\"arguments\":" + quoted(arguments) + "}}";
    return choices("\"tool_calls\":[" + call + "]", "delta", "null");
  }

  private static PreparedChat chat(ClientFixture rig) {
    return PreparedChat.of(
        new PreparedChat.ModelContext(rig.endpoint(), new UnsupportedParameters(), 1),
        CompletionRequest.of("hi"),
        true);
  }

  private Optional<ChatResult> read(PreparedChat chat, byte[] body) throws IOException {
    try {
      return Optional.of(
          new ChatBodyReader(random.nextBoolean(), () -> {})
              .read(
                  chat,
                  new AttemptResult.ResponseReceived(
                      200, Headers.NONE, new ByteArrayInputStream(body))));
    } catch (UnusableResponseException e) {
      return Optional.empty();
    }
  }

  private String pick(List<String> from) {
    return from.get(random.nextInt(from.size()));
  }

  private Sent sent() {
    boolean whole = random.nextInt(3) == 0;
    List<String> chunks = new ArrayList<>();
    StringBuilder text = new StringBuilder();
    StringBuilder thought = new StringBuilder();
    int pieces = whole ? 1 : random.nextInt(5);
    for (int i = 0; i < pieces; i++) {
      String words = pick(WORDS) + pick(WORDS);
      String thinks = random.nextInt(3) == 0 ? pick(WORDS) : "";
      text.append(words);
      thought.append(thinks);
      String content = content(words, thinks);
      chunks.add(whole ? content : choices(content, "delta", "null"));
    }
    String end = pick(ENDS);
    boolean failed = end.equals("error");
    if (whole) {
      String body = choices(chunks.getFirst(), "message", quoted(end));
      String space = random.nextBoolean() ? "\n \n" : "";
      return new Sent(utf8(space + body), text.toString(), thought.toString(), !failed);
    }
    boolean finishes = random.nextInt(4) > 0;
    if (finishes) {
      chunks.add(choices("\"content\":null", "delta", quoted(end)));
    }
    boolean lines = random.nextInt(4) == 0 && !chunks.isEmpty();
    boolean done = !lines && random.nextBoolean();
    boolean ends = done || (finishes && !end.isEmpty());
    String body = lines ? String.join("\n", chunks) : events(chunks, done);
    return new Sent(utf8(body), text.toString(), thought.toString(), ends && !(finishes && failed));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private String content(String words, String thinks) {
    String part = "{\"type\":\"text\",\"text\":" + quoted(words) + "}";
    String thinking = "{\"type\":\"thinking\",\"thinking\":" + quoted(thinks) + "}";
    return switch (random.nextInt(4)) {
      case 0 -> "\"content\":" + quoted(words) + ",\"reasoning\":" + quoted(thinks);
      case 1 -> "\"reasoning_content\":" + quoted(thinks) + ",\"content\":[" + part + "]";
      case 2 -> "\"content\":[" + thinking + ",{\"type\":\"noise\",\"text\":\"x\"}," + part + "]";
      default -> "\"content\":[" + quoted(words) + "," + thinking + "],\"refusal\":null";
    };
  }

  private String choices(String content, String name, String finish) {
    String zero =
        random.nextBoolean()
            ? "{\"index\":0,\"" + name + "\":{" + content + "},\"finish_reason\":" + finish + "}"
            : "{\"finish_reason\":" + finish + ",\"" + name + "\":{" + content + "},\"index\":0}";
    String one = "{\"" + name + "\":{\"content\":\"other\"},\"index\":1}";
    String all =
        switch (random.nextInt(6)) {
          case 0 -> zero + "," + one;
          case 1 -> one + "," + zero;
          default -> zero;
        };
    return "{\"id\":\"c\",\"choices\":[" + all + "],\"usage\":null}";
  }

  private String events(List<String> chunks, boolean done) {
    String end = pick(List.of("\n", "\r\n", "\r"));
    StringBuilder all = new StringBuilder();
    for (String chunk : chunks) {
      all.append(pick(List.of("", ": alive\n\n", "data:\n\n", "event: ping\ndata: 1\n\n")));
      all.append("data:").append(pick(List.of("", " "))).append(chunk).append("\n\n");
    }
    all.append(done ? "data: [DONE]\n\n" : "");
    return all.toString().replace("\n", end);
  }

  private byte[] damaged(byte[] body) {
    byte[] all = body;
    for (int i = random.nextInt(3); i >= 0 && all.length > 0; i--) {
      int from = random.nextInt(all.length);
      int to = Math.min(all.length, from + 1 + random.nextInt(40));
      byte[] part = Arrays.copyOfRange(all, from, to);
      all =
          switch (random.nextInt(4)) {
            case 0 -> joined(Arrays.copyOf(all, to), Arrays.copyOfRange(all, from, all.length));
            case 1 -> joined(Arrays.copyOf(all, from), Arrays.copyOfRange(all, to, all.length));
            case 2 -> Arrays.copyOf(all, from);
            default -> {
              byte[] other = all.clone();
              other[from] = part[random.nextInt(part.length)];
              yield other;
            }
          };
    }
    return all;
  }

  private static byte[] joined(byte[] one, byte[] two) {
    byte[] all = Arrays.copyOf(one, one.length + two.length);
    System.arraycopy(two, 0, all, one.length, two.length);
    return all;
  }

  /** The text of an answer, read another way: as trees. */
  private static String textOf(byte[] body) throws IOException {
    String all = new String(body, StandardCharsets.UTF_8).stripLeading();
    if (all.startsWith("{")) {
      return textOf(all, true);
    }
    StringBuilder text = new StringBuilder();
    SseReader events = new SseReader(new ByteArrayInputStream(utf8(all)));
    for (var event = events.next(); event.isPresent(); event = events.next()) {
      String data = event.get().data().strip();
      if (data.equals("[DONE]")) {
        break;
      }
      text.append(data.startsWith("{") ? textOf(data, false) : "");
    }
    return text.toString();
  }

  /** The text of one or several objects. */
  private static String textOf(String json, boolean isWhole) {
    StringBuilder text = new StringBuilder();
    try (MappingIterator<JsonNode> values =
        Json.mapper().readerFor(JsonNode.class).readValues(json)) {
      values.forEachRemaining(value -> text.append(textOf(value, isWhole)));
    } catch (JacksonException e) {
      throw new AssertionError("an answer whose JSON is broken: " + json, e);
    }
    return text.toString();
  }

  private static String textOf(JsonNode answer, boolean isWhole) {
    JsonNode choices = answer.path("choices");
    if (!choices.isArray()) {
      return "";
    }
    for (int i = 0; i < choices.size(); i++) {
      JsonNode index = choices.path(i).path("index");
      if ((index.isIntegralNumber() ? Math.max(0, index.asLong()) : i) == 0) {
        return textOf(choices.path(i));
      }
    }
    boolean fallback = isWhole && !choices.path(0).path("delta").isObject();
    return fallback ? textOf(choices.path(0)) : "";
  }

  private static String textOf(JsonNode choice) {
    JsonNode content =
        choice.path("delta").isObject() ? choice.path("delta") : choice.path("message");
    StringBuilder text = new StringBuilder();
    JsonNode value = content.path("content");
    for (JsonNode part : value.isArray() ? value : List.of(value)) {
      String type = part.path("type").asString("text");
      text.append(
          part.isObject() && type.equalsIgnoreCase("text")
              ? part.path("text").asString("")
              : part.isString() ? part.asString() : "");
    }
    return text.toString();
  }
}
