package dev.synthlab.rules;

/** The rules of the checklist. Their ids stand in reports and baselines and do not change. */
public enum Rule {
  /** HTTP clients, JDBC, SDKs of models and sockets stand in infrastructure packages only. */
  OUTSIDE_BY_INFRASTRUCTURE(
      "outside-by-infrastructure",
      "What leaves the process past the layer has no limit, no retry, no trace and no redaction.",
      "Call a client of an infrastructure package; for a new service: synthlab new-client NAME."),

  /** Every call of a model is made by the layer, or opens a span of its own. */
  LLM_TRACED(
      "llm-traced",
      "A call of a model that leaves no trace cannot be explained, nor its cost be found.",
      "Use LlmClient, which traces every attempt; or run the call inside Tracing.chain(...)."),

  /** The environment and the system properties are read in configuration packages only. */
  CONFIG_IN_ONE_PLACE(
      "config-in-one-place",
      "A setting that is read where it is used has no known default and cannot be set in a test.",
      "Read it in the configuration package, into a record, and pass the record on."),

  /** A client has a static {@code get()}. */
  CLIENT_GET(
      "client-get",
      "Two clients of one service do not share limits and pauses, and each has its own pool.",
      "Give it a static get() that hands out the one instance; keep a builder for tests."),

  /** A client has a timeout. */
  CLIENT_TIMEOUT(
      "client-timeout",
      "A service that never answers would hold a thread for ever.",
      "Extend ApiClient, which brings one, or set a timeout and read it from the configuration."),

  /** A client logs under the name of its component. */
  CLIENT_LOGGER(
      "client-logger",
      "A log line without its component cannot be told from those of other clients.",
      "Extend ApiClient, or take the logger from Logging.component(\"name\")."),

  /** A client throws exceptions that tell one failure from another. */
  CLIENT_EXCEPTIONS(
      "client-exceptions",
      "Who catches Exception cannot tell a refusal from a bug, nor what to do about it.",
      "Throw exceptions of your own, one for each thing that a caller would do differently."),

  /** No loop of one's own calls again what failed, and no library for it is used. */
  NO_OWN_RETRY(
      "no-own-retry",
      "Two layers that retry multiply each other's attempts, and the outer one knows no pause.",
      "Leave it to the call loop: set attempts and backoff by CallPolicy, and remove the loop."),

  /** Nothing sleeps. */
  NO_SLEEP(
      "no-sleep",
      "A thread that sleeps hears neither a deadline nor the end of a pause.",
      "Let the call loop wait; for work at set times use a ScheduledExecutorService."),

  /** No secret goes into a log line, an exception, or what is printed. */
  NO_LOGGED_SECRET(
      "no-logged-secret",
      "Logs are read by more people, and kept for longer, than a key may be.",
      "Leave it out, or log Secret.lastFour()."),

  /** No key stands in the code or in its resources. */
  NO_KEY_LITERAL(
      "no-key-literal",
      "A key in the code is in every copy of the repository and of the jar, for good.",
      "Read it from an environment variable, and revoke the one that was written down."),

  /** Public methods of infrastructure packages are documented. Needs sources. */
  DOCUMENTED(
      "documented",
      "Callers of a client must know what fails and how long it may take, without reading it.",
      "Write a Javadoc comment: what it does, what it throws.");

  private final String id;
  private final String reason;
  private final String instead;

  Rule(String id, String reason, String instead) {
    this.id = id;
    this.reason = reason;
    this.instead = instead;
  }

  /**
   * Its name in reports and baselines.
   *
   * @return for example {@code no-sleep}
   */
  public String id() {
    return id;
  }

  /**
   * Why it is there.
   *
   * @return one sentence
   */
  public String why() {
    return reason;
  }

  /**
   * What to do in place of what it forbids.
   *
   * @return one sentence
   */
  public String instead() {
    return instead;
  }
}
