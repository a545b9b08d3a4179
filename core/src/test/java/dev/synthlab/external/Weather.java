package dev.synthlab.external;

import dev.synthlab.call.CallReport;
import dev.synthlab.call.TrafficControl;
import dev.synthlab.config.Environment;
import dev.synthlab.config.NetworkSettings;
import dev.synthlab.http.ConnectOptions;
import dev.synthlab.http.OkHttpTransport;
import dev.synthlab.http.Resolver;
import dev.synthlab.test.ManualTimer;
import dev.synthlab.test.ScriptedServer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** A scripted service and clients of it. */
final class Weather implements AutoCloseable {
  static final String KEY = "wx-0123456789abcdef";

  final ManualTimer timer = ManualTimer.forSockets();
  final ScriptedServer server;
  final OkHttpTransport transport;
  final List<CallReport> reports = new CopyOnWriteArrayList<>();
  private final Map<String, String> variables = new HashMap<>();
  private TrafficControl traffic = TrafficControl.by(timer, TrafficControl.RouteLimits.DEFAULT);
  private ApiService service = ApiService.named("weather");

  /** A day, as the service tells it. */
  record Day(String city, int high) {}

  Weather(ScriptedServer server, Resolver resolver) {
    this.server = server;
    this.transport =
        new OkHttpTransport(ConnectOptions.of(NetworkSettings.direct()).withResolver(resolver));
    with("WEATHER_BASE_URL", server.base().toString());
    with("WEATHER_API_KEY", KEY);
    with("WEATHER_TIMEOUT", "5s");
  }

  static Weather inTurn(ScriptedServer.Reply... replies) {
    return new Weather(ScriptedServer.inTurn(replies), Resolver.system());
  }

  static Weather of(ScriptedServer.Script script) {
    return new Weather(ScriptedServer.start(script), Resolver.system());
  }

  Weather with(String variable, String value) {
    variables.put(variable, value);
    return this;
  }

  Weather as(ApiService other) {
    service = other;
    return this;
  }

  Weather among(TrafficControl.RouteLimits rules) {
    traffic = TrafficControl.by(timer, rules);
    return this;
  }

  ApiClient client() {
    return ApiClient.builder(service)
        .settings(service.settings(Environment.of(variables)))
        .transport(transport)
        .timer(timer)
        .traffic(traffic)
        .observer(reports::add)
        .build();
  }

  int requests() {
    return server.seen().size();
  }

  @Override
  public void close() {
    server.close();
    transport.close();
  }
}
