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

class KeepingTest {
  private final InMemorySpanExporter shown = InMemorySpanExporter.create();
  private final Tally tally = new Tally();

  @Test
  void dropsAGoodCallThatIsNotDrawnWithAllBelowIt() {
    Tracer tracer = tracer(0);

    call(tracer, Context.root(), "LLM", 1, StatusCode.OK);

    assertThat(names()).isEmpty();
    assertThat(tally.so("").ended()).isZero();
  }

  @Test
  void showsEveryFailureWithAllBelowIt() {
    Tracer tracer = tracer(0);

    call(tracer, Context.root(), "LLM", 1, StatusCode.ERROR);

    assertThat(names()).containsExactly("attempt 1", "LLM");
    assertThat(tally.so("").ended()).isEqualTo(2);
  }

  @Test
  void showsEveryCallThatWasTriedAgain() {
    Tracer tracer = tracer(0);

    call(tracer, Context.root(), "EMBEDDING", 3, StatusCode.OK);

    assertThat(names()).containsExactly("attempt 1", "attempt 2", "attempt 3", "EMBEDDING");
  }

  @ParameterizedTest
  @ValueSource(strings = {"CHAIN", "AGENT", "TOOL"})
  void showsEveryStepAroundCalls(String kind) {
    Tracer tracer = tracer(0);
    Span step = tracer.spanBuilder(kind).setAttribute("openinference.span.kind", kind).startSpan();

    call(tracer, Context.root().with(step), "LLM", 1, StatusCode.OK);
    step.end();

    assertThat(names()).containsExactly(kind);
  }

  @Test
  void showsAboutTheShareThatIsAskedFor() {
    Tracer tracer = tracer(0.25);

    for (int i = 0; i < 4_000; i++) {
      call(tracer, Context.root(), "LLM", 1, StatusCode.OK);
    }

    assertThat(names().stream().filter("LLM"::equals).count()).isBetween(850L, 1_150L);
    assertThat(names().stream().filter("attempt 1"::equals).count())
        .isEqualTo(names().stream().filter("LLM"::equals).count());
  }

  @Test
  void showsAtTheEndWhatIsStillOpen() {
    SdkTracerProvider provider = provider(0);
    Tracer tracer = provider.get("test");
    Span llm = tracer.spanBuilder("LLM").setAttribute("openinference.span.kind", "LLM").startSpan();
    tracer.spanBuilder("attempt 1").setParent(Context.root().with(llm)).startSpan().end();

    shown.reset();
    provider.shutdown();

    assertThat(tally.so("").ended()).isEqualTo(1);
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
        .addSpanProcessor(new Keeping(SimpleSpanProcessor.create(shown), share, tally))
        .build();
  }

  private List<String> names() {
    return shown.getFinishedSpanItems().stream().map(SpanData::getName).toList();
  }
}
