package dev.synthlab;

import dev.synthlab.call.Budget;
import dev.synthlab.call.CallObserver;
import dev.synthlab.call.CallPolicy;
import dev.synthlab.call.CallRecorder;
import dev.synthlab.call.CallRecorderProvider;
import dev.synthlab.call.CallReport;
import dev.synthlab.call.Timer;
import dev.synthlab.call.TrafficControl;
import dev.synthlab.config.Settings;
import dev.synthlab.external.ApiClient;
import dev.synthlab.external.ApiService;
import dev.synthlab.http.ConnectOptions;
import dev.synthlab.http.OkHttpTransport;
import dev.synthlab.http.Transport;
import dev.synthlab.http.TransportProvider;
import dev.synthlab.llm.CompletionCache;
import dev.synthlab.llm.CompletionCacheProvider;
import dev.synthlab.llm.LlmClient;
import dev.synthlab.llm.LlmClientBuilder;
import dev.synthlab.llm.UsageTotals;
import dev.synthlab.logging.Logging;
import java.math.BigDecimal;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.ServiceLoader;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * The composition root: puts the layer together from {@link Settings} and holds what the process
 * has one of. Closing it closes all of it. Safe for use by many threads.
 */
public final class Synthlab implements AutoCloseable {
  private static final Logger log = Logging.component("synthlab");
  private static final ReentrantLock LOCK = new ReentrantLock();
  private static @Nullable Synthlab instance;

  private final Settings settings;
  private final Timer timer;
  private final TrafficControl traffic;
  private final Transport transport;
  private final Optional<CallRecorder> recorder;
  private final CallObserver observer;
  private final Optional<CompletionCache> cache;
  private final Optional<Budget> budget;
  private final UsageTotals totals = new UsageTotals();
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Class<?>, AutoCloseable> shared = new LinkedHashMap<>();
  private @Nullable LlmClient llm;
  private boolean closed;

  private Synthlab(Settings settings, CallObserver observer) {
    this.settings = settings;
    this.timer = Timer.system();
    this.traffic = TrafficControl.by(timer, rules(settings.limits()));
    this.transport = transport(settings, traffic);
    this.recorder = recorder(settings);
    recorder.ifPresent(kept -> shared.put(CallRecorder.class, kept));
    this.budget = budget(settings, timer, recorder);
    this.cache = cache(settings);
    cache.ifPresent(kept -> shared.put(CompletionCache.class, kept));
    this.observer =
        new CallObserver() {
          @Override
          public void ended(CallReport report) {
            totals.ended(report);
            recorder.ifPresent(kept -> kept.ended(report));
            observer.ended(report);
          }

          @Override
          public boolean wantsTexts() {
            return recorder.filter(CallObserver::wantsTexts).isPresent() || observer.wantsTexts();
          }
        };
  }

  /**
   * The layer of this process, set up from the environment at the first call and closed when the
   * process ends.
   *
   * @return the one instance, or the one that was installed
   * @throws dev.synthlab.config.ConfigException when the environment has mistakes
   */
  public static Synthlab get() {
    LOCK.lock();
    try {
      Synthlab made = instance;
      if (made == null) {
        Settings ofProcess = Settings.get();
        ofProcess.warnings().forEach(log::warn);
        made = of(ofProcess);
        instance = made;
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(made::close));
      }
      return made;
    } finally {
      LOCK.unlock();
    }
  }

  /**
   * A layer of its own, closed by the caller.
   *
   * @param settings what it is set up from
   * @return the layer; nothing is sent or opened yet
   */
  public static Synthlab of(Settings settings) {
    return of(settings, report -> {});
  }

  /**
   * A layer of its own, closed by the caller.
   *
   * @param settings what it is set up from
   * @param observer hears how every call went
   * @return the layer; nothing is sent or opened yet
   */
  public static Synthlab of(Settings settings, CallObserver observer) {
    return new Synthlab(Objects.requireNonNull(settings), Objects.requireNonNull(observer));
  }

  /**
   * Puts a layer in the place of the process's own: for frameworks and tests.
   *
   * @param layer what {@link #get()} gives from now on
   * @return undoes it when closed; the layer stays the caller's to close
   * @throws IllegalStateException when another was already handed out
   */
  public static Installed install(Synthlab layer) {
    LOCK.lock();
    try {
      if (instance != null) {
        throw new IllegalStateException(
            "Synthlab.get() was called, or another layer installed, before this install");
      }
      instance = Objects.requireNonNull(layer);
      return () -> uninstall(layer);
    } finally {
      LOCK.unlock();
    }
  }

  /** Undoes an {@link #install}. */
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
      }
    } finally {
      LOCK.unlock();
    }
  }

  /**
   * What it was set up from.
   *
   * @return the settings
   */
  public Settings settings() {
    return settings;
  }

  /**
   * What its calls share.
   *
   * @return the traffic
   */
  public TrafficControl traffic() {
    return traffic;
  }

  /**
   * What its calls have used, and what that cost.
   *
   * @return goes on counting
   */
  public UsageTotals totals() {
    return totals;
  }

  /**
   * What keeps the record of its calls.
   *
   * @param type what it shall be, too
   * @param <T> what it is
   * @return the recorder, or empty where there is none or it is no such one
   */
  public <T> Optional<T> recorder(Class<T> type) {
    return recorder.filter(type::isInstance).map(type::cast);
  }

  /**
   * The client for single calls.
   *
   * @return the one client, made at the first call
   * @throws dev.synthlab.config.ConfigException when the key is missing that the address needs
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
   * A client for a bulk run: its calls wait as long as their route is held back.
   *
   * @param how the settings it follows, which may differ from those of single calls in times and
   *     attempts
   * @return a client over the same transport and traffic
   * @throws dev.synthlab.config.ConfigException when the key is missing that the address needs
   */
  public LlmClient bulk(Settings.Llm how) {
    return client(how, CallPolicy.WaitMode.UNBOUNDED);
  }

  /**
   * The one instance of something that another module brings; for the {@code get()} of that module.
   *
   * @param type what it is known by
   * @param make makes it, at the first call; it must not call this layer
   * @param <T> what it is
   * @return the one instance, closed with this layer
   * @throws IllegalStateException when this layer was closed
   */
  public <T extends AutoCloseable> T shared(Class<T> type, Function<Settings, T> make) {
    lock.lock();
    try {
      if (closed) {
        throw new IllegalStateException(
            "this layer is closed and makes no " + type.getSimpleName());
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
   * The one client of a service outside; for its {@code get()}.
   *
   * @param type what it is known by
   * @param service whom it calls
   * @param make makes it, at the first call; it must not call this layer
   * @param <T> what it is
   * @return the one instance, over the transport, the traffic and the observers of this layer;
   *     closed with it
   * @throws dev.synthlab.config.ConfigException when the variables of the service have mistakes
   * @throws IllegalStateException when this layer was closed
   */
  public <T extends AutoCloseable> T client(
      Class<T> type, ApiService service, Function<ApiClient, T> make) {
    return shared(
        type,
        known ->
            make.apply(
                ApiClient.builder(service)
                    .settings(service.settings(known.environment()))
                    .transport(web())
                    .timer(timer)
                    .traffic(traffic)
                    .observer(observer)
                    .build()));
  }

  /** What reaches servers, also where the model is embedded. */
  private Transport web() {
    if (transport instanceof OkHttpTransport) {
      return transport;
    }
    return shared(
        OkHttpTransport.class, known -> new OkHttpTransport(ConnectOptions.of(known.network())));
  }

  /** Ends what is under way and gives everything back, what was made last first. */
  @Override
  public void close() {
    transport.close();
    List<AutoCloseable> made;
    lock.lock();
    try {
      closed = true;
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
    } catch (Exception e) { // the others must be closed all the same
      log.warn("{} could not be closed: {}", one.getClass().getSimpleName(), e.toString());
    }
  }

  private LlmClient client(Settings.Llm how, CallPolicy.WaitMode waiting) {
    LlmClientBuilder builder =
        LlmClient.builder()
            .settings(how)
            .transport(transport)
            .timer(timer)
            .traffic(traffic)
            .observer(observer)
            .waiting(waiting)
            .concurrency(settings.limits().window());
    cache.ifPresent(builder::cache);
    budget.ifPresent(builder::budget);
    return builder.build();
  }

  private static TrafficControl.RouteLimits rules(Settings.Limits limits) {
    return new TrafficControl.RouteLimits(
        boxed(limits.requestsPerMinute()),
        boxed(limits.tokensPerMinute()),
        limits.concurrency().isPresent()
            ? Optional.empty()
            : Optional.of(Settings.Limits.MAX_IN_FLIGHT),
        limits.throttle(),
        limits.breaker());
  }

  private static Optional<Integer> boxed(OptionalInt number) {
    return number.isPresent() ? Optional.of(number.getAsInt()) : Optional.empty();
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
      log.warn("SYNTHLAB_BUDGET_USD bounds this process alone, as SYNTHLAB_LEDGER is off");
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
            + ": addresses is on the class path; for the embedded model add synthlab-local");
  }
}
