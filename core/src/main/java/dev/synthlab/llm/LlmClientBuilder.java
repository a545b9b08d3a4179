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

/** A builder of an {@link LlmClient}; made by {@link LlmClient#builder()}. For one thread. */
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
   * Sets the address, the key and the defaults; required.
   *
   * @param llm the settings
   * @return this
   */
  public LlmClientBuilder settings(Settings.Llm llm) {
    settings = llm;
    return this;
  }

  /**
   * Sets the transport, which the caller closes; this or {@link #owning} is required.
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
   * Sets the transport, which is closed with the client.
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
   * Sets the timer; by default that of the system.
   *
   * @param clock the timer
   * @return this
   */
  public LlmClientBuilder timer(Timer clock) {
    timer = clock;
    return this;
  }

  /**
   * Shares rate limits, pauses and circuit breakers with other clients.
   *
   * @param shared the traffic control; it should have the same timer
   * @return this
   */
  public LlmClientBuilder traffic(TrafficControl shared) {
    traffic = shared;
    return this;
  }

  /**
   * Sets the observer of all calls.
   *
   * @param hears gets the report of each call
   * @return this
   */
  public LlmClientBuilder observer(CallObserver hears) {
    observer = hears;
    return this;
  }

  /**
   * Sets how long a call may wait before it is sent; by default within its deadline.
   *
   * @param way how it waits
   * @return this
   */
  public LlmClientBuilder waiting(CallPolicy.WaitMode way) {
    waiting = way;
    return this;
  }

  /**
   * Sets the cache of completions, which the caller closes; by default there is none.
   *
   * @param kept the cache; {@linkplain CompletionCache#shared shared} if other clients use it too
   * @return this
   */
  public LlmClientBuilder cache(CompletionCache kept) {
    answers = Optional.of(SingleFlightCache.of(kept));
    return this;
  }

  /**
   * Sets the budget of its calls; by default there is none. A call whose maximum cost exceeds it,
   * or is not known, is not sent.
   *
   * @param bound the budget; other clients may share it
   * @return this
   */
  public LlmClientBuilder budget(Budget bound) {
    budget = Optional.of(bound);
    return this;
  }

  /**
   * Sets the default concurrency of {@link LlmClient#askAll}.
   *
   * @param calls the maximum number of calls in flight, at least 1
   * @return this
   */
  public LlmClientBuilder concurrency(int calls) {
    concurrency = calls;
    return this;
  }

  /**
   * Builds the client.
   *
   * @return a client
   * @throws dev.synthlab.config.ConfigException when the address needs a key and there is none
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
