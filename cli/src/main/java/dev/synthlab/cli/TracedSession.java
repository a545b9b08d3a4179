package dev.synthlab.cli;

import dev.synthlab.Synthlab;
import dev.synthlab.batch.BulkRun;
import dev.synthlab.batch.Summary;
import dev.synthlab.config.Environment;
import dev.synthlab.config.Settings;
import dev.synthlab.spans.Labels;
import dev.synthlab.spans.TraceMasking;
import dev.synthlab.spans.Tracing;
import dev.synthlab.trace.PhoenixTracing;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The export of spans during one command; closing it waits, for a bounded time, for the last ones.
 */
final class TracedSession implements AutoCloseable {
  private final boolean on;

  private TracedSession(boolean on) {
    this.on = on;
  }

  /** Sets up tracing if the settings ask for it; otherwise no class of it is loaded. */
  static TracedSession by(Settings settings, Environment environment) {
    if (!settings.trace().on() && !settings.trace().measured()) {
      return new TracedSession(false);
    }
    Tracing.hide(TraceMasking.from(environment));
    return new TracedSession(PhoenixTracing.setup(settings));
  }

  /** A layer whose calls are traced; close it before this session. */
  Synthlab layer(Settings settings) {
    return Synthlab.of(settings);
  }

  /** Runs work whose calls have the name of the command as their component. */
  static <T, E extends Exception> T by(String command, Tracing.Work<T, E> work) throws E {
    return Tracing.with(Labels.NONE.withComponent(command), work);
  }

  /** Runs a bulk run in its own span. */
  Summary run(Settings settings, String input, String output, BulkRun run) {
    if (!on) {
      return run.run();
    }
    Map<String, Object> attributes = new LinkedHashMap<>();
    attributes.put("input", input);
    attributes.put("output", output);
    attributes.put("model", settings.llm().model());
    attributes.put("base_url", settings.llm().baseUrl().toString());
    attributes.put("concurrency", settings.limits().window());
    attributes.put("max_attempts", settings.llm().maxAttempts());
    attributes.put("timeout_ms", settings.llm().timeout().toMillis());
    attributes.put("call_deadline_ms", settings.llm().callDeadline().toMillis());
    attributes.put("fallback_models", settings.llm().fallbackModels());
    attributes.put("trace_sample", settings.trace().sample());
    return Tracing.chain("synthlab run", attributes, run::run, TracedSession::failure);
  }

  /** The span is an error whenever the exit code of the command says so. */
  private static Optional<String> failure(Summary summary) {
    return RunReport.exit(summary) == ExitCodes.OK
        ? Optional.empty()
        : Optional.of(summary.end().name().toLowerCase(Locale.ROOT));
  }

  @Override
  public void close() {
    if (on) {
      PhoenixTracing.shutdown()
          .warning()
          .ifPresent(lost -> System.err.println("synthlab: " + lost));
    }
  }
}
