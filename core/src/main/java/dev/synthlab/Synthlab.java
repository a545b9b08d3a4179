package dev.synthlab;

import dev.synthlab.call.ActiveCalls;
import dev.synthlab.call.Budget;
import dev.synthlab.call.CallObserver;
import dev.synthlab.call.CallPolicy;
import dev.synthlab.call.CallRecorder;
import dev.synthlab.call.CallRecorderProvider;
import dev.synthlab.call.ObserverList;
import dev.synthlab.call.Timer;
import dev.synthlab.call.TrafficControl;
import dev.synthlab.config.Settings;
import dev.synthlab.external.ApiClient;
import dev.synthlab.external.ApiClientBuilder;
import dev.synthlab.external.ApiService;
import dev.synthlab.http.ConnectOptions;
import dev.synthlab.http.OkHttpTransport;
import dev.synthlab.http.SharedTransport;
import dev.synthlab.http.Transport;
import dev.synthlab.http.TransportProvider;
import dev.synthlab.llm.CompletionCache;
import dev.synthlab.llm.CompletionCacheProvider;
import dev.synthlab.llm.InternalCalls;
import dev.synthlab.llm.LlmClient;
import dev.synthlab.llm.LlmClientBuilder;
import dev.synthlab.llm.UsageTotals;
import dev.synthlab.logging.Logging;
import dev.synthlab.spans.Telemetry;
import io.opentelemetry.api.OpenTelemetry;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * The composition root: creates clients from {@link Settings} and owns what a process shares, such
 * as transport, limits, cache and budget. Closing it closes all of them. Safe for use by many
 * threads.
 */
public final class Synthlab implements AutoCloseable {
  private static final Logger log = Logging.component("synthlab");
  private static final ReentrantLock LOCK = new ReentrantLock();
  private static @Nullable Synthlab instance;

  private final Settings settings;
  private final Timer timer;
  private final TrafficControl traffic;
  private final SharedTransport transport;
  private final ActiveCalls active = new ActiveCalls("Synthlab");
  private final Optional<OpenTelemetry> openTelemetry;
  private final Optional<CallRecorder> recorder;
  private final CallObserver observer;
  private final Optional<CompletionCache> cache;
  private final Optional<Budget> budget;
  private final UsageTotals totals = new UsageTotals();
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Class<?>, AutoCloseable> shared = new LinkedHashMap<>();
  private @Nullable LlmClient llm;
  private boolean closed;

  Synthlab(Settings settings, List<CallObserver> observers, Optional<OpenTelemetry> openTelemetry) {
    this.settings = settings;
    this.openTelemetry = openTelemetry;
    this.timer = Timer.system();
    this.traffic = TrafficControl.by(timer, TrafficControl.RouteLimits.of(settings.limits()));
    this.transport = new SharedTransport(transport(settings, traffic));
    this.recorder = recorder(settings);
    recorder.ifPresent(kept -> shared.put(CallRecorder.class, kept));
    this.budget = budget(settings, timer, recorder);
    this.cache = cache(settings);
    cache.ifPresent(kept -> shared.put(CompletionCache.class, kept));
    List<CallObserver> all = new ArrayList<>();
    all.add(totals);
    recorder.ifPresent(all::add);
    all.addAll(observers);
    this.observer = new ObserverList(all);
  }

  /**
   * The instance of this process. The first call creates it from the environment; it is closed when
   * the process ends.
   *
   * @return the one instance, or the one that was installed
   * @throws dev.synthlab.config.ConfigException if the environment is not valid
   */
  public static Synthlab get() {
    LOCK.lock();
    try {
      Synthlab current = instance;
      if (current == null) {
        Settings ofProcess = Settings.get();
        ofProcess.warnings().forEach(log::warn);
        current = of(ofProcess);
        instance = current;
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(current::close));
      }
      return current;
    } finally {
      LOCK.unlock();
    }
  }

  /**
   * Creates an instance, which the caller closes.
   *
   * @param settings the settings
   * @return the instance; nothing is sent or opened yet
   */
  public static Synthlab of(Settings settings) {
    return builder().settings(settings).build();
  }

  /**
   * A builder of an instance, which reads no environment.
   *
   * @return a builder; the settings are required
   */
  public static SynthlabBuilder builder() {
    return new SynthlabBuilder();
  }

  /**
   * Creates an instance with an observer, which the caller closes.
   *
   * @param settings the settings
   * @param observer receives the report of each call
   * @return the instance; nothing is sent or opened yet
   */
  public static Synthlab of(Settings settings, CallObserver observer) {
    return builder().settings(settings).addObserver(observer).build();
  }

  /**
   * Installs the instance of this process, for frameworks and tests.
   *
   * @param layer the instance that {@link #get()} returns from now on
   * @return uninstalls it when closed; the caller still closes the instance itself
   * @throws IllegalStateException if there is already an instance of this process
   */
  public static Installed install(Synthlab layer) {
    LOCK.lock();
    try {
      if (instance != null) {
        throw new IllegalStateException(
            "Synthlab.get() was called, or another instance installed, before this install");
      }
      instance = Objects.requireNonNull(layer);
      Telemetry.install(layer.openTelemetry.map(Telemetry::of)); // for spans outside of calls
      return () -> uninstall(layer);
    } finally {
      LOCK.unlock();
    }
  }

  /** The installation of an instance; closing it uninstalls the instance. */
  @FunctionalInterface
  public interface Installed extends AutoCloseable {
    @Override
    void close();
  }

  private static void uninstall(Synthlab layer) {
    LOCK.lock();
    try {
      if (instance == layer) {
        instance = null;
        Telemetry.install(Optional.empty());
      }
    } finally {
      LOCK.unlock();
    }
  }

  /**
   * The settings of this instance.
   *
   * @return the settings
   */
  public Settings settings() {
    return settings;
  }

  /**
   * The limits, pauses and breakers that its calls share.
   *
   * @return the traffic control
   */
  public TrafficControl traffic() {
    return traffic;
  }

  /**
   * The tokens and costs of its calls.
   *
   * @return live totals
   */
  public UsageTotals totals() {
    return totals;
  }

  /**
   * The recorder of its calls.
   *
   * @param type the required type of the recorder
   * @param <T> that type
   * @return empty if there is no recorder of that type
   */
  public <T> Optional<T> recorder(Class<T> type) {
    return recorder.filter(type::isInstance).map(type::cast);
  }

  /**
   * The client for single calls.
   *
   * @return the one client, created at the first call
   * @throws dev.synthlab.config.ConfigException if the address requires a key and there is none
   */
  public LlmClient llm() {
    lock.lock();
    try {
      LlmClient made = llm;
      if (made == null) {
        made = client(settings.llm(), CallPolicy.WaitMode.WITHIN_DEADLINE);
        llm = made;
      }
      return made;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Creates a client for a bulk run: its calls wait for pauses, limits and breakers as long as
   * needed.
   *
   * @param how the settings, which may have other timeouts and attempts than those of single calls
   * @return a client over the same transport and traffic
   * @throws dev.synthlab.config.ConfigException if the address requires a key and there is none
   */
  public LlmClient bulk(Settings.Llm how) {
    return client(how, CallPolicy.WaitMode.UNBOUNDED);
  }

  /**
   * The shared instance of a type from another module, for the {@code get()} of that module.
   *
   * @param type the type
   * @param make creates the instance at the first call; it must not call this object
   * @param <T> the type
   * @return the one instance, closed with this object
   * @throws IllegalStateException if this object is closed
   */
  public <T extends AutoCloseable> T shared(Class<T> type, Function<Settings, T> make) {
    lock.lock();
    try {
      if (closed) {
        throw new IllegalStateException(
            "Synthlab is closed and creates no " + type.getSimpleName());
      }
      AutoCloseable made = shared.get(type);
      if (made == null) {
        made = make.apply(settings);
        shared.put(type, made);
      }
      return type.cast(made);
    } finally {
      lock.unlock();
    }
  }

  /**
   * The shared client of an external service, for the {@code get()} of that client.
   *
   * @param type the type of the client
   * @param service the service that it calls
   * @param make creates the client at the first call; it must not call this object
   * @param <T> the type of the client
   * @return the one instance, with the transport, traffic and observer of this object, closed with
   *     it
   * @throws dev.synthlab.config.ConfigException if the variables of the service are not valid
   * @throws IllegalStateException if this object is closed
   */
  public <T extends AutoCloseable> T client(
      Class<T> type, ApiService service, Function<ApiClient, T> make) {
    return shared(type, known -> make.apply(api(service, known)));
  }

  private ApiClient api(ApiService service, Settings known) {
    ApiClientBuilder builder =
        ApiClient.builder(service)
            .settings(service.settings(known.environment()))
            .transport(web())
            .timer(timer)
            .traffic(traffic)
            .observer(observer)
            .borrowed(active);
    openTelemetry.ifPresent(builder::openTelemetry);
    return builder.build();
  }

  /** The HTTP transport, also if the model is embedded. */
  private Transport web() {
    if (transport.transport() instanceof OkHttpTransport) {
      return transport;
    }
    return shared(
        OkHttpTransport.class, known -> new OkHttpTransport(ConnectOptions.of(known.network())));
  }

  /**
   * Does not wait, unlike {@code ExecutorService.close()}: calls in flight are cancelled and never
   * sent again, and end as {@link dev.synthlab.call.CallException.Cancelled}; verbs of its clients
   * then throw {@link IllegalStateException}. After them end connections, ledger and cache, in
   * reverse order of their creation. May be called from any thread, again, and by what a call runs.
   *
   * @see #shutdown
   */
  @Override
  public void close() {
    active.close();
    release();
  }

  /**
   * Admits no new call, waits for those in flight with all that belongs to them (retries, repairs,
   * rounds of tools), and then closes.
   *
   * @param grace the maximum time to wait
   * @return whether all calls had ended by themselves
   */
  public boolean shutdown(Duration grace) {
    boolean drained = active.shutdown(grace);
    release();
    return drained;
  }

  private void release() {
    List<AutoCloseable> made;
    lock.lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      transport.close();
      made = new ArrayList<>(shared.values());
      shared.clear();
    } finally {
      lock.unlock();
    }
    Collections.reverse(made);
    made.forEach(Synthlab::closeOne);
  }

  private static void closeOne(AutoCloseable one) {
    try {
      one.close();
    } catch (Exception e) { // the others must still be closed
      log.warn("{} could not be closed: {}", one.getClass().getSimpleName(), e.toString());
    }
  }

  private LlmClient client(Settings.Llm how, CallPolicy.WaitMode waiting) {
    settings.network().proxyFor(how.baseUrl()); // fails here, not in the first call
    LlmClientBuilder builder =
        InternalCalls.borrowed(LlmClient.builder(), transport, active)
            .settings(how)
            .timer(timer)
            .traffic(traffic)
            .addObserver(observer)
            .waiting(waiting)
            .concurrency(settings.limits().window());
    openTelemetry.ifPresent(builder::openTelemetry);
    cache.ifPresent(builder::cache);
    budget.ifPresent(builder::budget);
    return builder.build();
  }

  private static Optional<CallRecorder> recorder(Settings settings) {
    if (!settings.ledger().on()) {
      return Optional.empty();
    }
    for (CallRecorderProvider provider : ServiceLoader.load(CallRecorderProvider.class)) {
      return Optional.of(provider.open(settings));
    }
    log.warn("SYNTHLAB_LEDGER is on, but no ledger is on the class path: add synthlab-store");
    return Optional.empty();
  }

  private static Optional<Budget> budget(
      Settings settings, Timer timer, Optional<CallRecorder> recorder) {
    Optional<BigDecimal> max = settings.limits().budgetUsd();
    if (max.isPresent() && recorder.isEmpty()) {
      log.warn("SYNTHLAB_BUDGET_USD limits this process only, because SYNTHLAB_LEDGER is off");
    }
    return max.map(
        usd -> Budget.aDay(usd, timer, day -> recorder.flatMap(kept -> kept.costUsdSince(day))));
  }

  private static Optional<CompletionCache> cache(Settings settings) {
    if (!settings.cache().on()) {
      return Optional.empty();
    }
    for (CompletionCacheProvider provider : ServiceLoader.load(CompletionCacheProvider.class)) {
      return Optional.of(CompletionCache.shared(provider.open(settings)));
    }
    log.warn("SYNTHLAB_CACHE is on, but no cache is on the class path: add synthlab-store");
    return Optional.empty();
  }

  private static Transport transport(Settings settings, TrafficControl traffic) {
    URI base = settings.llm().baseUrl();
    if (base.getScheme().startsWith("http")) {
      return new OkHttpTransport(ConnectOptions.of(settings.network()));
    }
    for (TransportProvider provider : ServiceLoader.load(TransportProvider.class)) {
      if (provider.scheme().equals(base.getScheme())) {
        traffic.limitConcurrency(base, provider.concurrency(settings));
        return provider.open(settings);
      }
    }
    throw new IllegalStateException(
        "no transport for "
            + base.getScheme()
            + ": addresses on the class path; for the embedded model add synthlab-local");
  }
}
