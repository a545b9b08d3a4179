package dev.synthlab.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synthlab.http.Headers;
import dev.synthlab.http.Request;
import dev.synthlab.http.Response;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Requests that are answered without a model. */
class ErrorResponseTest {
  private static final String USER = "'messages':[{'role':'user','content':'hi'}]";

  private final LocalTransport transport =
      new LocalTransport(
          "m",
          8,
          Local.engines(
              1,
              () -> {
                throw new AssertionError("no model is needed for this");
              }),
          Clock.systemUTC());

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{                                                     | ~~            | not JSON",
        "[1]                                                   | ~~            | JSON object",
        "{}                                                    | messages      | at least one",
        "{'messages':[]}                                       | messages      | at least one",
        "{'messages':[{'role':'tool','content':'a'}]}  | messages[0].role | was 'tool'",
        "{'messages':[{'content':'a'}]}                | messages[0].role | was ''",
        "{'messages':[{'role':'user'}]}                | messages[0].content | text parts",
        "{'messages':[{'role':'user','content':[{'type':'image_url'}]}]} | messages[0].content[0] | type 'image_url'",
        "{USER,'n':2}                                          | n             | n must be 1",
        "{USER,'n':0}                                          | n             | positive",
        "{USER,'max_tokens':0}                                 | max_tokens    | was 0",
        "{USER,'max_tokens':99999999999}                       | max_tokens    | was 99999999999",
        "{USER,'max_completion_tokens':1.5}          | max_completion_tokens | was 1.5",
        "{USER,'temperature':2.5}                              | temperature   | 0 to 2.0",
        "{USER,'temperature':'hot'}                            | temperature   | hot",
        "{USER,'top_p':-1}                                     | top_p         | 0 to 1.0",
        "{USER,'seed':'x'}                                     | seed          | integer",
        "{USER,'stop':[1]}                                     | stop          | strings",
        "{USER,'stream':'yes'}                                 | stream        | true or false",
        "{USER,'response_format':{'type':'xml'}}      | response_format | was 'xml'",
        "{USER,'response_format':{'type':'json_schema'}} | response_format | must be an object",
      })
  void reportsTheInvalidParameter(String body, String param, String message) throws Exception {
    Response response = Local.send(transport, body.replace("USER", USER));

    assertThat(response.status()).isEqualTo(400);
    JsonNode error = JsonMapper.shared().readTree(Local.text(response)).path("error");
    assertThat(error.path("message").stringValue()).contains(message);
    assertThat(error.path("param").asString("")).isEqualTo(param);
    assertThat(error.path("type").stringValue()).isEqualTo("invalid_request_error");
  }

  @Test
  void returnsNotFoundForAnUnknownPath() throws Exception {
    Request request = Request.get(URI.create("local:///m/responses"), Headers.NONE);

    Response response = transport.send(request, Duration.ofSeconds(1));

    assertThat(response.status()).isEqualTo(404);
    assertThat(Local.text(response)).contains("GET /m/responses");
  }

  @Test
  void refusesGetForChatCompletions() throws Exception {
    Request request = Request.get(URI.create("local:///m/chat/completions"), Headers.NONE);

    Response response = transport.send(request, Duration.ofSeconds(1));

    assertThat(response.status()).isEqualTo(405);
  }
}
