package dev.synthlab.llm;

import dev.synthlab.call.ActiveCalls;
import dev.synthlab.call.Budget;
import dev.synthlab.call.CallLoop;
import dev.synthlab.call.CallObserver;
import dev.synthlab.call.CallPolicy;
import dev.synthlab.call.Credential;
import dev.synthlab.call.ObserverList;
import dev.synthlab.call.Timer;
import dev.synthlab.call.TrafficControl;
import dev.synthlab.config.LlmSettings;
import dev.synthlab.config.NetworkSettings;
import dev.synthlab.config.Secret;
import dev.synthlab.config.Settings;
import dev.synthlab.config.SuppliedSecret;
import dev.synthlab.config.Variable;
import dev.synthlab.http.ConnectOptions;
import dev.synthlab.http.OkHttpTransport;
import dev.synthlab.http.SharedTransport;
import dev.synthlab.http.Transport;
import dev.synthlab.json.Json;
import dev.synthlab.spans.Telemetry;
import io.opentelemetry.api.OpenTelemetry;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A builder of an {@link LlmClient}; made by {@link LlmClient#builder()}, {@link
 * LlmClient#builder(Settings)} or {@link LlmClient#toBuilder()}. It reads no environment. For one
 * thread.
 *
 * <pre>{@code
 * LlmClient llm = LlmClient.builder().apiKey(Secret.of(key)).model("gpt-4o-mini").build();
 * }</pre>
 */
public final class LlmClientBuilder {
  private LlmSettings settings = LlmSettings.defaults();
  private Optional<SuppliedSecret> credential = Optional.empty();
  private Optional<NetworkSettings> network = Optional.empty();
  private Optional<Transport> transport = Optional.empty();
  private Optional<SharedTransport> shared = Optional.empty();
  private Optional<SharedTransport> owned = Optional.empty();
  private Timer timer = Timer.system();
  private Optional<TrafficControl> traffic = Optional.empty();
  private TrafficControl.RouteLimits limits = TrafficControl.RouteLimits.DEFAULT;
  private List<CallObserver> observers = List.of();
  private CallPolicy.WaitMode waiting = CallPolicy.WaitMode.WITHIN_DEADLINE;
  private Optional<ActiveCalls> borrowed = Optional.empty();
  private Optional<Telemetry> telemetry = Optional.empty();
  private Optional<SingleFlightCache> answers = Optional.empty();
  private Optional<Budget> budget = Optional.empty();
  private int concurrency = Settings.Limits.DEFAULT_CONCURRENCY;

  LlmClientBuilder() {}

  /** Begins with the parts of a client: shares its connections, limits, cache and budget. */
  LlmClientBuilder(LlmClient.Parts parts) {
    settings = LlmSettings.of(parts.settings());
    credential = parts.credential();
    shared = parts.shared();
    transport = parts.transport();
    timer = parts.timer();
    traffic = Optional.of(parts.traffic());
    observers = parts.observers();
    waiting = parts.waiting();
    telemetry = parts.telemetry();
    answers = parts.answers();
    budget = parts.budget();
    concurrency = parts.concurrency();
  }

  /**
   * Sets all that settings have about models: address, key, models and times. Other methods replace
   * single values of them.
   *
   * @param llm the settings
   * @return this
   */
  public LlmClientBuilder settings(Settings.Llm llm) {
    settings = LlmSettings.of(llm);
    return this;
  }

  LlmClientBuilder process(Settings all) {
    network = Optional.of(all.network());
    concurrency = all.limits().window();
    limits = TrafficControl.RouteLimits.of(all.limits());
    return settings(all.llm());
  }

  /**
   * Sets the API key. OpenAI's own server requires this or {@link #credential}.
   *
   * @param key the key
   * @return this
   */
  public LlmClientBuilder apiKey(Secret key) {
    settings.key(key);
    credential = Optional.empty();
    return this;
  }

  /**
   * Sets a source of access tokens, in place of a key: it is asked for each attempt, and once more
   * when a server answers 401 and the source then has another value.
   *
   * @param source gives the token of the moment; called on the threads of calls, by many at a time
   * @return this
   */
  public LlmClientBuilder credential(Supplier<Secret> source) {
    credential = Optional.of(new SuppliedSecret(source));
    return this;
  }

  /**
   * Names the account whose key it is: limits, pauses and breakers of clients that share a traffic
   * control are kept by this name, and errors have it. Default: {@code apiKey}.
   *
   * @param name a short name, for example {@code tenant-a}
   * @return this
   */
  public LlmClientBuilder keyName(String name) {
    settings.keyName(name);
    return this;
  }

  /**
   * Sets the base URL of the server. Default: OpenAI's.
   *
   * @param address for example {@code https://eu.example/v1}
   * @return this
   */
  public LlmClientBuilder baseUrl(String address) {
    return set(Variable.OPENAI_BASE_URL, address, "baseUrl");
  }

  /**
   * Sets the organization that is billed. Default: that of the key.
   *
   * @param id the id of the organization
   * @return this
   */
  public LlmClientBuilder organization(String id) {
    return set(Variable.OPENAI_ORG_ID, id, "organization");
  }

  /**
   * Sets the project that is billed. Default: that of the key.
   *
   * @param id the id of the project
   * @return this
   */
  public LlmClientBuilder project(String id) {
    return set(Variable.OPENAI_PROJECT_ID, id, "project");
  }

  /**
   * Adds a header to every request.
   *
   * @param name its name
   * @param value its value, which is no secret
   * @return this
   */
  public LlmClientBuilder header(String name, String value) {
    settings.header(name, value);
    return this;
  }

  /**
   * Adds a header with a secret to every request.
   *
   * @param name its name
   * @param value its value
   * @return this
   */
  public LlmClientBuilder header(String name, Secret value) {
    settings.header(name, value);
    return this;
  }

  /**
   * Uses the API of Azure: its version is sent in each address, and the key as {@code api-key}.
   *
   * @param version for example {@code 2024-10-21}
   * @return this
   */
  public LlmClientBuilder azureApiVersion(String version) {
    return set(Variable.OPENAI_API_VERSION, version, "azureApiVersion");
  }

  /**
   * Sets the model of chat requests that name none. Default: {@code gpt-4o-mini}.
   *
   * @param name the name of the model
   * @return this
   */
  public LlmClientBuilder model(String name) {
    return set(Variable.SYNTHLAB_DEFAULT_MODEL, name, "model");
  }

  /**
   * Sets the model of embedding requests that name none.
   *
   * @param name the name of the model
   * @return this
   */
  public LlmClientBuilder embeddingModel(String name) {
    return set(Variable.SYNTHLAB_EMBEDDING_MODEL, name, "embeddingModel");
  }

  /**
   * Sets the model of image requests that name none.
   *
   * @param name the name of the model
   * @return this
   */
  public LlmClientBuilder imageModel(String name) {
    return set(Variable.SYNTHLAB_IMAGE_MODEL, name, "imageModel");
  }

  /**
   * Sets the models that are tried in turn when one cannot answer. Default: none.
   *
   * @param names the names of the models
   * @return this
   */
  public LlmClientBuilder fallbackModels(String... names) {
    return set(Variable.SYNTHLAB_FALLBACK_MODELS, String.join(",", names), "fallbackModels");
  }

  /**
   * Sets a file with prices and abilities of models, which overrides the built-in list.
   *
   * @param file the file
   * @return this
   */
  public LlmClientBuilder modelsFile(Path file) {
    return set(Variable.SYNTHLAB_MODELS_FILE, file.toString(), "modelsFile");
  }

  /**
   * Sets the timeout of one attempt, its body included. Default: 60 seconds.
   *
   * @param limit positive
   * @return this
   */
  public LlmClientBuilder timeout(Duration limit) {
    return set(Variable.SYNTHLAB_TIMEOUT, limit.toMillis() + "ms", "timeout");
  }

  /**
   * Sets the deadline of one call, all attempts and the waits between them included. Default: 3
   * minutes.
   *
   * @param within positive
   * @return this
   */
  public LlmClientBuilder deadline(Duration within) {
    return set(Variable.SYNTHLAB_CALL_DEADLINE, within.toMillis() + "ms", "deadline");
  }

  /**
   * Sets the maximum number of requests of one call to one model, the first included. Default: 5.
   *
   * @param count at least 1
   * @return this
   */
  public LlmClientBuilder maxAttempts(int count) {
    return set(Variable.SYNTHLAB_LLM_MAX_ATTEMPTS, Integer.toString(count), "maxAttempts");
  }

  /**
   * Sets the delays between attempts: each is a random part of a maximum, which doubles.
   *
   * @param first the maximum of the first delay
   * @param max the maximum of each delay
   * @return this
   */
  public LlmClientBuilder backoff(Duration first, Duration max) {
    set(Variable.SYNTHLAB_BACKOFF_MIN, first.toMillis() + "ms", "backoff");
    return set(Variable.SYNTHLAB_BACKOFF_MAX, max.toMillis() + "ms", "backoff");
  }

  private LlmClientBuilder set(Variable variable, String value, String field) {
    settings.set(variable, value, field);
    return this;
  }

  /**
   * Sets how servers are reached: proxies and certificate authorities. Default: without a proxy,
   * with the authorities of the system.
   *
   * @param how the settings
   * @return this
   */
  public LlmClientBuilder network(NetworkSettings how) {
    network = Optional.of(how);
    return this;
  }

  /**
   * Sets the transport, which the caller closes. Default: one of its own.
   *
   * @param over the transport
   * @return this
   */
  public LlmClientBuilder transport(Transport over) {
    transport = Optional.of(over);
    shared = Optional.empty();
    return this;
  }

  /**
   * Sets the transport, which is closed with the client.
   *
   * @param over the transport
   * @return this
   */
  public LlmClientBuilder owning(Transport over) {
    owned = Optional.of(new SharedTransport(over));
    transport = Optional.empty();
    return this;
  }

  LlmClientBuilder transport(SharedTransport over) {
    shared = Optional.of(over);
    transport = Optional.empty();
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
   * Shares limits, pauses and circuit breakers with other clients. Default: the client has its own.
   *
   * @param control the traffic control; it should have the same timer
   * @return this
   */
  public LlmClientBuilder traffic(TrafficControl control) {
    traffic = Optional.of(control);
    return this;
  }

  /**
   * Limits the requests to each model per minute. Default: no limit.
   *
   * @param count at least 1
   * @return this
   */
  public LlmClientBuilder requestsPerMinute(int count) {
    limits = limits.withRequestsPerMinute(count);
    return this;
  }

  /**
   * Limits the tokens of the requests to each model and of their answers per minute. Default: no
   * limit.
   *
   * @param count at least 1
   * @return this
   */
  public LlmClientBuilder tokensPerMinute(int count) {
    limits = limits.withTokensPerMinute(count);
    return this;
  }

  /**
   * Limits the requests to each model that are in flight at the same time: others wait, within
   * their deadlines. It is also the concurrency of {@link LlmClient#askAll}. Default: no limit, and
   * 8 for {@code askAll}.
   *
   * @param count at least 1
   * @return this
   */
  public LlmClientBuilder maxConcurrentCalls(int count) {
    limits = limits.withMaxConcurrentCalls(count);
    concurrency = count;
    return this;
  }

  /**
   * Sets where spans and metrics of its calls go. Default: the global OpenTelemetry.
   *
   * @param otel the OpenTelemetry, which the caller closes
   * @return this
   */
  public LlmClientBuilder openTelemetry(OpenTelemetry otel) {
    telemetry = Optional.of(Telemetry.of(otel));
    return this;
  }

  /**
   * Adds an observer of all calls. What it throws is logged.
   *
   * @param observer gets the report of each call
   * @return this
   */
  public LlmClientBuilder addObserver(CallObserver observer) {
    List<CallObserver> more = new ArrayList<>(observers);
    more.add(Objects.requireNonNull(observer));
    observers = List.copyOf(more);
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
   * Sets the default concurrency of {@link LlmClient#askAll}, without a limit on other calls.
   *
   * @param calls the maximum number of calls in flight, at least 1
   * @return this
   */
  public LlmClientBuilder concurrency(int calls) {
    concurrency = calls;
    return this;
  }

  /** The client belongs to another owner, whose end ends its calls; its own does nothing. */
  LlmClientBuilder borrowed(ActiveCalls calls) {
    borrowed = Optional.of(calls);
    return this;
  }

  /**
   * Builds the client.
   *
   * @return a client, which the caller closes
   * @throws dev.synthlab.config.ConfigException with everything that is missing or not allowed
   * @throws IllegalStateException if another client of the same traffic control has other limits
   *     for the same key name and address
   */
  public LlmClient build() {
    Settings.Llm llm = settings.build(credential.isPresent());
    // Loaded here: virtual threads that wait for a class to load pin their carriers.
    Json.parser("{}").close();
    boolean limited = !limits.equals(TrafficControl.RouteLimits.DEFAULT);
    TrafficControl control = traffic.orElseGet(() -> TrafficControl.by(timer, limits));
    if (limited && traffic.isPresent()) {
      control.setLimits(llm.baseUrl(), llm.keyName(), limits);
    }
    Transport over = transport.orElseGet(() -> opened(llm.baseUrl()));
    CallPolicy policy =
        new CallPolicy(
            llm.maxAttempts(), llm.timeout(), llm.backoffFirst(), llm.backoffMax(), waiting);
    Endpoint endpoint = new Endpoint(llm, credential.isPresent(), new ModelRegistry(llm, timer));
    ActiveCalls active = borrowed.orElseGet(() -> new ActiveCalls("LlmClient"));
    CallLoop loop = new CallLoop(over, control, policy, new ObserverList(observers)).with(active);
    loop = budget.map(loop::with).orElse(loop);
    loop = telemetry.map(loop::with).orElse(loop);
    loop = credential.map(Credential::new).map(loop::with).orElse(loop);
    return new LlmClient(
        new ModelCalls(endpoint, loop, timer, new CacheLookup(answers, endpoint, loop, timer)),
        new LlmClient.Parts(
            llm,
            credential,
            over instanceof SharedTransport common ? Optional.of(common) : Optional.empty(),
            transport,
            timer,
            control,
            observers,
            waiting,
            telemetry,
            answers,
            budget,
            concurrency),
        borrowed.isEmpty());
  }

  /** A transport of the client: one that it shares, or a new one. */
  private SharedTransport opened(URI base) {
    if (owned.isPresent()) {
      SharedTransport first = owned.get();
      shared = owned; // another client of this builder shares it
      owned = Optional.empty();
      return first;
    }
    if (shared.isPresent()) {
      return borrowed.isPresent() ? shared.get() : shared.get().share();
    }
    if (base.getScheme().startsWith("http")) {
      NetworkSettings how = network.orElseGet(NetworkSettings::direct);
      return new SharedTransport(new OkHttpTransport(ConnectOptions.of(how)));
    }
    throw new IllegalStateException(
        "a client built by hand has no transport for "
            + base.getScheme()
            + ": addresses: give it one, or build it by Synthlab.builder(), which opens that of the"
            + " embedded model");
  }
}
