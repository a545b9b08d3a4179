package dev.synthlab.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The shell's completion script. */
@Command(
    name = "completion",
    header = "Print a completion script for bash or zsh.",
    footer = {
      "",
      "Examples:",
      "  source <(synthlab completion bash)",
      "  synthlab completion bash > ~/.local/share/bash-completion/completions/synthlab"
    })
final class CompletionCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  @Parameters(
      arity = "0..1",
      paramLabel = "SHELL",
      defaultValue = "bash",
      description = "bash or zsh; the script is the same.")
  private Shell shell = Shell.bash;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  @SuppressWarnings("UnusedVariable") // picocli acts on it
  private boolean help;

  @SuppressWarnings("JavaLangClash")
  private enum Shell {
    bash,
    zsh
  }

  @Override
  public Integer call() {
    if (spec != null) {
      if (shell == Shell.zsh) {
        Main.stdout().println("autoload -U +X bashcompinit && bashcompinit");
      }
      Main.stdout().println(AutoComplete.bash("synthlab", spec.root().commandLine()));
      Main.stdout().flush();
    }
    return ExitCodes.OK;
  }
}
