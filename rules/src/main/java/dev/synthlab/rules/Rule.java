package dev.synthlab.rules;

/** The rules of the checklist. Their ids appear in reports and baselines and do not change. */
public enum Rule {
  /** Only infrastructure packages use HTTP clients, JDBC, SDKs of models and sockets. */
  OUTSIDE_BY_INFRASTRUCTURE(
      "outside-by-infrastructure",
      "A call that bypasses the library has no rate limit, no retry, no trace and no redaction.",
      "Call a client in an infrastructure package; for a new service: synthlab new-client NAME."),

  /** Every model call is made by the library, or opens a span of its own. */
  LLM_TRACED(
      "llm-traced",
      "Without a trace neither the answer nor the cost of a model call can be explained.",
      "Use LlmClient, which traces every attempt; or run the call inside Tracing.chain(...)."),

  /** Only configuration packages read environment variables and system properties. */
  CONFIG_IN_ONE_PLACE(
      "config-in-one-place",
      "A setting that is read where it is used has no documented default and no value in tests.",
      "Read it in the configuration package into a record, and pass the record."),

  /** A client has a static {@code get()}. */
  CLIENT_GET(
      "client-get",
      "Two clients of one service do not share limits, pauses and connections.",
      "Add a static get() that returns the shared instance; keep a factory for tests."),

  /** A client has a timeout. */
  CLIENT_TIMEOUT(
      "client-timeout",
      "A service that never responds would block a thread forever.",
      "Use ApiClient, which has one, or set a timeout and read it from the configuration."),

  /** A client uses a logger that names its component. */
  CLIENT_LOGGER(
      "client-logger",
      "Log lines without a component cannot be told from those of other clients.",
      "Use ApiClient, or get the logger from Logging.component(\"name\")."),

  /** A client throws specific exceptions. */
  CLIENT_EXCEPTIONS(
      "client-exceptions",
      "A caller that catches Exception cannot tell an error response from a bug.",
      "Throw your own exceptions, one for each failure that callers handle differently."),

  /** No retry loops of its own, and no retry library. */
  NO_OWN_RETRY(
      "no-own-retry",
      "Two layers of retries multiply the attempts, and the outer one ignores pauses.",
      "Remove the loop; the call loop retries: set attempts and backoff in CallPolicy."),

  /** No sleeping. */
  NO_SLEEP(
      "no-sleep",
      "A sleeping thread ignores deadlines and the end of a pause.",
      "Let the call loop wait; for scheduled work use a ScheduledExecutorService."),

  /** No secret is logged, printed, or put into an exception. */
  NO_LOGGED_SECRET(
      "no-logged-secret",
      "Logs are read by more people and kept longer than a key may be.",
      "Remove it, or log Secret.lastFour()."),

  /** No key is written in code or resources. */
  NO_KEY_LITERAL(
      "no-key-literal",
      "A key in the code is in every copy of the repository and of the jar, forever.",
      "Read it from an environment variable, and revoke this key."),

  /** Public methods of infrastructure packages have Javadoc. Needs sources. */
  DOCUMENTED(
      "documented",
      "Callers must know what can fail and how long a call takes without reading the code.",
      "Add a Javadoc comment: what the method does and what it throws.");

  private final String id;
  private final String reason;
  private final String instead;

  Rule(String id, String reason, String instead) {
    this.id = id;
    this.reason = reason;
    this.instead = instead;
  }

  /**
   * The id of the rule in reports and baselines.
   *
   * @return for example {@code no-sleep}
   */
  public String id() {
    return id;
  }

  /**
   * The reason for the rule.
   *
   * @return one sentence
   */
  public String why() {
    return reason;
  }

  /**
   * What to do instead.
   *
   * @return one sentence
   */
  public String instead() {
    return instead;
  }
}
