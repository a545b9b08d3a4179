package dev.synthlab.openai;

import static io.opentelemetry.api.common.AttributeKey.doubleKey;
import static io.opentelemetry.api.common.AttributeKey.longKey;
import static io.opentelemetry.api.common.AttributeKey.stringKey;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.openai.models.embeddings.EmbeddingCreateParams;
import dev.synthlab.spans.Tracing;
import dev.synthlab.test.Replies;
import dev.synthlab.test.ScriptedServer;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The spans and reports of the calls of the library. */
@Timeout(20)
class CarriedSpansTest {
  private static String text(SpanData span, String name) {
    return String.valueOf(span.getAttributes().get(stringKey(name)));
  }

  private static long number(SpanData span, String name) {
    Long value = span.getAttributes().get(longKey(name));
    return value == null ? -1 : value;
  }

  @Test
  void showMessagesTokensAndCostOfAChatCompletion() {
    try (ScriptedServer server = ScriptedServer.inTurn(Replies.json(200, Calls.counted("Oslo")));
        Lab lab = Lab.of(server)) {
      var raw = lab.client.chat().completions().withRawResponse().create(Calls.question());

      SpanData span = lab.span("chat gpt-4o-mini");
      assertThat(text(span, "openinference.span.kind")).isEqualTo("LLM");
      assertThat(text(span, "llm.input_messages.0.message.role")).isEqualTo("user");
      assertThat(text(span, "llm.input_messages.0.message.content"))
          .isEqualTo("The capital of Norway?");
      assertThat(text(span, "llm.output_messages.0.message.content")).isEqualTo("Oslo");
      assertThat(number(span, "llm.token_count.prompt")).isEqualTo(9);
      assertThat(number(span, "llm.token_count.completion")).isEqualTo(1);
      assertThat(span.getAttributes().get(doubleKey("llm.cost.total"))).isPositive();
      assertThat(text(span, "synthlab.call_id"))
          .isEqualTo(raw.headers().values("x-synthlab-call-id").getFirst());
      assertThat(lab.span("attempt 1").getParentSpanId()).isEqualTo(span.getSpanId());
      assertThat(lab.reports.element().spend().inputTokens()).isEqualTo(9);
    }
  }

  @Test
  void belongToTheSpanOfTheirCallerIfTheyAreAsynchronous() throws Exception {
    try (ScriptedServer server = ScriptedServer.inTurn(Replies.chat("Oslo"));
        Lab lab = Lab.of(server)) {
      String trace =
          Tracing.with(
              lab.openTelemetry,
              () ->
                  Tracing.chain(
                      "interview",
                      () -> {
                        lab.client.async().chat().completions().create(Calls.question()).join();
                        return Tracing.traceId().orElseThrow();
                      }));

      assertThat(lab.span("chat gpt-4o-mini").getTraceId()).isEqualTo(trace);
    }
  }

  @Test
  void showTheTextOfAStream() {
    try (ScriptedServer server =
            ScriptedServer.inTurn(
                Replies.events(
                    Replies.delta("Os"),
                    Replies.delta("lo"),
                    Replies.finish("stop"),
                    Replies.usage(),
                    "[DONE]"));
        Lab lab = Lab.of(server)) {
      try (var chunks = lab.client.chat().completions().createStreaming(Calls.question())) {
        assertThat(chunks.stream().count()).isEqualTo(4);
      }

      SpanData span = lab.span("chat gpt-4o-mini");
      assertThat(text(span, "llm.output_messages.0.message.content")).isEqualTo("Oslo");
      assertThat(number(span, "llm.token_count.total")).isEqualTo(12);
      assertThat(span.getEvents())
          .anyMatch(event -> event.getName().equals("First Token Stream Event"));
    }
  }

  @Test
  void showAResponseObject() {
    try (ScriptedServer server = ScriptedServer.inTurn(Replies.json(200, Calls.RESPONSE));
        Lab lab = Lab.of(server)) {
      lab.client.responses().create(Calls.response());

      assertResponse(lab);
    }
  }

  @Test
  void showTheStreamOfAResponseObject() {
    try (ScriptedServer server = ScriptedServer.inTurn(CarriedCallsTest.responseEvents());
        Lab lab = Lab.of(server)) {
      try (var events = lab.client.responses().createStreaming(Calls.response())) {
        assertThat(events.stream().count()).isEqualTo(4);
      }

      assertResponse(lab);
    }
  }

  private static void assertResponse(Lab lab) {
    SpanData span = lab.span("chat gpt-4o-mini");
    assertThat(text(span, "llm.input_messages.0.message.content")).isEqualTo("One word.");
    assertThat(text(span, "llm.input_messages.1.message.content"))
        .isEqualTo("The capital of Norway?");
    assertThat(text(span, "llm.output_messages.0.message.content")).isEqualTo("Oslo");
    assertThat(number(span, "llm.token_count.prompt")).isEqualTo(12);
    assertThat(number(span, "llm.token_count.prompt_details.cache_read")).isEqualTo(2);
    assertThat(number(span, "llm.token_count.completion_details.reasoning")).isEqualTo(1);
    assertThat(span.getAttributes().get(doubleKey("llm.cost.total"))).isPositive();
  }

  @Test
  void showTheInputsAndTokensOfEmbeddings() {
    String json =
        """
        {"object":"list","model":"text-embedding-3-small","data":[{"object":"embedding","index":0,\
        "embedding":[0.5,0.25]}],"usage":{"prompt_tokens":4,"total_tokens":4}}""";
    try (ScriptedServer server = ScriptedServer.inTurn(Replies.json(200, json));
        Lab lab = Lab.of(server)) {
      lab.client
          .embeddings()
          .create(
              EmbeddingCreateParams.builder()
                  .model("text-embedding-3-small")
                  .input("Oslo")
                  .build());

      SpanData span = lab.span("CreateEmbeddings");
      assertThat(text(span, "embedding.embeddings.0.embedding.text")).isEqualTo("Oslo");
      assertThat(number(span, "llm.token_count.prompt")).isEqualTo(4);
    }
  }

  @Test
  void showTheAttemptsOfOtherRequests() {
    String list = "{\"object\":\"list\",\"data\":[]}";
    try (ScriptedServer server =
            ScriptedServer.inTurn(Replies.error(503, "busy", "later"), Replies.json(200, list));
        Lab lab = Lab.of(server)) {
      lab.client.models().list();

      assertThat(lab.names()).contains("attempt 1", "attempt 2").endsWith("GET /models");
      assertThat(number(lab.span("GET /models"), "synthlab.attempts")).isEqualTo(2);
    }
  }

  @Test
  void showAFailure() {
    try (ScriptedServer server =
            ScriptedServer.inTurn(Replies.error(401, "invalid_api_key", "Wrong: " + Lab.KEY));
        Lab lab = Lab.of(server)) {
      catchThrowable(() -> lab.client.chat().completions().create(Calls.question()));

      SpanData span = lab.span("chat gpt-4o-mini");
      assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
      assertThat(text(span, "error.type")).isEqualTo("authentication");
      assertThat(lab.spans.getFinishedSpanItems().toString()).doesNotContain(Lab.KEY);
    }
  }
}
