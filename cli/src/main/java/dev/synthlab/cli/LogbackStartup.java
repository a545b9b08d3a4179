package dev.synthlab.cli;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.core.spi.ContextAwareBase;

/**
 * Found by Logback when it starts: nothing is set up until {@link LogSetup} does it. Without it
 * Logback would look for files, which takes time, and then write to standard output.
 */
public final class LogbackStartup extends ContextAwareBase implements Configurator {

  /** Called by Logback. */
  public LogbackStartup() {}

  @Override
  public ExecutionStatus configure(LoggerContext context) {
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }
}
