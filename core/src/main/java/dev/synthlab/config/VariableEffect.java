package dev.synthlab.config;

/**
 * What a variable can bring about, and so whether a {@code .env} that nobody named may set it: such
 * a file may come with a cloned repository. A new variable has to be given one of these.
 */
enum VariableEffect {
  /** Names, numbers and levels. */
  TUNING(true, "changes how much, how long, how often or under which name"),
  /** Keys that go with requests. */
  KEY(true, "is a key, and goes only where the environment, an option or the default leads"),
  /** What goes with requests besides keys. */
  HEADERS(false, "goes with every request, and can make a gateway pass the request on"),
  /** Addresses. */
  ADDRESS(false, "decides which server gets requests, rows or spans"),
  /** Proxies, and what goes past them. */
  PROXY(false, "decides through which proxy they go"),
  /** Certificates, and whether they are asked for. */
  TRUST(false, "decides which servers are trusted"),
  /** Files and directories. */
  PLACE(false, "decides which files are read or written"),
  /** Native code, model files that it reads, SQL. */
  CODE(false, "decides which code runs, or what native code reads"),
  /** Copies of prompts and answers. */
  RECORD(false, "decides whether prompts and answers are kept, reused or shown (`off` may be set)"),
  /** No variable of ours; it is never looked up. */
  FOREIGN(false, "is not read");

  private final boolean harmless;
  private final String does;

  VariableEffect(boolean harmless, String does) {
    this.harmless = harmless;
    this.does = does;
  }

  /** Whether an unnamed {@code .env} may set such a variable. */
  boolean harmless() {
    return harmless;
  }

  /** What it does, the end of a sentence that begins with the variable. */
  String does() {
    return does;
  }
}
