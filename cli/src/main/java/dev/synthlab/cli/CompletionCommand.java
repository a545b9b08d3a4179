package dev.synthlab.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code completion}: a completion script for the shell. */
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
      description = "Shell to print the script for: bash or zsh; default bash.")
  private Shell shell = Shell.bash;

  @Mixin
  @SuppressWarnings("UnusedVariable") // picocli acts on it
  private HelpOption help = new HelpOption();

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
