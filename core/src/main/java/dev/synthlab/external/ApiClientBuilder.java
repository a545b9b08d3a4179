package dev.synthlab.external;

import dev.synthlab.call.ActiveCalls;
import dev.synthlab.call.CallLoop;
import dev.synthlab.call.CallObserver;
import dev.synthlab.call.CallPolicy;
import dev.synthlab.call.Route;
import dev.synthlab.call.Timer;
import dev.synthlab.call.TrafficControl;
import dev.synthlab.config.ApiSettings;
import dev.synthlab.http.Transport;
import dev.synthlab.json.JsonCodec;
import dev.synthlab.spans.Telemetry;
import io.opentelemetry.api.OpenTelemetry;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A builder of an {@link ApiClient}; created by {@link ApiClient#builder}. For one thread. */
public final class ApiClientBuilder {
  private final ApiService service;
  private @Nullable ApiSettings settings;
  private @Nullable Transport transport;
  private boolean ownsTransport;
  private Timer timer = Timer.system();
  private @Nullable TrafficControl traffic;
  private CallObserver observer = report -> {};
  private Optional<ActiveCalls> borrowed = Optional.empty();
  private Optional<Telemetry> telemetry = Optional.empty();

  ApiClientBuilder(ApiService service) {
    this.service = Objects.requireNonNull(service);
  }

  /**
   * Sets base URL, key and timeouts. Required.
   *
   * @param apiSettings the settings, for example from {@link ApiService#settings}
   * @return this
   */
  public ApiClientBuilder settings(ApiSettings apiSettings) {
    settings = apiSettings;
    return this;
  }

  /**
   * Sets the transport, which the caller closes.
   *
   * @param client the transport
   * @return this
   */
  public ApiClientBuilder transport(Transport client) {
    transport = client;
    ownsTransport = false;
    return this;
  }

  /**
   * Sets the transport, which is closed with the client.
   *
   * @param client the transport
   * @return this
   */
  public ApiClientBuilder owning(Transport client) {
    transport = client;
    ownsTransport = true;
    return this;
  }

  /**
   * Sets the timer. Default: the system's.
   *
   * @param clock the timer
   * @return this
   */
  public ApiClientBuilder timer(Timer clock) {
    timer = clock;
    return this;
  }

  /**
   * Shares limits, pauses and breakers with other clients. Default: the client has its own.
   *
   * @param shared the traffic control; it should have the client's timer
   * @return this
   */
  public ApiClientBuilder traffic(TrafficControl shared) {
    traffic = shared;
    return this;
  }

  /**
   * Sets an observer of the reports of all calls.
   *
   * @param reports the observer
   * @return this
   */
  public ApiClientBuilder observer(CallObserver reports) {
    observer = reports;
    return this;
  }

  /**
   * Sets where spans and metrics of its calls go. Default: the global OpenTelemetry.
   *
   * @param otel the OpenTelemetry, which the caller closes
   * @return this
   */
  public ApiClientBuilder openTelemetry(OpenTelemetry otel) {
    telemetry = Optional.of(Telemetry.of(otel));
    return this;
  }

  /**
   * Makes the client a part of another owner, whose end cancels its calls: for {@link
   * dev.synthlab.Synthlab}.
   *
   * @param calls the calls of the owner
   * @return this
   */
  public ApiClientBuilder borrowed(ActiveCalls calls) {
    borrowed = Optional.of(calls);
    return this;
  }

  /**
   * Builds the client.
   *
   * @return the client
   */
  public ApiClient build() {
    ApiSettings apiSettings = Objects.requireNonNull(settings, "settings");
    Transport client = Objects.requireNonNull(transport, "transport");
    // Loaded here: virtual threads pin their carriers while they wait for class loading.
    JsonCodec.of(Object.class); // loads the mapper
    TrafficControl shared =
        traffic == null ? TrafficControl.by(timer, TrafficControl.RouteLimits.DEFAULT) : traffic;
    CallPolicy policy =
        new CallPolicy(
            service.maxAttempts(),
            apiSettings.timeout(),
            apiSettings.backoffFirst(),
            apiSettings.backoffMax(),
            CallPolicy.WaitMode.WITHIN_DEADLINE);
    Route route = new Route(apiSettings.baseUrl(), apiSettings.keyName(), service.name());
    shared.setLimits(route, limits(service.requestsPerMinute(), shared));
    shared.setKeylessLimits(service.name(), limits(Optional.empty(), shared));
    service.concurrency().ifPresent(max -> shared.limitConcurrency(apiSettings.baseUrl(), max));
    ActiveCalls active = borrowed.orElseGet(() -> new ActiveCalls("client of " + service.name()));
    CallLoop loop = new CallLoop(client, shared, policy, observer).with(active);
    return new ApiClient(
        new ApiContext(
            service,
            apiSettings,
            telemetry.map(loop::with).orElse(loop),
            timer,
            borrowed.isPresent() ? Optional.empty() : Optional.of(active),
            ownsTransport ? Optional.of(client) : Optional.empty()));
  }

  /** The limits of the service; the limits of models do not apply to it. */
  private static TrafficControl.RouteLimits limits(
      Optional<Integer> requestsPerMinute, TrafficControl shared) {
    return new TrafficControl.RouteLimits(
        requestsPerMinute,
        Optional.empty(),
        Optional.empty(),
        shared.limits().throttle(),
        shared.limits().breaker());
  }
}
