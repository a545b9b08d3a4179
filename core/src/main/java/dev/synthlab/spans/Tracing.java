package dev.synthlab.spans;

import dev.synthlab.config.ConfigException;
import dev.synthlab.config.Environment;
import dev.synthlab.logging.Logging;
import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Spans of a service's own work, in OpenInference form: what it does around its calls, so that a
 * trace shows them together. Without an OpenTelemetry SDK, which {@code synthlab-trace} sets up or
 * an agent brings, all of it costs next to nothing. Safe for use by many threads.
 *
 * @see <a
 *     href="https://github.com/Arize-ai/openinference/blob/main/spec/semantic_conventions.md">OpenInference
 *     semantic conventions</a>
 */
public final class Tracing {
  /** Who asks a model, and who does steps of its own; any other name is a service that is asked. */
  private static final Set<String> OURS = Set.of("llm", "service");

  private static final Logger log = Logging.component("spans");
  private static volatile @Nullable TraceMasking masking;

  private Tracing() {}

  /** What a span stands for. */
  public enum Kind {
    /** A request to a language model. */
    LLM(SpanKind.CLIENT),
    /** Vectors made of texts. */
    EMBEDDING(SpanKind.CLIENT),
    /** Some steps that belong together. */
    CHAIN(SpanKind.INTERNAL),
    /** A model that decides what to do next. */
    AGENT(SpanKind.INTERNAL),
    /** Something a model asked for. */
    TOOL(SpanKind.INTERNAL);

    private final SpanKind kind;

    Kind(SpanKind kind) {
      this.kind = kind;
    }
  }

  /**
   * Work that a span is written around.
   *
   * @param <T> what it gives
   * @param <E> what it may throw
   */
  @FunctionalInterface
  public interface Work<T, E extends Exception> {
    /**
     * Does it.
     *
     * @return its result
     * @throws E what went wrong
     */
    T run() throws E;
  }

  /**
   * A tracer for spans of one's own.
   *
   * @param component in lower case; the scope is {@code synth_lab.} and this
   * @return that of the OpenTelemetry which is set up now
   */
  public static Tracer tracer(String component) {
    return GlobalOpenTelemetry.getOrNoop().getTracer("synth_lab." + component);
  }

  /**
   * Some steps that belong together.
   *
   * @param name what they are
   * @param work the steps; its result and what it throws are put on the span
   * @param <T> what it gives
   * @param <E> what it may throw
   * @return what the work gave
   * @throws E what the work throws
   */
  public static <T, E extends Exception> T chain(String name, Work<T, E> work) throws E {
    return within(Kind.CHAIN, name, Optional.empty(), work);
  }

  /**
   * Some steps that belong together, and what they start from.
   *
   * @param name what they are
   * @param input text, or what can be shown as JSON
   * @param work the steps; its result and what it throws are put on the span
   * @param <T> what it gives
   * @param <E> what it may throw
   * @return what the work gave
   * @throws E what the work throws
   */
  public static <T, E extends Exception> T chain(String name, Object input, Work<T, E> work)
      throws E {
    return within(Kind.CHAIN, name, Optional.of(input), work);
  }

  /**
   * A model that decides what to do next.
   *
   * @param name who it is
   * @param input what it is asked
   * @param work what it does
   * @param <T> what it gives
   * @param <E> what it may throw
   * @return what the work gave
   * @throws E what the work throws
   */
  public static <T, E extends Exception> T agent(String name, Object input, Work<T, E> work)
      throws E {
    return within(Kind.AGENT, name, Optional.of(input), work);
  }

  /**
   * Something a model asked for.
   *
   * @param name of the tool
   * @param input its arguments
   * @param work what it does
   * @param <T> what it gives
   * @param <E> what it may throw
   * @return what the work gave
   * @throws E what the work throws
   */
  public static <T, E extends Exception> T tool(String name, Object input, Work<T, E> work)
      throws E {
    return within(Kind.TOOL, name, Optional.of(input), work);
  }

  /**
   * Puts words on every span within, also on those of other threads that work for this one.
   *
   * @param labels session, user, tags and more
   * @param work whatever shall carry them
   * @param <T> what it gives
   * @param <E> what it may throw
   * @return what the work gave
   * @throws E what the work throws
   */
  public static <T, E extends Exception> T with(Labels labels, Work<T, E> work) throws E {
    return unchecked(labels.over(Context.current()).wrap(work::run));
  }

  /**
   * Says what no span may show, in place of the variables of the environment.
   *
   * @param what the masks that hold from now on
   */
  public static void hide(TraceMasking what) {
    masking = what;
  }

  /**
   * The trace that the running work belongs to.
   *
   * @return its id, or empty when nobody traces
   */
  public static Optional<String> traceId() {
    SpanContext current = Span.current().getSpanContext();
    return current.isValid() ? Optional.of(current.getTraceId()) : Optional.empty();
  }

  private static <T, E extends Exception> T within(
      Kind kind, String name, Optional<Object> input, Work<T, E> work) throws E {
    OpenSpan span = open(kind, "service", name, Labels.NONE);
    if (kind == Kind.TOOL) {
      span.set("tool.name", name);
      span.set("gen_ai.operation.name", "execute_tool");
      span.set("gen_ai.tool.name", name);
    }
    input.ifPresent(value -> show(value, true, span));
    try {
      T result = Tracing.<T, E>unchecked(() -> span.around(work::run));
      if (span.recorded()) {
        show(result, false, span);
      }
      span.succeeded();
      return result;
    } catch (Exception | Error e) { // whatever it is, it is put on the span and thrown on
      span.recordFailure(e.getClass().getSimpleName(), e);
      throw e;
    } finally {
      span.end();
    }
  }

  @SuppressWarnings("unchecked")
  private static <T, E extends Exception> T unchecked(Callable<T> work) throws E {
    try {
      return work.call();
    } catch (Exception e) { // the work throws no others
      throw (E) e;
    }
  }

  private static void show(@Nullable Object value, boolean input, OpenSpan span) {
    if (!span.recorded() || value == null) {
      return;
    }
    if (value instanceof CharSequence text) {
      if (input) {
        span.input(text.toString());
      } else {
        span.output(text.toString());
      }
    } else if (input) {
      span.inputJson(value);
    } else {
      span.outputJson(JsonTrees.write(value));
    }
  }

  /**
   * Opens a span below the one that is current; for the rooms that make calls.
   *
   * @param kind what it stands for
   * @param component who writes it
   * @param name what it is called
   * @param labels whose work it is, over those of the work around
   * @return the span, to be ended by the caller
   */
  public static OpenSpan open(Kind kind, String component, String name, Labels labels) {
    Context around = labels.over(Context.current());
    SpanBuilder builder =
        tracer(component)
            .spanBuilder(name)
            .setParent(around)
            .setSpanKind(kind.kind)
            // Before it starts: whoever samples wants to know.
            .setAttribute("openinference.span.kind", kind.name());
    if (!OURS.contains(component)) {
      builder.setAttribute("synthlab.service", component);
    }
    return started(builder, around);
  }

  /**
   * Opens the span of one request that is sent, below the one that is current.
   *
   * @param name what it is called
   * @return the span, to be ended by the caller
   */
  public static OpenSpan attempt(String name) {
    Context around = Context.current();
    return started(
        tracer("call").spanBuilder(name).setParent(around).setSpanKind(SpanKind.CLIENT), around);
  }

  /**
   * Opens the span of work that a server other than a model does, below the one that is current.
   *
   * @param component who writes it
   * @param name what it is called
   * @return the span, to be ended by the caller
   */
  public static OpenSpan client(String component, String name) {
    Context around = Context.current();
    return started(
        tracer(component).spanBuilder(name).setParent(around).setSpanKind(SpanKind.CLIENT), around);
  }

  /**
   * Shows a time of waiting that is over, below the span that is current.
   *
   * @param reason what was waited for, most of the time
   * @param from when it began
   * @param to when it ended
   * @param parts how long each reason took, where there were several
   */
  public static void waited(String reason, Instant from, Instant to, Map<String, Duration> parts) {
    Context around = Context.current();
    OpenSpan span =
        started(
            tracer("call").spanBuilder("wait: " + reason).setParent(around).setStartTimestamp(from),
            around);
    span.set("synthlab.wait.reason", reason);
    if (parts.size() > 1) {
      parts.forEach((each, time) -> span.set("synthlab.wait." + each + "_ms", time.toMillis()));
    }
    span.end(to);
  }

  private static OpenSpan started(SpanBuilder builder, Context around) {
    OpenSpan span = new OpenSpan(builder.startSpan(), around, masks());
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

  private static TraceMasking masks() {
    TraceMasking known = masking;
    if (known == null) {
      known = ofProcess();
      masking = known;
    }
    return known;
  }

  private static TraceMasking ofProcess() {
    try {
      return TraceMasking.from(Environment.ofProcess());
    } catch (ConfigException e) {
      log.warn("spans show nothing of any call: {}", e.getMessage());
      return new TraceMasking(EnumSet.copyOf(Arrays.asList(TraceMasking.Hidden.values())), 0);
    }
  }
}
