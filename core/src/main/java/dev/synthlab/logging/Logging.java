package dev.synthlab.logging;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;

/** The factory of loggers. Safe for use by many threads. */
public final class Logging {
  private static final Map<String, Logger> LOGGERS = new ConcurrentHashMap<>();

  private Logging() {}

  /**
   * The logger of a component. Each of its events has the key {@code component}; no secret and no
   * control character reaches the logging backend, where the name of the logger is {@code
   * dev.synthlab.} and the component.
   *
   * @param component in lower case, for example {@code llm}
   * @return the same logger at every call
   */
  public static Logger component(String component) {
    return LOGGERS.computeIfAbsent(component, ComponentLogger::new);
  }
}
