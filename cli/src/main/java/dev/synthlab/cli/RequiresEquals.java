package dev.synthlab.cli;

import java.util.Map;
import java.util.Stack;
import picocli.CommandLine.IParameterPreprocessor;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;

/** Else the word that follows would be taken for the value. */
final class RequiresEquals implements IParameterPreprocessor {
  @Override
  public boolean preprocess(
      Stack<String> words, CommandSpec command, ArgSpec option, Map<String, Object> more) {
    if (!"=".equals(more.get("separator"))) {
      words.push("passing");
    }
    return false;
  }
}
