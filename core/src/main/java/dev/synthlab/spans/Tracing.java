package dev.synthlab.spans;

import dev.synthlab.config.ConfigException;
import dev.synthlab.config.Environment;
import dev.synthlab.logging.Logging;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Spans for the work of an application around its calls, by the OpenInference conventions. Without
 * an OpenTelemetry SDK, from {@code synthlab-trace} or an agent, they cost almost nothing. Safe for
 * use by many threads.
 *
 * @see <a
 *     href="https://github.com/Arize-ai/openinference/blob/main/spec/semantic_conventions.md">OpenInference
 *     semantic conventions</a>
 */
public final class Tracing {
  private static final Logger log = Logging.component("spans");
  private static volatile @Nullable TraceMasking masking;

  private Tracing() {}

  /** The OpenInference kind of a span. */
  public enum Kind {
    /** A request to a language model. */
    LLM(SpanKind.CLIENT),
    /** A request for embeddings. */
    EMBEDDING(SpanKind.CLIENT),
    /** A sequence of steps. */
    CHAIN(SpanKind.INTERNAL),
    /** An agent: a model that decides on the next steps. */
    AGENT(SpanKind.INTERNAL),
    /** A call of a tool. */
    TOOL(SpanKind.INTERNAL);

    private final SpanKind kind;

    Kind(SpanKind kind) {
      this.kind = kind;
    }

    SpanKind spanKind() {
      return kind;
    }
  }

  /**
   * Work that runs in a span.
   *
   * @param <T> the type of the result
   * @param <E> the type of the exception
   */
  @FunctionalInterface
  public interface Work<T, E extends Exception> {
    /**
     * Does the work.
     *
     * @return its result
     * @throws E if it fails
     */
    T run() throws E;
  }

  /**
   * A tracer for other spans of the application.
   *
   * @param component the component, in lower case; the scope is {@code synth_lab.} and this name
   * @return the tracer of the OpenTelemetry of the surrounding work, or else of the global one
   */
  public static Tracer tracer(String component) {
    return Telemetry.current().tracer(component);
  }

  /**
   * Runs a sequence of steps in a span.
   *
   * @param name the name of the span
   * @param work the steps; the span shows their result or exception
   * @param <T> the type of the result
   * @param <E> the type of the exception
   * @return the result of the work
   * @throws E the exception of the work
   */
  public static <T, E extends Exception> T chain(String name, Work<T, E> work) throws E {
    return within(Kind.CHAIN, name, Optional.empty(), work);
  }

  /**
   * Runs a sequence of steps in a span that also shows their input.
   *
   * @param name the name of the span
   * @param input a text, or an object that can be written as JSON
   * @param work the steps; the span shows their result or exception
   * @param <T> the type of the result
   * @param <E> the type of the exception
   * @return the result of the work
   * @throws E the exception of the work
   */
  public static <T, E extends Exception> T chain(String name, Object input, Work<T, E> work)
      throws E {
    return within(Kind.CHAIN, name, Optional.of(input), work);
  }

  /**
   * Runs a sequence of steps in a span that is an error if their result says that they failed.
   *
   * @param name the name of the span
   * @param input a text, or an object that can be written as JSON
   * @param work the steps; the span shows their result or exception
   * @param failure the reason why a result is a failure; empty if it is none
   * @param <T> the type of the result
   * @param <E> the type of the exception
   * @return the result of the work
   * @throws E the exception of the work
   */
  public static <T, E extends Exception> T chain(
      String name, Object input, Work<T, E> work, Function<T, Optional<String>> failure) throws E {
    return within(Kind.CHAIN, name, Optional.of(input), work, failure);
  }

  /**
   * Runs an agent in a span.
   *
   * @param name the name of the agent
   * @param input its input
   * @param work the work of the agent
   * @param <T> the type of the result
   * @param <E> the type of the exception
   * @return the result of the work
   * @throws E the exception of the work
   */
  public static <T, E extends Exception> T agent(String name, Object input, Work<T, E> work)
      throws E {
    return within(Kind.AGENT, name, Optional.of(input), work);
  }

  /**
   * Runs a tool in a span.
   *
   * @param name the name of the tool
   * @param input its arguments
   * @param work the work of the tool
   * @param <T> the type of the result
   * @param <E> the type of the exception
   * @return the result of the work
   * @throws E the exception of the work
   */
  public static <T, E extends Exception> T tool(String name, Object input, Work<T, E> work)
      throws E {
    return within(Kind.TOOL, name, Optional.of(input), work);
  }

  /**
   * Runs work with labels on all its spans, also on those of other threads that work for it.
   *
   * @param labels session, user, tags and metadata
   * @param work the work
   * @param <T> the type of the result
   * @param <E> the type of the exception
   * @return the result of the work
   * @throws E the exception of the work
   */
  public static <T, E extends Exception> T with(Labels labels, Work<T, E> work) throws E {
    return unchecked(labels.within(Context.current()).wrap(work::run));
  }

  /**
   * Runs work whose spans and metrics go to an OpenTelemetry other than the global one. That of a
   * client that was built with one is not changed.
   *
   * @param openTelemetry gets the spans of the work, also those of other threads that work for it
   * @param work the work
   * @param <T> the type of the result
   * @param <E> the type of the exception
   * @return the result of the work
   * @throws E the exception of the work
   */
  public static <T, E extends Exception> T with(OpenTelemetry openTelemetry, Work<T, E> work)
      throws E {
    Telemetry telemetry = Telemetry.of(openTelemetry);
    return Tracing.<T, E>unchecked(() -> telemetry.around(work::run));
  }

  /**
   * Wraps an executor so that its tasks run with the context of the thread that submits them: the
   * current span, the {@link Labels} and OpenTelemetry of the surrounding work, and the MDC, which
   * has the {@code trace_id} and {@code span_id} of log lines.
   *
   * <p>{@code Context.taskWrapping} of OpenTelemetry carries span, labels and OpenTelemetry too,
   * but not the MDC. Other thread locals and scoped values do not follow, nor does anything follow
   * into tasks that reach the threads in another way: parallel streams, tasks that were submitted
   * to the executor itself.
   *
   * @param executor runs the tasks
   * @return an executor over it; shutting it down shuts the other down
   */
  public static ExecutorService wrap(ExecutorService executor) {
    return new ContextExecutor(executor);
  }

  /**
   * Sets the masking of spans, instead of that of the environment variables.
   *
   * @param what the masking from now on
   */
  public static void hide(TraceMasking what) {
    masking = what;
  }

  /**
   * The id of the current trace.
   *
   * @return empty if there is none
   */
  public static Optional<String> traceId() {
    SpanContext current = Span.current().getSpanContext();
    return current.isValid() ? Optional.of(current.getTraceId()) : Optional.empty();
  }

  private static <T, E extends Exception> T within(
      Kind kind, String name, Optional<Object> input, Work<T, E> work) throws E {
    return within(kind, name, input, work, result -> Optional.empty());
  }

  private static <T, E extends Exception> T within(
      Kind kind,
      String name,
      Optional<Object> input,
      Work<T, E> work,
      Function<T, Optional<String>> failure)
      throws E {
    OpenSpan span = Telemetry.current().open(kind, "service", name, Labels.NONE);
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
      failure
          .apply(result)
          .ifPresentOrElse(reason -> span.recordFailure(reason, reason), span::succeeded);
      return result;
    } catch (Exception | Error e) { // every exception is recorded on the span and rethrown
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
    } catch (Exception e) { // the work declares only E
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

  /** The masking of spans that start now. */
  static TraceMasking masking() {
    TraceMasking known = masking;
    if (known == null) {
      known = maskingOfProcess();
      masking = known;
    }
    return known;
  }

  private static TraceMasking maskingOfProcess() {
    try {
      return TraceMasking.from(Environment.ofProcess());
    } catch (ConfigException e) {
      log.warn(
          "spans hide all parts of calls, because their masking is not valid: {}", e.getMessage());
      return new TraceMasking(EnumSet.copyOf(Arrays.asList(TraceMasking.Hidden.values())), 0);
    }
  }
}
