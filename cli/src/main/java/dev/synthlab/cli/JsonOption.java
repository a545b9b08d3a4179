package dev.synthlab.cli;

import picocli.CommandLine.Option;

/** The option {@code --json}, for commands that print a table or one JSON object. */
final class JsonOption {
  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  boolean isOn() {
    return json;
  }
}
