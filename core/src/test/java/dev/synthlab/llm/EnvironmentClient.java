package dev.synthlab.llm;

import dev.synthlab.call.TrafficControl;
import dev.synthlab.config.Environment;
import dev.synthlab.config.Settings;
import dev.synthlab.http.ConnectOptions;
import dev.synthlab.http.OkHttpTransport;
import dev.synthlab.http.Resolver;
import dev.synthlab.test.ManualTimer;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** A client as the environment makes it, with the resolver and the time of a test. */
final class EnvironmentClient implements AutoCloseable {
  final ManualTimer timer = ManualTimer.forSockets();
  private final OkHttpTransport transport;
  private final Settings settings;

  /** Whom to ask, and further variables. */
  EnvironmentClient(String base, Resolver resolver, String... variables) {
    Map<String, String> env = new HashMap<>(Map.of("OPENAI_BASE_URL", base));
    for (int i = 0; i < variables.length; i += 2) {
      env.put(variables[i], variables[i + 1]);
    }
    settings = Settings.from(Environment.of(env));
    transport =
        new OkHttpTransport(
            ConnectOptions.of(settings.network())
                .withResolver(resolver)
                .withTimeout(Duration.ofMillis(600)));
  }

  LlmClient client() {
    return LlmClient.builder()
        .settings(settings.llm())
        .transport(transport)
        .timer(timer)
        .traffic(TrafficControl.by(timer, TrafficControl.RouteLimits.DEFAULT))
        .build();
  }

  @Override
  public void close() {
    transport.close();
  }
}
