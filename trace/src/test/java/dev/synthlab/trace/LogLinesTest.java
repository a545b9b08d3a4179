package dev.synthlab.trace;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.synthlab.call.Timer;
import dev.synthlab.call.TrafficControl;
import dev.synthlab.config.Environment;
import dev.synthlab.config.Settings;
import dev.synthlab.config.TraceSettings;
import dev.synthlab.http.OkHttpTransport;
import dev.synthlab.json.JsonSchema;
import dev.synthlab.llm.CompletionRequest;
import dev.synthlab.llm.LlmClient;
import dev.synthlab.llm.TextStream;
import dev.synthlab.llm.Tool;
import dev.synthlab.spans.Tracing;
import dev.synthlab.test.Replies;
import dev.synthlab.test.ScriptedServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** Which log lines can be found by the trace they belong to. */
@Timeout(30)
class LogLinesTest {
  private final Logger logger = (Logger) LoggerFactory.getLogger("dev.synthlab");
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private final List<Map<String, String>> told = new CopyOnWriteArrayList<>();
  private final OkHttpTransport transport = new OkHttpTransport();
  private final ScriptedServer phoenix =
      ScriptedServer.start(
          (request, number) -> Replies.bytes(200, "application/x-protobuf", new byte[0]));

  @BeforeEach
  void begin() {
    lines.list = new CopyOnWriteArrayList<>();
    lines.start();
    logger.setLevel(Level.DEBUG);
    logger.addAppender(lines);
    PhoenixTracing.setup(TraceSettings.to(phoenix.base().resolve("/")));
  }

  @AfterEach
  void end() {
    PhoenixTracing.shutdown();
    logger.detachAppender(lines);
    transport.close();
    phoenix.close();
  }

  private LlmClient client(ScriptedServer models) {
    return LlmClient.builder()
        .settings(
            Settings.from(Environment.of(Map.of("OPENAI_BASE_URL", models.base().toString())))
                .llm())
        .transport(transport)
        .timer(Timer.system())
        .traffic(TrafficControl.by(Timer.system(), TrafficControl.RouteLimits.DEFAULT))
        .addObserver(report -> told.add(words()))
        .build();
  }

  private static Map<String, String> words() {
    Map<String, String> words = MDC.getCopyOfContextMap();
    return words == null ? Map.of() : words;
  }

  /** Of each line about an attempt. */
  private Stream<Map<String, String>> attempts() {
    return new ArrayList<>(lines.list)
        .stream()
            .filter(line -> line.getFormattedMessage().startsWith("attempt"))
            .map(ILoggingEvent::getMDCPropertyMap);
  }

  @Test
  void containTheSpanIdOfEachConcurrentCall() {
    try (ScriptedServer models = ScriptedServer.start((request, n) -> Replies.chat("blue"))) {
      List<CompletionRequest> requests =
          Stream.generate(() -> CompletionRequest.of("Why?")).limit(4).toList();

      String trace =
          Tracing.chain(
              "many",
              () -> {
                client(models).askAll(requests);
                return Tracing.traceId().orElseThrow();
              });

      assertThat(attempts())
          .hasSize(4)
          .allSatisfy(w -> assertThat(w).containsEntry("trace_id", trace));
      assertThat(attempts().map(words -> words.get("span_id"))).doesNotHaveDuplicates();
    }
  }

  @Test
  void containTheTraceIdForToolsAndEveryRound() {
    JsonSchema schema =
        JsonSchema.parse(
            "{\"title\":\"place\",\"type\":\"object\",\"properties\":{},\"required\":[],"
                + "\"additionalProperties\":false}");
    try (ScriptedServer models =
        ScriptedServer.inTurn(
            Replies.json(
                200,
                "{\"choices\":[{\"message\":{\"role\":\"assistant\",\"content\":null,"
                    + "\"tool_calls\":[{\"id\":\"1\",\"type\":\"function\",\"function\":"
                    + "{\"name\":\"weather\",\"arguments\":\"{}\"}}]},"
                    + "\"finish_reason\":\"tool_calls\"}]}"),
            Replies.chat("sunny"))) {
      Tool weather =
          new Tool(
              "weather",
              "Weather.",
              schema,
              call -> {
                told.add(words());
                return "sunny";
              });

      client(models).ask(CompletionRequest.of("Weather?").withTools(weather));

      assertThat(told).hasSize(3);
      assertThat(told).allSatisfy(words -> assertThat(words).containsKeys("trace_id", "span_id"));
      assertThat(attempts()).hasSize(2);
      assertThat(Stream.concat(told.stream(), attempts()).map(words -> words.get("trace_id")))
          .containsOnly(told.getFirst().get("trace_id"));
      assertThat(told.stream().map(words -> words.get("span_id"))).doesNotHaveDuplicates();
    }
  }

  @Test
  void containTheSpanIdOfAStreamUntilItsEnd() {
    try (ScriptedServer models =
        ScriptedServer.inTurn(
            Replies.events(
                Replies.delta("blue"), Replies.finish("stop"), Replies.usage(), "[DONE]"))) {
      try (TextStream stream = client(models).stream("Why?")) {
        stream.forEach(piece -> {});
      }

      assertThat(told).hasSize(1);
      Map<String, String> attempt = attempts().findFirst().orElseThrow();
      assertThat(attempt).containsKeys("trace_id", "span_id");
      assertThat(told.getFirst())
          .containsEntry("trace_id", attempt.get("trace_id"))
          .containsEntry("span_id", attempt.get("span_id"));
      assertThat(words()).doesNotContainKeys("trace_id", "span_id");
    }
  }
}
