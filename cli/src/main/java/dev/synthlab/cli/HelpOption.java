package dev.synthlab.cli;

import picocli.CommandLine.Option;

/** The option {@code --help}, for commands without the {@link CommonOptions}. */
final class HelpOption {
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  @SuppressWarnings("UnusedVariable") // picocli acts on it
  private boolean help;
}
