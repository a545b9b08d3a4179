package dev.synthlab.external;

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

/** What the calls of one client share. Safe for use by many threads. */
final class Way {
  private final ApiService service;
  private final ApiSettings settings;
  private final CallLoop loop;
  private final Timer timer;
  private final Optional<Transport> owned;
  private final Logger log;
  private final Function<ApiException, RuntimeException> hook;
  private final AtomicBoolean closed;

  Way(
      ApiService service,
      ApiSettings settings,
      CallLoop loop,
      Timer timer,
      Optional<Transport> owned) {
    this.service = service;
    this.settings = settings;
    this.loop = loop;
    this.timer = timer;
    this.owned = owned;
    this.log = Logging.component(service.name());
    this.hook = each -> each;
    this.closed = new AtomicBoolean();
  }

  private Way(Way other, Function<ApiException, RuntimeException> hook) {
    this.service = other.service;
    this.settings = other.settings;
    this.loop = other.loop;
    this.timer = other.timer;
    this.owned = other.owned;
    this.log = other.log;
    this.hook = hook;
    this.closed = other.closed;
  }

  Way failing(Function<ApiException, RuntimeException> other) {
    return new Way(this, other);
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

  /** What is thrown for what the service said. */
  RuntimeException thrown(ApiException why) {
    return hook.apply(why);
  }

  /** The service itself, or another server that an address or a redirect led to. */
  Route route(URI address, Target.Trust trust) {
    return switch (trust) {
      case OWN -> new Route(settings.baseUrl(), settings.keyName(), service.name());
      case OUTSIDE -> new Route(Addresses.origin(address), "", service.name());
    };
  }

  void requireOpen() {
    if (closed.get()) {
      throw new IllegalStateException("the client of " + service.name() + " is closed");
    }
  }

  void close() {
    if (closed.compareAndSet(false, true)) {
      owned.ifPresent(Transport::close);
    }
  }
}
