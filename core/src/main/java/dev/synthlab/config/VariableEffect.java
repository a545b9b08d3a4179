package dev.synthlab.config;

/**
 * What a variable can change: behaviour only, addresses, trust, files, code or records. It
 * determines whether a {@code .env} that the user has not named may set the variable: such a file
 * may come with a cloned repository. Each variable must have one.
 */
enum VariableEffect {
  /** Names, numbers and levels. */
  TUNING(true, "sets a name, a limit, a time or a level"),
  /** Keys that are sent with requests. */
  KEY(
      true,
      "is a key, and is sent only to the server that the environment, an option or the default names"),
  /** Headers that are sent with requests. */
  HEADERS(false, "is sent with every request, and can make a gateway forward the request"),
  /** Addresses. */
  ADDRESS(false, "decides which server receives requests, rows or spans"),
  /** Proxies, and hosts without a proxy. */
  PROXY(false, "decides which proxy is used"),
  /** Certificates, and whether they are required. */
  TRUST(false, "decides which servers are trusted"),
  /** Files and directories. */
  PLACE(false, "decides which files are read or written"),
  /** Native code, model files that it reads, SQL. */
  CODE(false, "decides which code runs, or which file native code reads"),
  /** Copies of prompts and answers. */
  RECORD(
      false,
      "decides whether prompts and answers are stored, reused or sent to a trace (`off` is allowed)"),
  /** Not a variable of this library; it is never read. */
  FOREIGN(false, "is not read");

  private final boolean harmless;
  private final String does;

  VariableEffect(boolean harmless, String does) {
    this.harmless = harmless;
    this.does = does;
  }

  /** Whether a {@code .env} that the user has not named may set such a variable. */
  boolean harmless() {
    return harmless;
  }

  /** The end of a sentence that begins with the variable. */
  String does() {
    return does;
  }
}
