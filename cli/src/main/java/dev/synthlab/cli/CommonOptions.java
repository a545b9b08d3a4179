package dev.synthlab.cli;

import dev.synthlab.config.Environment;
import dev.synthlab.config.Origin;
import dev.synthlab.config.Settings;
import dev.synthlab.config.Variable;
import dev.synthlab.logging.Logging;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import picocli.CommandLine.Option;

/** The options of every command; each one overrides a variable of the environment. */
class CommonOptions {
  private static final Logger log = Logging.component("cli");

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  @SuppressWarnings("UnusedVariable") // picocli acts on it
  private boolean help;

  @Option(
      names = "--env-file",
      paramLabel = "FILE",
      description = "Settings file to read instead of .env; it may set every variable.")
  private @Nullable Path envFile;

  @Option(
      names = {"-v", "--verbose"},
      description = "More log lines on stderr; -vv for all, without prompts and keys.")
  private boolean[] verbose = {};

  @Option(
      names = {"-q", "--quiet"},
      description = "Only errors on stderr.")
  private boolean quiet;

  @Option(
      names = "--color",
      paramLabel = "WHEN",
      defaultValue = "auto",
      description = "Colours on stderr: auto, always or never; auto obeys NO_COLOR.")
  private Colour colour = Colour.auto;

  @Option(
      names = "--log-format",
      paramLabel = "FORMAT",
      description = "Format of log lines: text or json (SYNTHLAB_LOG_FORMAT).")
  private @Nullable String logFormat;

  private @Nullable Environment environment;

  /** When colours are used. */
  @SuppressWarnings("JavaLangClash")
  enum Colour {
    auto,
    always,
    never
  }

  final boolean quiet() {
    return quiet;
  }

  /** The environment with these options over it. */
  final Environment environment() {
    Environment made = environment;
    if (made == null) {
      made = overlaid();
      environment = made;
    }
    return made;
  }

  /** Puts a further option over the environment. */
  final void overlay(Variable variable, @Nullable String value, String flag) {
    if (value != null) {
      environment = environment().with(variable, value, flag);
    }
  }

  /** The settings; sets up logging and logs their warnings. */
  final Settings settings() {
    Settings settings = Settings.from(environment());
    LogSetup.configure(settings.logs(), colour(Terminal.STDERR), System.err);
    settings.warnings().forEach(log::warn);
    return settings;
  }

  /** Tracing until it is closed, if the settings enable it. */
  final TracedSession traced(Settings settings) {
    return TracedSession.by(settings, environment());
  }

  final boolean colour(int descriptor) {
    return switch (colour) {
      case always -> true;
      case never -> false;
      case auto -> environment().wantsColour(Terminal.is(descriptor));
    };
  }

  /** Whether a line of this stream can be redrawn. */
  final boolean draws(int descriptor) {
    return environment().canDraw(Terminal.is(descriptor));
  }

  /** The environment with the options over it that a kind of command adds to these. */
  Environment overlaid(Environment base) {
    return base;
  }

  private Environment overlaid() {
    Environment base = Environment.ofProcess();
    if (envFile != null) {
      base = base.withEnvFile(envFile);
    }
    base = overlaid(base);
    base = with(base, Variable.SYNTHLAB_LOG_FORMAT, logFormat, "--log-format");
    if (quiet) {
      base = base.with(Variable.LOG_LEVEL, "ERROR", "--quiet");
    } else if (verbose.length > 0) {
      base = base.with(Variable.LOG_LEVEL, verbose.length > 1 ? "TRACE" : "DEBUG", "--verbose");
    }
    return recorded(base);
  }

  /** The command records its calls by default; the library does not. */
  private static Environment recorded(Environment base) {
    return base.origin(Variable.SYNTHLAB_LEDGER) instanceof Origin.Default
        ? base.with(Variable.SYNTHLAB_LEDGER, "on", "the command")
        : base;
  }

  static Environment with(
      Environment base, Variable variable, @Nullable String value, String flag) {
    return value == null ? base : base.with(variable, value, flag);
  }
}
