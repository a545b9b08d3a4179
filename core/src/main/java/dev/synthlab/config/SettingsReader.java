package dev.synthlab.config;

import dev.synthlab.config.ConfigException.Problem;
import dev.synthlab.config.Environment.Found;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** Reads all settings of an environment and collects all problems. Used once, by one thread. */
final class SettingsReader {
  private static final URI EMBEDDED = URI.create("local:///smollm2-135m");

  private final Environment environment;
  private final List<Problem> problems = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();

  SettingsReader(Environment environment) {
    this.environment = environment;
  }

  Settings read() {
    problems.addAll(environment.problems());
    warnings.addAll(environment.file().warnings());
    warnings.addAll(UnknownVariables.warnings(environment));
    warnOfIgnoredVariables();
    rememberAllKeys();
    URI address =
        embeddedIsChosen()
            ? checked(Variable.OPENAI_BASE_URL, ValueParser::baseUrl, EMBEDDED)
            : value(Variable.OPENAI_BASE_URL, ValueParser::baseUrl);
    Settings settings =
        new Settings(
            llm(address),
            limits(),
            local(address),
            net(),
            paths(),
            database(),
            ledger(),
            cached(),
            logs(),
            trace(),
            environment,
            warnings);
    if (!problems.isEmpty()) {
      throw new ConfigException(problems, warnings);
    }
    return settings;
  }

  private void warnOfIgnoredVariables() {
    List<String> ignored = environment.ignored();
    if (!ignored.isEmpty()) {
      warnings.add(
          String.join(", ", ignored)
              + ": ignored in .env, because that file may come from somebody else. If you trust its"
              + " content, use --env-file .env (in Java Environment.withEnvFile)");
    }
  }

  /** The default of a path in this environment; empty if there is none. */
  String defaultPath(Variable variable) {
    return variable == Variable.SYNTHLAB_CACHE_DIR ? cache().toString() : variable.defaultText();
  }

  /** An option for the address wins over a variable for the embedded model. */
  private boolean embeddedIsChosen() {
    boolean local = choice(Variable.SYNTHLAB_PROVIDER).equals("local");
    boolean byOption = environment.origin(Variable.SYNTHLAB_PROVIDER) instanceof Origin.Option;
    boolean addressByOption = environment.origin(Variable.OPENAI_BASE_URL) instanceof Origin.Option;
    return local && (byOption || !addressByOption);
  }

  /** A key that is overridden by another one is still a secret. */
  private void rememberAllKeys() {
    for (String name : Variable.OPENAI_API_KEY.names()) {
      environment.convention(name).map(String::strip).ifPresent(Secret::of);
    }
  }

  private Settings.Llm llm(URI address) {
    boolean embedded = embedded(address);
    if (!embedded) {
      refuseKeyOfAnotherServer();
    }
    Optional<Secret> key = optional(Variable.OPENAI_API_KEY, ValueParser::key);
    Map<String, Secret> headers =
        optional(Variable.SYNTHLAB_HEADERS, ValueParser::headers).orElse(Map.of());
    UnaryOperator<String> model = name -> embedded ? address.getPath().substring(1) : name;
    Duration first = duration(Variable.SYNTHLAB_BACKOFF_MIN);
    Duration max = duration(Variable.SYNTHLAB_BACKOFF_MAX);
    requireOrder(first, max);
    return new Settings.Llm(
        ValueParser.bare(address),
        embedded ? Optional.empty() : key,
        environment.find(Variable.OPENAI_API_KEY).map(Found::name).orElse("OPENAI_API_KEY"),
        Optional.ofNullable(address.getRawUserInfo()).map(Secret::ofUserInfo),
        optional(Variable.OPENAI_ORG_ID, ValueParser::token),
        optional(Variable.OPENAI_PROJECT_ID, ValueParser::token),
        embedded ? Map.of() : headers,
        optional(Variable.OPENAI_API_VERSION, ValueParser::token)
            .or(
                () ->
                    environment
                        .find(Variable.OPENAI_BASE_URL)
                        .flatMap(found -> ValueParser.apiVersion(found.value()))),
        model.apply(value(Variable.SYNTHLAB_DEFAULT_MODEL, ValueParser::line)),
        model.apply(value(Variable.SYNTHLAB_EMBEDDING_MODEL, ValueParser::line)),
        model.apply(value(Variable.SYNTHLAB_IMAGE_MODEL, ValueParser::line)),
        duration(Variable.SYNTHLAB_TIMEOUT),
        count(Variable.SYNTHLAB_LLM_MAX_ATTEMPTS),
        first,
        max,
        duration(Variable.SYNTHLAB_CALL_DEADLINE),
        embedded
            ? List.of()
            : optional(Variable.SYNTHLAB_FALLBACK_MODELS, ValueParser::list).orElse(List.of()),
        optional(Variable.SYNTHLAB_MODELS_FILE, this::path));
  }

  private void refuseKeyOfAnotherServer() {
    environment
        .find(Variable.OPENAI_API_KEY)
        .flatMap(
            key -> environment.refusal(key, Variable.OPENAI_BASE_URL, Variable.SYNTHLAB_PROVIDER))
        .ifPresent(problems::add);
  }

  private Settings.Limits limits() {
    return new Settings.Limits(
        value(
            Variable.SYNTHLAB_CONCURRENCY,
            raw -> ValueParser.countOrAuto(Variable.SYNTHLAB_CONCURRENCY, raw)),
        optionalCount(Variable.SYNTHLAB_RPM),
        optionalCount(Variable.SYNTHLAB_TPM),
        choice(Variable.SYNTHLAB_THROTTLE).equals("on"),
        choice(Variable.SYNTHLAB_BREAKER).equals("on"),
        optional(Variable.SYNTHLAB_BUDGET_USD, ValueParser::money));
  }

  private OptionalInt optionalCount(Variable variable) {
    Optional<Integer> count = optional(variable, raw -> ValueParser.count(variable, raw));
    return count.isPresent() ? OptionalInt.of(count.get()) : OptionalInt.empty();
  }

  private Settings.Local local(URI address) {
    return new Settings.Local(
        embedded(address),
        optional(Variable.SYNTHLAB_LOCAL_MODEL, this::path),
        value(Variable.SYNTHLAB_LOCAL_MODEL_URL, ValueParser::address),
        environment.find(Variable.SYNTHLAB_CACHE_DIR).isPresent()
            ? value(Variable.SYNTHLAB_CACHE_DIR, this::path)
            : cache(),
        count(Variable.SYNTHLAB_LOCAL_SLOTS),
        count(Variable.SYNTHLAB_LOCAL_MAX_TOKENS));
  }

  private NetworkSettings net() {
    // The password of a proxy that no call uses is a secret, too.
    environment
        .find(Variable.ALL_PROXY)
        .ifPresent(all -> ValueParser.keepUserInfo(ValueParser.withScheme(all.value())));
    Map<String, Problem> refused = new HashMap<>();
    Optional<NetworkSettings.Proxy> http = proxy("http", Variable.HTTP_PROXY, refused);
    Optional<NetworkSettings.Proxy> https = proxy("https", Variable.HTTPS_PROXY, refused);
    List<String> direct = optional(Variable.NO_PROXY, NoProxy::entries).orElse(List.of());
    direct.stream()
        .filter(entry -> !NoProxy.readable(entry))
        .map(
            entry ->
                "NO_PROXY: \"" + entry + "\" is not a host, an address or a network; it is ignored")
        .forEach(warnings::add);
    return new NetworkSettings(
        optional(Variable.SYNTHLAB_CA_FILE, this::caFile), http, https, direct, refused);
  }

  /** Desktops set proxies of several kinds: one that cannot be used stops nothing but its calls. */
  private Optional<NetworkSettings.Proxy> proxy(
      String scheme, Variable variable, Map<String, Problem> refused) {
    Variable given = environment.find(variable).isPresent() ? variable : Variable.ALL_PROXY;
    return environment
        .find(given)
        .flatMap(
            found -> {
              try {
                return Optional.of(ValueParser.proxy(found.value()));
              } catch (IllegalArgumentException e) {
                String reason = Objects.requireNonNullElse(e.getMessage(), "");
                refused.put(scheme, problem(given, found, reason));
                return Optional.empty();
              }
            });
  }

  private NetworkSettings.CaFile caFile(String raw) {
    Path file = path(raw);
    PemFile read = PemFile.read(file);
    read.expired().stream()
        .map(one -> "SYNTHLAB_CA_FILE " + file + ": " + one + "; it is ignored")
        .forEach(warnings::add);
    return new NetworkSettings.CaFile(file, read.valid());
  }

  private Settings.Database database() {
    Optional<DatabaseUrl> server = optional(Variable.DATABASE_URL, DatabaseUrl::parse);
    return new Settings.Database(
        server,
        count(Variable.SYNTHLAB_DB_POOL_SIZE),
        duration(Variable.SYNTHLAB_DB_CONNECT_TIMEOUT),
        duration(Variable.SYNTHLAB_DB_STATEMENT_TIMEOUT),
        optional(Variable.SYNTHLAB_DB_MIGRATIONS, ValueParser::list).orElse(List.of()),
        value(Variable.SQL_ECHO, ValueParser::onOrOff),
        sslMode(server),
        optional(Variable.POSTGRES_SSL_ROOT_CERT, this::path));
  }

  private Settings.Ledger ledger() {
    return new Settings.Ledger(
        choice(Variable.SYNTHLAB_LEDGER).equals("on"),
        optional(Variable.SYNTHLAB_LEDGER_URL, DatabaseUrl::parse),
        choice(Variable.SYNTHLAB_LEDGER_TEXTS).equals("on"));
  }

  private Settings.Cache cached() {
    return new Settings.Cache(
        choice(Variable.SYNTHLAB_CACHE).equals("on"),
        duration(Variable.SYNTHLAB_CACHE_TTL),
        count(Variable.SYNTHLAB_CACHE_MAX_MB));
  }

  /** The mode of the address, or the variable; two different modes are a problem. */
  private String sslMode(Optional<DatabaseUrl> server) {
    Optional<String> inAddress = server.flatMap(url -> url.parameter("sslmode"));
    String mode = choice(Variable.POSTGRES_SSL_MODE);
    Optional<Found> set = environment.find(Variable.POSTGRES_SSL_MODE);
    if (inAddress.isEmpty() || inAddress.get().equals(mode)) {
      return mode;
    }
    set.ifPresent(
        found ->
            problems.add(
                problem(
                    Variable.POSTGRES_SSL_MODE,
                    found,
                    "sslmode in DATABASE_URL says " + inAddress.get() + ": remove one of them")));
    return inAddress.get();
  }

  private Settings.Paths paths() {
    return new Settings.Paths(
        value(Variable.SYNTHLAB_OUTPUT_DIR, this::path),
        value(Variable.SYNTHLAB_DB_PATH, this::path));
  }

  private Settings.Logs logs() {
    return new Settings.Logs(
        choice(Variable.LOG_LEVEL).toUpperCase(Locale.ROOT), choice(Variable.SYNTHLAB_LOG_FORMAT));
  }

  private TraceSettings trace() {
    Optional<URI> endpoint = optional(Variable.PHOENIX_COLLECTOR_ENDPOINT, ValueParser::open);
    Optional<Secret> key = optional(Variable.PHOENIX_API_KEY, ValueParser::key);
    Map<String, Secret> headers =
        optional(Variable.PHOENIX_CLIENT_HEADERS, ValueParser::pairs).orElse(Map.of());
    return new TraceSettings(
        optional(
            Variable.PHOENIX_ENABLED,
            raw -> ValueParser.choice(Variable.PHOENIX_ENABLED, raw).equals("true")),
        endpoint,
        key,
        headers,
        value(Variable.PHOENIX_PROJECT, ValueParser::line),
        value(Variable.SYNTHLAB_TRACE_SAMPLE, ValueParser::share),
        duration(Variable.SYNTHLAB_TRACE_SHUTDOWN),
        environment
            .convention("PHOENIX_GRPC_PORT")
            .map(String::strip)
            .filter(port -> port.matches("\\d{1,5}"))
            .map(Integer::parseInt)
            .orElse(TraceSettings.DEFAULT_GRPC_PORT),
        otel());
  }

  /** The variables of OpenTelemetry. The values of its headers are secrets. */
  private Map<String, String> otel() {
    Map<String, String> set = new TreeMap<>();
    for (String name : environment.names()) {
      if (name.startsWith("OTEL_")) {
        environment.convention(name).ifPresent(value -> set.put(name, value));
      }
    }
    set.forEach(
        (name, value) -> {
          if (name.endsWith("_HEADERS")) {
            Stream.of(value.split(","))
                .map(pair -> pair.substring(pair.indexOf('=') + 1).strip())
                .filter(each -> !each.isEmpty())
                .forEach(Secret::of);
          }
        });
    return set;
  }

  private static boolean embedded(URI address) {
    return "local".equals(address.getScheme());
  }

  private void requireOrder(Duration first, Duration max) {
    if (first.compareTo(max) > 0) {
      Variable variable = Variable.SYNTHLAB_BACKOFF_MIN;
      String value = environment.find(variable).map(Found::value).orElse(variable.defaultText());
      problems.add(
          new Problem(
              variable.name(),
              value,
              "must not be greater than SYNTHLAB_BACKOFF_MAX (" + max.toMillis() + "ms)",
              environment.origin(variable).describe()));
    }
  }

  private Path cache() {
    return environment
        .convention("XDG_CACHE_HOME")
        .map(this::path)
        .filter(Path::isAbsolute)
        .map(base -> base.resolve("synthlab"))
        .orElseGet(() -> path(Variable.SYNTHLAB_CACHE_DIR.defaultText()));
  }

  private Path path(String raw) {
    String value = ValueParser.line(raw);
    if (value.equals("~") || value.startsWith("~/")) {
      return home().resolve(value.substring(Math.min(2, value.length())));
    }
    return Path.of(value);
  }

  private Path home() {
    return Path.of(
        environment.convention("HOME").orElseGet(() -> System.getProperty("user.home", ".")));
  }

  private Duration duration(Variable variable) {
    return value(variable, ValueParser::duration);
  }

  private int count(Variable variable) {
    return value(variable, raw -> ValueParser.count(variable, raw));
  }

  private String choice(Variable variable) {
    return value(variable, raw -> ValueParser.choice(variable, raw));
  }

  /** The value, or the default if it is not set or wrong. */
  private <T> T value(Variable variable, Function<String, T> reader) {
    return optional(variable, reader).orElseGet(() -> reader.apply(variable.defaultText()));
  }

  /** Another value, after this one was checked. */
  private <T> T checked(Variable variable, Function<String, T> reader, T other) {
    optional(variable, reader);
    return other;
  }

  private <T> Optional<T> optional(Variable variable, Function<String, T> reader) {
    Optional<Found> found = environment.find(variable);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(reader.apply(found.get().value()));
    } catch (IllegalArgumentException e) {
      problems.add(problem(variable, found.get(), Objects.requireNonNullElse(e.getMessage(), "")));
      return Optional.empty();
    }
  }

  private static Problem problem(Variable variable, Found found, String reason) {
    String allowed = variable.allowed() + (reason.isEmpty() ? "" : "; " + reason);
    return new Problem(
        found.name(), variable.masked(found.value()), allowed, found.origin().describe());
  }
}
