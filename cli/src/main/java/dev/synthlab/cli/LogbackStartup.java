package dev.synthlab.cli;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.core.spi.ContextAwareBase;

/**
 * The configurator that Logback loads at its start: it configures nothing, {@link LogSetup} does
 * later. Without it Logback would search for configuration files and then write to standard output.
 */
public final class LogbackStartup extends ContextAwareBase implements Configurator {

  /** Called by Logback. */
  public LogbackStartup() {}

  @Override
  public ExecutionStatus configure(LoggerContext context) {
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }
}
