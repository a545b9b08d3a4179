package dev.synthlab.spans;

import dev.synthlab.Internal;
import dev.synthlab.spans.Tracing.Kind;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * The OpenTelemetry that gets the spans and metrics of some work. The spans that it starts carry it
 * in their context: all spans and calls below them use the same one, unless they were given
 * another. Safe for use by many threads.
 */
@Internal
public final class Telemetry {
  /** The components that are no external service; any other component is the name of one. */
  private static final Set<String> OWN_COMPONENTS = Set.of("llm", "service");

  private static final ContextKey<Telemetry> KEY = ContextKey.named("synthlab-telemetry");

  private static volatile Telemetry global = new Telemetry(OpenTelemetry.noop(), false);
  private static volatile @Nullable Telemetry installed;

  private final OpenTelemetry openTelemetry;
  private final boolean given;
  private volatile Metrics metrics;

  private Telemetry(OpenTelemetry openTelemetry, boolean given) {
    this.given = given;
    this.openTelemetry = openTelemetry;
    this.metrics = Metrics.of(openTelemetry.getMeterProvider());
  }

  /**
   * The telemetry of a given OpenTelemetry.
   *
   * @param openTelemetry the instance that gets all spans and metrics
   * @return its telemetry
   */
  public static Telemetry of(OpenTelemetry openTelemetry) {
    return new Telemetry(openTelemetry, true);
  }

  /**
   * The telemetry of the surrounding work.
   *
   * @return that of the surrounding span or scope; without one that {@linkplain #ofProcess of the
   *     process}
   */
  public static Telemetry current() {
    Telemetry around = Context.current().get(KEY);
    return around == null ? ofProcess() : around;
  }

  /**
   * The telemetry of this process.
   *
   * @return the installed one; without one that of the global OpenTelemetry, as it is now
   */
  public static Telemetry ofProcess() {
    Telemetry given = installed;
    return given == null ? ofGlobal() : given;
  }

  @SuppressWarnings("ReferenceEquality") // the same instance
  private static Telemetry ofGlobal() {
    OpenTelemetry now = NewerOpenTelemetry.global();
    Telemetry known = global;
    if (known.openTelemetry != now) {
      known = new Telemetry(now, false);
      global = known;
    }
    return known;
  }

  /**
   * Replaces the global OpenTelemetry for this library.
   *
   * @param telemetry what {@link #ofProcess()} returns; empty to use the global one again
   */
  public static void install(Optional<Telemetry> telemetry) {
    installed = telemetry.orElse(null);
  }

  /**
   * The given instance.
   *
   * @return the OpenTelemetry that gets the spans and metrics
   */
  public OpenTelemetry openTelemetry() {
    return openTelemetry;
  }

  /**
   * The recorder of call metrics.
   *
   * @return that of the current meter provider
   */
  public Metrics metrics() {
    Metrics known = metrics;
    if (!known.isOf(openTelemetry.getMeterProvider())) {
      known = Metrics.of(openTelemetry.getMeterProvider());
      metrics = known;
    }
    return known;
  }

  /**
   * Runs work whose spans and calls use this telemetry.
   *
   * @param work the work
   * @param <T> the type of the result
   * @return the result of the work
   * @throws Exception the exception of the work
   */
  public <T> T around(Callable<T> work) throws Exception {
    return within(Context.current()).wrap(work).call();
  }

  /** The global one is not carried: it may be replaced while the work lasts. */
  @SuppressWarnings("ReferenceEquality") // the same instance
  private Context within(Context around) {
    return given && around.get(KEY) != this ? around.with(KEY, this) : around;
  }

  Tracer tracer(String component) {
    return openTelemetry.getTracer("synth_lab." + component);
  }

  /**
   * Starts a child of the current span.
   *
   * @param kind the OpenInference kind
   * @param component the component that creates the span
   * @param name the name of the span
   * @param labels its labels, added to those of the surrounding work
   * @return the span; the caller ends it
   */
  public OpenSpan open(Kind kind, String component, String name, Labels labels) {
    Context around = labels.within(Context.current());
    SpanBuilder builder =
        tracer(component)
            .spanBuilder(name)
            .setParent(around)
            .setSpanKind(kind.spanKind())
            // Set before the start, because samplers read it.
            .setAttribute("openinference.span.kind", kind.name());
    if (!OWN_COMPONENTS.contains(component)) {
      builder.setAttribute("synthlab.service", component);
    }
    return start(builder, around);
  }

  /**
   * Starts the span of one attempt, as a child of the current span.
   *
   * @param name the name of the span
   * @return the span; the caller ends it
   */
  public OpenSpan attempt(String name) {
    return client("call", name);
  }

  /**
   * Starts the span of a request to a server without a model, as a child of the current span.
   *
   * @param component the component that creates the span
   * @param name the name of the span
   * @return the span; the caller ends it
   */
  public OpenSpan client(String component, String name) {
    Context around = Context.current();
    return start(
        tracer(component).spanBuilder(name).setParent(around).setSpanKind(SpanKind.CLIENT), around);
  }

  /**
   * Records a wait that is over, as a child of the current span.
   *
   * @param reason the reason with the longest part
   * @param from the start of the wait
   * @param to the end of the wait
   * @param parts the part of each reason
   */
  public void recordWait(String reason, Instant from, Instant to, Map<String, Duration> parts) {
    Context around = Context.current();
    OpenSpan span =
        start(
            tracer("call").spanBuilder("wait: " + reason).setParent(around).setStartTimestamp(from),
            around);
    span.set("synthlab.wait.reason", reason);
    if (parts.size() > 1) {
      parts.forEach((each, time) -> span.set("synthlab.wait." + each + "_ms", time.toMillis()));
    }
    span.end(to);
  }

  private OpenSpan start(SpanBuilder builder, Context around) {
    OpenSpan span = new OpenSpan(builder.startSpan(), within(around), Tracing.masking());
    if (span.recorded()) {
      label(span, Labels.of(around));
    }
    return span;
  }

  private static void label(OpenSpan span, Labels labels) {
    labels.session().ifPresent(id -> span.set("session.id", id));
    labels.user().ifPresent(id -> span.set("user.id", id));
    span.set("tag.tags", labels.tags());
    Map<String, String> metadata = labels.metadata();
    if (!metadata.isEmpty()) {
      span.set("metadata", JsonTrees.write(metadata));
    }
  }
}
