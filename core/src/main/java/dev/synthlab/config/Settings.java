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
 * Everything this process was told, read once. Its text form shows no secret.
 *
 * @param llm how models are called
 * @param limits how many calls go out, and when none do
 * @param local the embedded model
 * @param network how servers are reached
 * @param paths where files go
 * @param database how the database is reached
 * @param ledger whether and where calls are recorded
 * @param cache whether answers are kept, and how many
 * @param logs how log lines look
 * @param trace whether and where spans of the calls go
 * @param environment where it was read, for the variables of services outside
 * @param warnings what is not wrong but may not be meant, one sentence each
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

  /** Keeps a copy of the warnings. */
  public Settings {
    warnings = List.copyOf(warnings);
  }

  /**
   * How models are called.
   *
   * @param baseUrl the address of the model server, without user-info and without a slash at its
   *     end
   * @param key what authenticates the calls
   * @param keyName the variable that holds the key, or would
   * @param userInfo the {@code user:password} that stood in the address, decoded
   * @param organization who is billed
   * @param project which project is billed
   * @param headers more headers
   * @param azureApiVersion Azure's version of the API; if set, the key goes in {@code api-key}
   * @param model the model that answers when none is named
   * @param embeddingModel the model that makes embeddings when none is named
   * @param imageModel the model that makes images when none is named
   * @param timeout the longest time of one attempt, body included
   * @param maxAttempts how often a call is tried, the first attempt included
   * @param backoffFirst the bound of the first pause
   * @param backoffMax the bound of every pause
   * @param callDeadline the longest time of one call, attempts and pauses included
   * @param fallbackModels who is asked in turn when a model cannot answer
   * @param modelsFile prices and abilities of models, over those that ship with the library
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

    /** Keeps copies, and the order of the headers. */
    public Llm {
      headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
      fallbackModels = List.copyOf(fallbackModels);
    }

    /**
     * Fails if there is no key for a server that cannot do without.
     *
     * @throws ConfigException if the server is OpenAI's and there is no key
     */
    public void requireKey() {
      String host = Optional.ofNullable(baseUrl.getHost()).orElse("").toLowerCase(Locale.ROOT);
      if (key.isEmpty() && (host.equals("api.openai.com") || host.endsWith(".api.openai.com"))) {
        String allowed =
            "is not set, and "
                + host
                + " needs a key: set it, or use --local (SYNTHLAB_PROVIDER=local) for the embedded"
                + " model, or set OPENAI_BASE_URL for another server";
        throw new ConfigException(List.of(new Problem(keyName, "", allowed)));
      }
    }
  }

  /**
   * How many calls go out, and when none do.
   *
   * @param concurrency calls of a run in flight at once; empty to find out what the server bears
   * @param requestsPerMinute most requests a minute to one model with one key
   * @param tokensPerMinute most tokens a minute to one model with one key
   * @param throttle whether retries have a budget
   * @param breaker whether a model that fails all the time is left alone a while
   * @param budgetUsd most US dollars a day, by UTC
   */
  public record Limits(
      OptionalInt concurrency,
      OptionalInt requestsPerMinute,
      OptionalInt tokensPerMinute,
      boolean throttle,
      boolean breaker,
      Optional<BigDecimal> budgetUsd) {
    /** How many calls of a run may be in flight while it is found out what the server bears. */
    public static final int MAX_IN_FLIGHT = 512;

    /** How many calls are made at once where nothing is set. */
    public static final int DEFAULT_AT_ONCE =
        Integer.parseInt(Variable.SYNTHLAB_CONCURRENCY.defaultText());

    /**
     * How many calls of a run are begun at once.
     *
     * @return the concurrency, or the most there may be while it is found out
     */
    public int window() {
      return concurrency.orElse(MAX_IN_FLIGHT);
    }
  }

  /**
   * The embedded model.
   *
   * @param chosen whether it answers in place of a server
   * @param model its file, if one is named
   * @param modelUrl where its file is fetched from otherwise
   * @param cache where fetched files are kept
   * @param slots how many answers it writes at once
   * @param maxTokens its longest answer, if a call names none
   */
  public record Local(
      boolean chosen, Optional<Path> model, URI modelUrl, Path cache, int slots, int maxTokens) {}

  /**
   * Where files go.
   *
   * @param outputDirectory the directory for what is written
   * @param database the SQLite file
   */
  public record Paths(Path outputDirectory, Path database) {}

  /**
   * How the database is reached.
   *
   * @param server the PostgreSQL server; without one the SQLite file is used
   * @param poolSize most connections at once
   * @param connectTimeout the longest wait for a connection
   * @param statementTimeout the longest time of one statement
   * @param migrations where the user's own Flyway migrations lie
   * @param echo whether each statement is logged
   * @param sslMode what a PostgreSQL server must prove, in the words of PostgreSQL
   * @param sslRootCert the authorities that vouch for it
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

    /** Keeps a copy of the places. */
    public Database {
      migrations = List.copyOf(migrations);
    }
  }

  /**
   * Whether and where calls are recorded.
   *
   * @param on whether they are
   * @param server the PostgreSQL server; without one the SQLite file is used
   * @param texts whether prompts and answers are kept, too
   */
  public record Ledger(boolean on, Optional<DatabaseUrl> server, boolean texts) {}

  /**
   * Whether answers are kept, and how many. They are kept where the ledger is.
   *
   * @param on whether they are
   * @param timeToLive how long an answer is good
   * @param maxMegabytes how much is kept
   */
  public record Cache(boolean on, Duration timeToLive, int maxMegabytes) {}

  /**
   * How log lines look.
   *
   * @param level {@code TRACE}, {@code DEBUG}, {@code INFO}, {@code WARN}, {@code ERROR} or {@code
   *     OFF}
   * @param format {@code text} or {@code json}
   */
  public record Logs(String level, String format) {}

  /**
   * One variable as it is shown to a person.
   *
   * @param name its name
   * @param value its value, a secret's masked; empty if it is not set
   * @param origin where the value comes from, in words
   */
  public record Row(String name, String value, String origin) {}

  /**
   * The settings of this process: its environment and the {@code .env} of its working directory,
   * read at the first call and never again.
   *
   * @return the settings
   * @throws ConfigException if anything is wrong, with all that is
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
   * Reads settings.
   *
   * @param environment what was set, and where
   * @return the settings
   * @throws ConfigException if anything is wrong, with all that is
   */
  public static Settings from(Environment environment) {
    return new SettingsReader(environment).read();
  }

  /**
   * Every variable with its value and where that comes from; nothing is judged.
   *
   * @param environment what was set, and where
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
   * Makes the directories that files go to.
   *
   * @throws ConfigException if one cannot be made
   */
  public void ensureDirectories() {
    ensure(Variable.SYNTHLAB_OUTPUT_DIR, paths.outputDirectory());
    Path parent = paths.database().getParent();
    if (parent != null) {
      ensure(Variable.SYNTHLAB_DB_PATH, parent);
    }
  }

  /**
   * Reads a time as every variable and option writes it: seconds, or a number with a unit.
   *
   * @param text for example {@code 90}, {@code 1.5s}, {@code 2m}, {@code 1h}
   * @return a positive time, or empty when it is none
   */
  public static Optional<Duration> duration(String text) {
    try {
      return Optional.of(ValueParser.duration(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** An address as it may be shown: without user-info, query and fragment. */
  static String withoutUserInfo(String address) {
    // As far as the last "@": a password in a broken address may hold any character.
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
                  "must be in a directory that exists or can be made (" + reason + ")")));
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
