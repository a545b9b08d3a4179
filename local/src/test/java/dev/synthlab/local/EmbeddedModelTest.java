package dev.synthlab.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.synthlab.http.Headers;
import dev.synthlab.http.Request;
import dev.synthlab.http.Response;
import dev.synthlab.http.Transport;
import dev.synthlab.http.TransportException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The real model, through the transport that everything else uses. */
@Timeout(60)
class EmbeddedModelTest {
  private static final String LONG =
      "{'messages':[{'role':'user','content':'Write a long story about a ship.'}],"
          + "'temperature':0,'max_tokens':1000%s}";
  private static Transport transport;

  @BeforeAll
  static void open() throws Exception {
    Local.weights();
    transport =
        new LocalTransportProvider(Local.QUIET)
            .open(Local.settings(Optional.empty(), Local.CACHE, 1, 24));
  }

  @AfterAll
  static void close() {
    transport.close();
  }

  @Test
  void isFoundByItsScheme() {
    var schemes =
        ServiceLoader.load(dev.synthlab.http.TransportProvider.class).stream()
            .map(provider -> provider.get().scheme())
            .toList();

    assertThat(schemes).containsExactly("local");
  }

  @Test
  void answersLikeAServer() throws Exception {
    JsonNode answer =
        Local.answer(
            transport,
            "{'model':'gpt-x','messages':[{'role':'user','content':'What is the capital of"
                + " Norway?'}],'temperature':0,'max_tokens':40}");

    assertThat(Local.content(answer)).contains("Oslo");
    assertThat(Local.finish(answer)).isEqualTo("stop");
    assertThat(answer.path("object").stringValue()).isEqualTo("chat.completion");
    assertThat(answer.path("model").stringValue()).isEqualTo("smollm2-135m");
    assertThat(answer.at("/choices/0/message/role").stringValue()).isEqualTo("assistant");
  }

  @Test
  void countsTheTokensOfTemplateAndAnswer() throws Exception {
    JsonNode answer =
        Local.answer(
            transport,
            "{'messages':[{'role':'system','content':'Be brief.'},{'role':'user','content':'Hi'}],"
                + "'temperature':0}");

    // <|im_start|> system \n Be brief . <|im_end|> \n, the same for the user, and the first line
    // of the assistant: 8 + 6 + 4 ("assistant" is two).
    assertThat(answer.at("/usage/prompt_tokens").intValue()).isEqualTo(18);
    int completion = answer.at("/usage/completion_tokens").intValue();
    assertThat(completion).isBetween(1, 24);
    assertThat(answer.at("/usage/total_tokens").intValue()).isEqualTo(18 + completion);
  }

  @Test
  void streamsTheSameTextAsInAWholeAnswer() throws Exception {
    String body =
        "{'messages':[{'role':'user','content':'Name three colours. \uD83D\uDE00'}],"
            + "'temperature':0,'max_tokens':30%s}";
    JsonNode whole = Local.answer(transport, body.formatted(""));

    Response response =
        Local.send(
            transport, body.formatted(",'stream':true,'stream_options':{'include_usage':true}"));
    List<String> events = Local.text(response).lines().filter(line -> !line.isEmpty()).toList();

    assertThat(response.headers().first("content-type")).contains("text/event-stream");
    assertThat(events).allMatch(event -> event.startsWith("data: "));
    assertThat(events.getLast()).isEqualTo("data: [DONE]");
    List<JsonNode> chunks =
        events.subList(0, events.size() - 1).stream()
            .map(event -> JsonMapper.shared().readTree(event.substring(6)))
            .toList();
    StringBuilder text = new StringBuilder();
    chunks.forEach(chunk -> text.append(chunk.at("/choices/0/delta/content").asString("")));
    assertThat(text).hasToString(Local.content(whole));
    assertThat(chunks.getFirst().at("/choices/0/delta/role").stringValue()).isEqualTo("assistant");
    assertThat(chunks.getLast().path("usage")).isEqualTo(whole.path("usage"));
    assertThat(chunks.get(chunks.size() - 2).at("/choices/0/finish_reason").stringValue())
        .isEqualTo(Local.finish(whole));
  }

  @Test
  void stopsAtExactlyTheRequestedNumberOfTokens() throws Exception {
    JsonNode answer =
        Local.answer(transport, LONG.formatted(",'max_completion_tokens':7").replace("1000", "9"));

    assertThat(Local.finish(answer)).isEqualTo("length");
    assertThat(answer.at("/usage/completion_tokens").intValue()).isEqualTo(7);
    assertThat(Local.content(answer)).isNotEmpty();
  }

  @Test
  void stopsAtTheDefaultTokenLimit() throws Exception {
    JsonNode answer = Local.answer(transport, LONG.replace(",'max_tokens':1000", "").formatted(""));

    assertThat(Local.finish(answer)).isEqualTo("length");
    assertThat(answer.at("/usage/completion_tokens").intValue()).isEqualTo(24);
  }

  @Test
  void stopsBeforeAStopSequence() throws Exception {
    JsonNode answer =
        Local.answer(
            transport,
            "{'messages':[{'role':'user','content':'What is the capital of Norway?'}],"
                + "'temperature':0,'max_tokens':40,'stop':['Oslo','zzz']}");

    assertThat(Local.finish(answer)).isEqualTo("stop");
    assertThat(Local.content(answer)).isNotEmpty().doesNotContain("Oslo");
  }

  @Test
  void obeysTheSystemPrompt() throws Exception {
    String body =
        "{'messages':[{'role':'%s','content':'You are a pirate named Redbeard.'},"
            + "{'role':'user','content':'What is your name?'}],'temperature':0,'max_tokens':30}";

    String asSystem = Local.content(Local.answer(transport, body.formatted("system")));
    String asDeveloper = Local.content(Local.answer(transport, body.formatted("developer")));

    assertThat(asSystem).contains("Aye").isEqualTo(asDeveloper);
  }

  @Test
  void answersTheSameForTheSameSeed() throws Exception {
    String body =
        "{'messages':[{'role':'user','content':'Tell me a joke.'}],'temperature':1.5,"
            + "'max_tokens':16,'seed':%d}";

    String first = Local.content(Local.answer(transport, body.formatted(7)));
    String again = Local.content(Local.answer(transport, body.formatted(7)));
    String other = Local.content(Local.answer(transport, body.formatted(8)));

    assertThat(first).isEqualTo(again).isNotEqualTo(other);
  }

  @Test
  void writesAnObjectInJsonMode() throws Exception {
    JsonNode answer =
        Local.answer(
            transport,
            "{'messages':[{'role':'user','content':'Rex is a dog, 3 years old. Answer in JSON with the keys"
                + " name and age.'}],'temperature':0,'max_tokens':200,"
                + "'response_format':{'type':'json_object'}}");

    assertThat(Local.finish(answer)).isEqualTo("stop");
    assertThat(JsonMapper.shared().readTree(Local.content(answer)).isObject()).isTrue();
  }

  @Test
  void obeysAJsonSchema() throws Exception {
    JsonNode answer =
        Local.answer(
            transport,
            "{'messages':[{'role':'user','content':'Rex is a dog of 3 years.'}],'temperature':0,"
                + "'max_tokens':100,'response_format':{'type':'json_schema','json_schema':"
                + "{'name':'pet','schema':{'type':'object','properties':{"
                + "'kind':{'enum':['dog','cat']},'old':{'type':'boolean'}},"
                + "'required':['kind','old'],'additionalProperties':false}}}}");

    JsonNode pet = JsonMapper.shared().readTree(Local.content(answer));
    assertThat(pet.propertyNames()).containsExactly("kind", "old");
    assertThat(pet.path("kind").stringValue()).isIn("dog", "cat");
    assertThat(pet.path("old").isBoolean()).isTrue();
  }

  @Test
  void refusesAnUnsupportedSchemaAndContinues() throws Exception {
    Response response =
        Local.send(
            transport,
            "{'messages':[{'role':'user','content':'Hi'}],'response_format':{'type':'json_schema',"
                + "'json_schema':{'schema':{'type':'nonsense'}}}}");

    assertThat(response.status()).isEqualTo(400);
    assertThat(Local.text(response)).contains("response_format", "invalid_json_schema");
    JsonNode next =
        Local.answer(transport, "{'messages':[{'role':'user','content':'Hi'}],'max_tokens':1}");
    assertThat(next.at("/usage/completion_tokens").intValue()).isEqualTo(1);
  }

  @Test
  void refusesAPromptLongerThanTheContext() throws Exception {
    String words = "word ".repeat(5000);

    Response response =
        Local.send(transport, "{'messages':[{'role':'user','content':'" + words + "'}]}");

    assertThat(response.status()).isEqualTo(400);
    assertThat(Local.text(response)).contains("context_length_exceeded", "4096");
  }

  @Test
  void stopsWithinASecondWhenClosedAndFreesItsSlot() throws Exception {
    Response response = Local.send(transport, LONG.formatted(",'stream':true"));
    assertThat(response.body().read()).isEqualTo('d');

    long start = System.nanoTime();
    response.body().close();
    JsonNode next =
        Local.answer(transport, "{'messages':[{'role':'user','content':'Hi'}],'max_tokens':1}");

    assertThat(next.at("/usage/completion_tokens").intValue()).isEqualTo(1);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
  }

  @Test
  void stopsReadingALongPromptWhenClosed() throws Exception {
    String words = "word ".repeat(2500);
    Response response =
        Local.send(transport, "{'messages':[{'role':'user','content':'" + words + "'}]}");

    long start = System.nanoTime();
    response.body().close();
    Local.answer(transport, "{'messages':[{'role':'user','content':'Hi'}],'max_tokens':1}");

    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
  }

  @Test
  void stopsWhenTheReaderIsInterrupted() throws Exception {
    Response response = Local.send(transport, LONG.formatted(""));
    Thread reader = Thread.currentThread();
    Thread.ofVirtual().start(reader::interrupt);

    assertThatExceptionOfType(TransportException.class)
        .isThrownBy(() -> response.body().readAllBytes())
        .matches(e -> e.phase() == TransportException.Phase.BODY);

    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void listsItsModel() throws Exception {
    Request request = Request.get(URI.create("local:///smollm2-135m/models"), Headers.NONE);

    Response response = transport.send(request, Duration.ofSeconds(1));

    assertThat(response.status()).isEqualTo(200);
    assertThat(Local.text(response)).contains("\"id\":\"smollm2-135m\"");
  }
}
