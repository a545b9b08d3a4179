package dev.synthlab.logging;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Stub. */
public final class Logging {
  private Logging() {}

  public static Logger component(String name) {
    return LoggerFactory.getLogger(name);
  }
}
