package dev.synthlab.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TailSamplerTest {
  private final InMemorySpanExporter shown = InMemorySpanExporter.create();
  private final SpanCounters counters = new SpanCounters(100);

  @Test
  void dropsASuccessfulUnsampledCallWithItsChildren() {
    Tracer tracer = tracer(0);

    call(tracer, Context.root(), "LLM", 1, StatusCode.OK);

    assertThat(names()).isEmpty();
    assertThat(counters.stats("").ended()).isZero();
  }

  @Test
  void exportsEveryFailureWithItsChildren() {
    Tracer tracer = tracer(0);

    call(tracer, Context.root(), "LLM", 1, StatusCode.ERROR);

    assertThat(names()).containsExactly("attempt 1", "LLM");
    assertThat(counters.stats("").ended()).isEqualTo(2);
  }

  @Test
  void exportsEveryRetriedCall() {
    Tracer tracer = tracer(0);

    call(tracer, Context.root(), "EMBEDDING", 3, StatusCode.OK);

    assertThat(names()).containsExactly("attempt 1", "attempt 2", "attempt 3", "EMBEDDING");
  }

  @ParameterizedTest
  @ValueSource(strings = {"CHAIN", "AGENT", "TOOL"})
  void exportsEveryStepAroundCalls(String kind) {
    Tracer tracer = tracer(0);
    Span step = tracer.spanBuilder(kind).setAttribute("openinference.span.kind", kind).startSpan();

    call(tracer, Context.root().with(step), "LLM", 1, StatusCode.OK);
    step.end();

    assertThat(names()).containsExactly(kind);
  }

  @Test
  void exportsTheSuccessfulRoundsOfARepairedAnswer() {
    SdkTracerProvider provider = provider(0);

    typed(provider, 2, StatusCode.OK);

    assertThat(names()).containsExactly("attempt 1", "LLM", "attempt 1", "LLM", "typed");
    assertThat(counters.stats("").ended()).isEqualTo(5);
  }

  @Test
  void exportsTheWholeRequestIfALaterRoundFailed() {
    SdkTracerProvider provider = provider(0);

    typed(provider, 1, StatusCode.ERROR);

    assertThat(names()).containsExactly("attempt 1", "LLM", "typed");
  }

  @Test
  void dropsASuccessfulRequestOfSeveralSpansCompletely() {
    SdkTracerProvider provider = provider(0);

    typed(provider, 1, StatusCode.OK);

    assertThat(names()).isEmpty();
    assertThat(counters.stats("").ended()).isZero();
  }

  @Test
  void samplesARequestWithAllItsRounds() {
    SdkTracerProvider provider = provider(0.5);

    for (int i = 0; i < 400; i++) {
      typed(provider, 1, StatusCode.OK);
    }

    long requests = names().stream().filter("typed"::equals).count();
    assertThat(requests).isBetween(140L, 260L);
    assertThat(names().stream().filter("LLM"::equals).count()).isEqualTo(requests);
  }

  /** A value that took some rounds, each answered. */
  private void typed(SdkTracerProvider provider, int rounds, StatusCode status) {
    Tracer llm = provider.get("synth_lab.llm");
    Span typed =
        llm.spanBuilder("typed").setAttribute("openinference.span.kind", "CHAIN").startSpan();
    for (int i = 0; i < rounds; i++) {
      call(llm, Context.root().with(typed), "LLM", 1, StatusCode.OK);
    }
    typed.setAttribute("synthlab.rounds", rounds).setStatus(status).end();
  }

  @Test
  void exportsAboutTheConfiguredShare() {
    Tracer tracer = tracer(0.25);

    for (int i = 0; i < 4_000; i++) {
      call(tracer, Context.root(), "LLM", 1, StatusCode.OK);
    }

    assertThat(names().stream().filter("LLM"::equals).count()).isBetween(850L, 1_150L);
    assertThat(names().stream().filter("attempt 1"::equals).count())
        .isEqualTo(names().stream().filter("LLM"::equals).count());
  }

  @Test
  void exportsPendingSpansAtShutdown() {
    SdkTracerProvider provider = provider(0);
    Tracer tracer = provider.get("test");
    Span llm = tracer.spanBuilder("LLM").setAttribute("openinference.span.kind", "LLM").startSpan();
    tracer.spanBuilder("attempt 1").setParent(Context.root().with(llm)).startSpan().end();

    shown.reset();
    provider.shutdown();

    assertThat(counters.stats("").ended()).isEqualTo(1);
  }

  private static void call(
      Tracer tracer, Context around, String kind, int attempts, StatusCode status) {
    Span call =
        tracer
            .spanBuilder(kind)
            .setParent(around)
            .setAttribute("openinference.span.kind", kind)
            .startSpan();
    for (int i = 1; i <= attempts; i++) {
      tracer.spanBuilder("attempt " + i).setParent(around.with(call)).startSpan().end();
    }
    call.setAttribute("synthlab.attempts", attempts).setStatus(status).end();
  }

  private Tracer tracer(double share) {
    return provider(share).get("test");
  }

  private SdkTracerProvider provider(double share) {
    return SdkTracerProvider.builder()
        .addSpanProcessor(new TailSampler(SimpleSpanProcessor.create(shown), share, counters))
        .build();
  }

  private List<String> names() {
    return shown.getFinishedSpanItems().stream().map(SpanData::getName).toList();
  }
}
