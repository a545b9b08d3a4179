package dev.synthlab.llm;

import dev.synthlab.call.Budget;
import dev.synthlab.call.CallLoop;
import dev.synthlab.call.CallObserver;
import dev.synthlab.call.CallPolicy;
import dev.synthlab.call.Timer;
import dev.synthlab.call.TrafficControl;
import dev.synthlab.config.Settings;
import dev.synthlab.http.Transport;
import dev.synthlab.json.Json;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Puts an {@link LlmClient} together; made by {@link LlmClient#builder()}. For one thread. */
public final class LlmClientBuilder {
  private Settings.@Nullable Llm settings;
  private @Nullable Transport transport;
  private boolean ownsTransport;
  private Timer timer = Timer.system();
  private @Nullable TrafficControl traffic;
  private CallObserver observer = report -> {};
  private CallPolicy.WaitMode waiting = CallPolicy.WaitMode.WITHIN_DEADLINE;
  private Optional<SingleFlightCache> answers = Optional.empty();
  private Optional<Budget> budget = Optional.empty();
  private int concurrency = Settings.Limits.DEFAULT_CONCURRENCY;

  LlmClientBuilder() {}

  /**
   * Where to, with which key and by which defaults.
   *
   * @param llm the settings
   * @return this
   */
  public LlmClientBuilder settings(Settings.Llm llm) {
    settings = llm;
    return this;
  }

  /**
   * What it sends through; stays the caller's to close.
   *
   * @param over the transport
   * @return this
   */
  public LlmClientBuilder transport(Transport over) {
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
  public LlmClientBuilder owning(Transport over) {
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
  public LlmClientBuilder timer(Timer clock) {
    timer = clock;
    return this;
  }

  /**
   * What its calls share with those of other clients, else only among themselves.
   *
   * @param shared the traffic; its timer should be the client's
   * @return this
   */
  public LlmClientBuilder traffic(TrafficControl shared) {
    traffic = shared;
    return this;
  }

  /**
   * Who hears how every call went.
   *
   * @param hears the observer
   * @return this
   */
  public LlmClientBuilder observer(CallObserver hears) {
    observer = hears;
    return this;
  }

  /**
   * What a call does while its route is held back, else it waits within its deadline.
   *
   * @param way how it waits
   * @return this
   */
  public LlmClientBuilder waiting(CallPolicy.WaitMode way) {
    waiting = way;
    return this;
  }

  /**
   * Where answers are kept for equal requests, else nowhere. It stays the caller's to close.
   *
   * @param kept the cache; {@linkplain CompletionCache#shared shared} if other clients use it too
   * @return this
   */
  public LlmClientBuilder cache(CompletionCache kept) {
    answers = Optional.of(SingleFlightCache.of(kept));
    return this;
  }

  /**
   * What its calls may cost, else as much as they like. A call that might cost more is not sent,
   * nor is one of which that is not known.
   *
   * @param bound the budget; other clients may share it
   * @return this
   */
  public LlmClientBuilder budget(Budget bound) {
    budget = Optional.of(bound);
    return this;
  }

  /**
   * How many calls {@link LlmClient#askAll} makes at once, if it is not told.
   *
   * @param calls at least 1
   * @return this
   */
  public LlmClientBuilder concurrency(int calls) {
    concurrency = calls;
    return this;
  }

  /**
   * The client.
   *
   * @return ready for calls
   * @throws dev.synthlab.config.ConfigException when the key is missing that the address needs
   */
  public LlmClient build() {
    Settings.Llm llm = Objects.requireNonNull(settings, "settings");
    Transport over = Objects.requireNonNull(transport, "transport");
    // Loaded here: virtual threads that wait for a class to load pin their carriers.
    Json.mapper();
    TrafficControl shared =
        traffic == null ? TrafficControl.by(timer, TrafficControl.RouteLimits.DEFAULT) : traffic;
    CallPolicy policy =
        new CallPolicy(
            llm.maxAttempts(), llm.timeout(), llm.backoffFirst(), llm.backoffMax(), waiting);
    Endpoint endpoint = new Endpoint(llm, new ModelRegistry(llm, timer));
    CallLoop unbounded = new CallLoop(over, shared, policy, observer);
    CallLoop loop = budget.map(unbounded::with).orElse(unbounded);
    return new LlmClient(
        new ModelCalls(endpoint, loop, timer, new CacheLookup(answers, endpoint, loop, timer)),
        concurrency,
        ownsTransport ? Optional.of(over) : Optional.empty());
  }
}
