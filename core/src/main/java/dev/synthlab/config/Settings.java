package dev.synthlab.config;

import dev.synthlab.config.ConfigException.Problem;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * All settings of a process. Its text form shows no secret.
 *
 * @param llm how models are called
 * @param limits the limits of calls
 * @param local the embedded model
 * @param network how servers are reached
 * @param paths the locations of files
 * @param database how the database is reached
 * @param ledger whether calls are recorded, and where
 * @param cache whether answers are cached, and how many
 * @param logs the level and the format of log lines
 * @param trace whether calls are traced, and where spans are sent
 * @param environment the variables it was read from, for those of external services
 * @param warnings one sentence about each setting that is allowed but probably a mistake
 */
public record Settings(
    Llm llm,
    Limits limits,
    Local local,
    NetworkSettings network,
    Paths paths,
    Database database,
    Ledger ledger,
    Cache cache,
    Logs logs,
    TraceSettings trace,
    Environment environment,
    List<String> warnings) {
  private static volatile @Nullable Settings ofProcess;

  /** Copies the warnings. */
  public Settings {
    warnings = List.copyOf(warnings);
  }

  /**
   * How models are called.
   *
   * @param baseUrl the base URL of the model server, without user-info and trailing slashes
   * @param key the API key
   * @param keyName the variable that has the key, or would have it
   * @param userInfo the {@code user:password} of the address, decoded
   * @param organization the organization that is billed
   * @param project the project that is billed
   * @param headers additional headers
   * @param azureApiVersion the version of Azure's API; if set, the key is sent in {@code api-key}
   * @param model the default model for chat requests
   * @param embeddingModel the default model for embeddings
   * @param imageModel the default model for images
   * @param timeout the maximum time of one attempt, body included
   * @param maxAttempts the maximum number of attempts of one call, the first included
   * @param backoffFirst the maximum of the first delay between attempts
   * @param backoffMax the maximum of every delay between attempts
   * @param callDeadline the maximum time of one call, attempts and delays included
   * @param fallbackModels the models that are tried in turn when one cannot answer
   * @param modelsFile a file with prices and abilities of models, which overrides the built-in list
   */
  public record Llm(
      URI baseUrl,
      Optional<Secret> key,
      String keyName,
      Optional<Secret> userInfo,
      Optional<String> organization,
      Optional<String> project,
      Map<String, Secret> headers,
      Optional<String> azureApiVersion,
      String model,
      String embeddingModel,
      String imageModel,
      Duration timeout,
      int maxAttempts,
      Duration backoffFirst,
      Duration backoffMax,
      Duration callDeadline,
      List<String> fallbackModels,
      Optional<Path> modelsFile) {

    /** Copies the collections and keeps the order of the headers. */
    public Llm {
      headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
      fallbackModels = List.copyOf(fallbackModels);
    }

    /**
     * Requires a key if the server needs one.
     *
     * @throws ConfigException if the server is OpenAI's and there is no key
     */
    public void requireKey() {
      if (key.isEmpty() && needsKey()) {
        String allowed =
            "is not set, and "
                + host()
                + " needs a key: set it, or use --local (SYNTHLAB_PROVIDER=local) for the embedded"
                + " model, or set OPENAI_BASE_URL for another server";
        throw new ConfigException(List.of(new Problem(keyName, "", allowed)));
      }
    }

    /** Whether the server is OpenAI's, which takes no request without a key. */
    boolean needsKey() {
      return host().equals("api.openai.com") || host().endsWith(".api.openai.com");
    }

    private String host() {
      return Optional.ofNullable(baseUrl.getHost()).orElse("").toLowerCase(Locale.ROOT);
    }
  }

  /**
   * The limits of calls.
   *
   * @param concurrency the maximum number of calls in flight; empty to adapt it to the server
   * @param requestsPerMinute the maximum requests per minute to one model with one key
   * @param tokensPerMinute the maximum tokens per minute to one model with one key
   * @param throttle whether retries are throttled
   * @param breaker whether there are circuit breakers
   * @param budgetUsd the maximum cost per day (UTC) in US dollars
   */
  public record Limits(
      OptionalInt concurrency,
      OptionalInt requestsPerMinute,
      OptionalInt tokensPerMinute,
      boolean throttle,
      boolean breaker,
      Optional<BigDecimal> budgetUsd) {
    /** The maximum number of calls in flight while it is adapted to the server. */
    public static final int MAX_IN_FLIGHT = 512;

    /** The default of the maximum number of calls in flight. */
    public static final int DEFAULT_CONCURRENCY =
        Integer.parseInt(Variable.SYNTHLAB_CONCURRENCY.defaultText());

    /**
     * The maximum number of calls in flight.
     *
     * @return as set, or the maximum while it is adapted to the server
     */
    public int window() {
      return concurrency.orElse(MAX_IN_FLIGHT);
    }
  }

  /**
   * The embedded model.
   *
   * @param chosen whether it is used instead of a server
   * @param model its file, if one is set
   * @param modelUrl the address from which its file is downloaded otherwise
   * @param cache the directory for downloaded files
   * @param slots the maximum number of answers that it generates at the same time
   * @param maxTokens the maximum tokens of an answer, for calls that set none
   */
  public record Local(
      boolean chosen, Optional<Path> model, URI modelUrl, Path cache, int slots, int maxTokens) {
    /** What the user can do when the directory for fetched files is not trusted. */
    public static final String CACHE_REMEDY =
        "set " + Variable.SYNTHLAB_CACHE_DIR + " to a directory of your own";
  }

  /**
   * The locations of files.
   *
   * @param outputDirectory the directory for output files
   * @param database the SQLite file
   */
  public record Paths(Path outputDirectory, Path database) {}

  /**
   * How the database is reached.
   *
   * @param server the PostgreSQL server; without one the SQLite file is used
   * @param poolSize the maximum number of connections
   * @param connectTimeout the maximum time to wait for a connection
   * @param statementTimeout the maximum time of one statement
   * @param migrations the locations of the user's Flyway migrations
   * @param echo whether each statement is logged
   * @param sslMode the TLS mode, one of those of libpq
   * @param sslRootCert the certificate authorities of the server
   */
  public record Database(
      Optional<DatabaseUrl> server,
      int poolSize,
      Duration connectTimeout,
      Duration statementTimeout,
      List<String> migrations,
      boolean echo,
      String sslMode,
      Optional<Path> sslRootCert) {

    /** Copies the locations. */
    public Database {
      migrations = List.copyOf(migrations);
    }
  }

  /**
   * Whether calls are recorded, and where.
   *
   * @param on whether they are recorded
   * @param server the PostgreSQL server; without one the SQLite file is used
   * @param texts whether prompts and answers are recorded, too
   */
  public record Ledger(boolean on, Optional<DatabaseUrl> server, boolean texts) {}

  /**
   * Whether answers are cached, and how many. The cache is in the database of the ledger.
   *
   * @param on whether they are cached
   * @param timeToLive the time to live of an answer
   * @param maxMegabytes the maximum size of the cache
   */
  public record Cache(boolean on, Duration timeToLive, int maxMegabytes) {}

  /**
   * The level and the format of log lines.
   *
   * @param level {@code TRACE}, {@code DEBUG}, {@code INFO}, {@code WARN}, {@code ERROR} or {@code
   *     OFF}
   * @param format {@code text} or {@code json}
   */
  public record Logs(String level, String format) {}

  /**
   * One variable as it is shown to users.
   *
   * @param name its name
   * @param value its value, masked if it is a secret; empty if it is not set
   * @param origin the origin of the value, in words
   */
  public record Row(String name, String value, String origin) {}

  /**
   * The settings of this process: its environment and the {@code .env} of its working directory,
   * read at the first call and never again.
   *
   * @return the settings
   * @throws ConfigException if any value is wrong, with all problems
   */
  public static Settings get() {
    Settings read = ofProcess;
    if (read == null) {
      synchronized (Settings.class) {
        read = ofProcess;
        if (read == null) {
          read = from(Environment.ofProcess());
          ofProcess = read;
        }
      }
    }
    return read;
  }

  /**
   * A builder of settings by hand, which reads no environment.
   *
   * @return nothing is set
   */
  public static SettingsBuilder builder() {
    return new SettingsBuilder();
  }

  /**
   * Reads settings.
   *
   * @param environment the variables and their origins
   * @return the settings
   * @throws ConfigException if any value is wrong, with all problems
   */
  public static Settings from(Environment environment) {
    return new SettingsReader(environment).read();
  }

  /**
   * Every variable with its value and its origin. The values are not validated.
   *
   * @param environment the variables and their origins
   * @return one row for each variable
   */
  public static List<Row> rows(Environment environment) {
    return Stream.of(Variable.values())
        .map(
            variable ->
                new Row(
                    variable.name(), shown(variable, environment), origin(variable, environment)))
        .toList();
  }

  private static String origin(Variable variable, Environment environment) {
    String origin = environment.origin(variable).describe();
    return environment
        .ignored(variable)
        .map(each -> new Origin.DotEnv(each.file(), each.entry().line()).describe())
        .map(
            line -> origin + "; " + line + " ignored: a .env may not set this; use --env-file .env")
        .orElse(origin);
  }

  /**
   * Creates the directories of files.
   *
   * @throws ConfigException if one cannot be created
   */
  public void ensureDirectories() {
    ensure(Variable.SYNTHLAB_OUTPUT_DIR, paths.outputDirectory());
    Path parent = paths.database().getParent();
    if (parent != null) {
      ensure(Variable.SYNTHLAB_DB_PATH, parent);
    }
  }

  /**
   * Parses a time in the syntax of variables and options: seconds, or a number with a unit.
   *
   * @param text for example {@code 90}, {@code 1.5s}, {@code 2m}, {@code 1h}
   * @return a positive time, or empty if it cannot be parsed
   */
  public static Optional<Duration> duration(String text) {
    try {
      return Optional.of(ValueParser.duration(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** The address without user-info, query and fragment. */
  static String withoutUserInfo(String address) {
    // Up to the last "@": the password of a malformed address may contain any character.
    return address.replaceFirst("//.*@", "//****@").replaceFirst("[?#].*", "?****");
  }

  private static void ensure(Variable variable, Path directory) {
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      String reason = e.getClass().getSimpleName();
      throw new ConfigException(
          List.of(
              new Problem(
                  variable.name(),
                  directory.toString(),
                  "must be in a directory that exists or can be created (" + reason + ")")));
    }
  }

  private static String shown(Variable variable, Environment environment) {
    Optional<String> value = environment.find(variable).map(found -> found.value().strip());
    return switch (variable.kind()) {
      case KEY -> value.map(key -> Secret.of(key).lastFour()).orElse("");
      case HEADERS -> value.map(pairs -> namesOnly(pairs, "[;\n]", ":")).orElse("");
      case PAIRS -> value.map(pairs -> namesOnly(pairs, ",", "=")).orElse("");
      case URL, DATABASE, PROXY -> variable.masked(value.orElse(variable.defaultText()));
      case PATH -> value.orElseGet(() -> new SettingsReader(environment).defaultPath(variable));
      case TOKEN, TEXT, SHARE, MONEY, DURATION, COUNT, COUNT_OR_AUTO, CA_FILE, HOSTS, CHOICE ->
          value.orElse(variable.defaultText());
    };
  }

  private static String namesOnly(String headers, String between, String within) {
    return Stream.of(headers.split(between))
        .map(String::strip)
        .filter(pair -> !pair.isEmpty())
        .map(
            pair ->
                pair.contains(within) ? pair.substring(0, pair.indexOf(within)) + ": ****" : "****")
        .collect(Collectors.joining("; "));
  }
}
