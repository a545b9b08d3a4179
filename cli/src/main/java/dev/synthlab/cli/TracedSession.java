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
import java.util.Map;

/** The time in which spans of the calls are sent; its end waits for the last of them, a while. */
final class TracedSession implements AutoCloseable {
  private final boolean on;

  private TracedSession(boolean on) {
    this.on = on;
  }

  /** Sets tracing up where it is asked for; elsewhere nothing of it is loaded. */
  static TracedSession by(Settings settings, Environment environment) {
    if (!settings.trace().on() && !settings.trace().measured()) {
      return new TracedSession(false);
    }
    Tracing.hide(TraceMasking.from(environment));
    return new TracedSession(PhoenixTracing.setup(settings));
  }

  /** The layer whose calls are seen; it is to be closed before this. */
  Synthlab layer(Settings settings) {
    return Synthlab.of(settings);
  }

  /** Does work whose calls are those of a command of that name. */
  static <T, E extends Exception> T by(String command, Tracing.Work<T, E> work) throws E {
    return Tracing.with(Labels.NONE.withComponent(command), work);
  }

  /** Does a run under a span of its own. */
  Summary run(Settings settings, String input, String output, BulkRun run) {
    if (!on) {
      return run.run();
    }
    Map<String, Object> told = new LinkedHashMap<>();
    told.put("input", input);
    told.put("output", output);
    told.put("model", settings.llm().model());
    told.put("base_url", settings.llm().baseUrl().toString());
    told.put("concurrency", settings.limits().window());
    told.put("max_attempts", settings.llm().maxAttempts());
    told.put("timeout_ms", settings.llm().timeout().toMillis());
    told.put("call_deadline_ms", settings.llm().callDeadline().toMillis());
    told.put("fallback_models", settings.llm().fallbackModels());
    told.put("trace_sample", settings.trace().sample());
    return Tracing.chain("synthlab run", told, run::run);
  }

  @Override
  public void close() {
    if (on) {
      PhoenixTracing.shutdown()
          .complaint()
          .ifPresent(lost -> System.err.println("synthlab: " + lost));
    }
  }
}
