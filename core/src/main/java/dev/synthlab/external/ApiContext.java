package dev.synthlab.external;

import dev.synthlab.call.ActiveCalls;
import dev.synthlab.call.CallLoop;
import dev.synthlab.call.Route;
import dev.synthlab.call.Timer;
import dev.synthlab.config.ApiSettings;
import dev.synthlab.http.Transport;
import dev.synthlab.logging.Logging;
import java.net.URI;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.slf4j.Logger;

/** The state that all calls of a client share. Safe for use by many threads. */
final class ApiContext {
  private final ApiService service;
  private final ApiSettings settings;
  private final CallLoop loop;
  private final Timer timer;
  private final Optional<ActiveCalls> ownedCalls;
  private final Optional<Transport> ownedTransport;
  private final Logger log;
  private final Function<ApiException, RuntimeException> errorMapper;
  private final AtomicBoolean closed;

  ApiContext(
      ApiService service,
      ApiSettings settings,
      CallLoop loop,
      Timer timer,
      Optional<ActiveCalls> ownedCalls,
      Optional<Transport> owned) {
    this.service = service;
    this.settings = settings;
    this.loop = loop;
    this.timer = timer;
    this.ownedCalls = ownedCalls;
    this.ownedTransport = owned;
    this.log = Logging.component(service.name());
    this.errorMapper = each -> each;
    this.closed = new AtomicBoolean();
  }

  private ApiContext(ApiContext other, Function<ApiException, RuntimeException> hook) {
    this.service = other.service;
    this.settings = other.settings;
    this.loop = other.loop;
    this.timer = other.timer;
    this.ownedCalls = other.ownedCalls;
    this.ownedTransport = other.ownedTransport;
    this.log = other.log;
    this.errorMapper = hook;
    this.closed = other.closed;
  }

  ApiContext withErrorMapper(Function<ApiException, RuntimeException> other) {
    return new ApiContext(this, other);
  }

  ApiService service() {
    return service;
  }

  ApiSettings settings() {
    return settings;
  }

  CallLoop loop() {
    return loop;
  }

  Timer timer() {
    return timer;
  }

  Logger log() {
    return log;
  }

  /** The exception that the client's error mapper gives for an error response. */
  RuntimeException mapped(ApiException e) {
    return errorMapper.apply(e);
  }

  /** The route of the service, or of another server that a URL or a redirect leads to. */
  Route route(URI address, RequestTarget.Ownership ownership) {
    return switch (ownership) {
      case OWN -> new Route(settings.baseUrl(), settings.keyName(), service.name());
      case FOREIGN -> new Route(Uris.origin(address), "", service.name());
    };
  }

  void requireOpen() {
    if (closed.get()) {
      throw new IllegalStateException("the client of " + service.name() + " is closed");
    }
  }

  void close() {
    if (closed.compareAndSet(false, true)) {
      ownedCalls.ifPresent(ActiveCalls::close);
      ownedTransport.ifPresent(Transport::close);
    }
  }
}
