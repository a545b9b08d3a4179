package dev.synthlab.cli;

import java.util.Map;
import java.util.Stack;
import picocli.CommandLine.IParameterPreprocessor;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;

/**
 * A preprocessor of picocli for options that take a value only after an equals sign: the next word
 * is a parameter, not the value.
 */
final class RequiresEquals implements IParameterPreprocessor {
  /** The value of {@code --retry-failed} without a value. */
  static final String TRANSIENT = "transient";

  @Override
  public boolean preprocess(
      Stack<String> words, CommandSpec command, ArgSpec option, Map<String, Object> more) {
    if (!"=".equals(more.get("separator"))) {
      words.push(TRANSIENT);
    }
    return false;
  }
}
