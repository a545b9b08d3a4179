package dev.synthlab.external;

import dev.synthlab.call.CallLoop;
import dev.synthlab.call.CallObserver;
import dev.synthlab.call.CallPolicy;
import dev.synthlab.call.Route;
import dev.synthlab.call.Timer;
import dev.synthlab.call.TrafficControl;
import dev.synthlab.config.ApiSettings;
import dev.synthlab.http.Transport;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Puts an {@link ApiClient} together; made by {@link ApiClient#builder}. For one thread. */
public final class ApiClientBuilder {
  private final ApiService service;
  private @Nullable ApiSettings settings;
  private @Nullable Transport transport;
  private boolean ownsTransport;
  private Timer timer = Timer.system();
  private @Nullable TrafficControl traffic;
  private CallObserver observer = report -> {};

  ApiClientBuilder(ApiService service) {
    this.service = Objects.requireNonNull(service);
  }

  /**
   * Where to, with which key and in which time.
   *
   * @param how the settings, for example by {@link ApiService#settings}
   * @return this
   */
  public ApiClientBuilder settings(ApiSettings how) {
    settings = how;
    return this;
  }

  /**
   * What it sends through; stays the caller's to close.
   *
   * @param over the transport
   * @return this
   */
  public ApiClientBuilder transport(Transport over) {
    transport = over;
    ownsTransport = false;
    return this;
  }

  /**
   * What it sends through; closed with the client.
   *
   * @param over the transport
   * @return this
   */
  public ApiClientBuilder owning(Transport over) {
    transport = over;
    ownsTransport = true;
    return this;
  }

  /**
   * The time it lives by, else the machine's.
   *
   * @param clock the timer
   * @return this
   */
  public ApiClientBuilder timer(Timer clock) {
    timer = clock;
    return this;
  }

  /**
   * What its calls share with those of other clients, else only among themselves.
   *
   * @param shared the traffic; its timer should be the client's
   * @return this
   */
  public ApiClientBuilder traffic(TrafficControl shared) {
    traffic = shared;
    return this;
  }

  /**
   * Who hears how every call went.
   *
   * @param hears the observer
   * @return this
   */
  public ApiClientBuilder observer(CallObserver hears) {
    observer = hears;
    return this;
  }

  /**
   * The client.
   *
   * @return ready for calls
   */
  public ApiClient build() {
    ApiSettings how = Objects.requireNonNull(settings, "settings");
    Transport over = Objects.requireNonNull(transport, "transport");
    // Loaded here: virtual threads that wait for a class to load pin their carriers.
    JsonCodec.load();
    TrafficControl shared =
        traffic == null ? TrafficControl.by(timer, TrafficControl.RouteLimits.DEFAULT) : traffic;
    CallPolicy policy =
        new CallPolicy(
            service.maxAttempts(),
            how.timeout(),
            how.backoffFirst(),
            how.backoffMax(),
            CallPolicy.WaitMode.WITHIN_DEADLINE);
    Route route = new Route(how.baseUrl(), how.keyName(), service.name());
    shared.setLimits(route, limits(service.requestsPerMinute(), shared));
    shared.setKeylessLimits(service.name(), limits(Optional.empty(), shared));
    service.concurrency().ifPresent(max -> shared.limitConcurrency(how.baseUrl(), max));
    return new ApiClient(
        new ApiContext(
            service,
            how,
            new CallLoop(over, shared, policy, observer),
            timer,
            ownsTransport ? Optional.of(over) : Optional.empty()));
  }

  /** The limits of models are not those of a service. */
  private static TrafficControl.RouteLimits limits(
      Optional<Integer> requestsPerMinute, TrafficControl shared) {
    return new TrafficControl.RouteLimits(
        requestsPerMinute,
        Optional.empty(),
        Optional.empty(),
        shared.rules().throttle(),
        shared.rules().breaker());
  }
}
