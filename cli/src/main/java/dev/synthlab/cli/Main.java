package dev.synthlab.cli;

import dev.synthlab.batch.BatchException;
import dev.synthlab.call.CallException;
import dev.synthlab.config.ConfigException;
import dev.synthlab.config.Origin;
import dev.synthlab.llm.AnswerException;
import dev.synthlab.local.WeightsException;
import dev.synthlab.logging.Redactor;
import dev.synthlab.store.StoreException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The {@code synthlab} command. */
@Command(
    name = "synthlab",
    header = "Answer files of prompts with a language model, durably and in parallel.",
    synopsisSubcommandLabel = "COMMAND",
    versionProvider = Main.Version.class,
    subcommands = {
      RunCommand.class,
      AskCommand.class,
      ExtractCommand.class,
      EmbedCommand.class,
      ModelsCommand.class,
      UsageCommand.class,
      JobsCommand.class,
      DbCommand.class,
      CacheCommand.class,
      ConfigCommand.class,
      DoctorCommand.class,
      CheckCommand.class,
      NewClientCommand.class,
      CompletionCommand.class,
      CommandLine.HelpCommand.class,
      WarmUpCommand.class
    },
    footer = {
      "",
      "Examples:",
      "  synthlab run examples/interviews.jsonl -o results.jsonl --local",
      "  synthlab run prompts.jsonl -o results.jsonl -m gpt-4o-mini -c 32",
      "  synthlab ask 'Why is the sky blue?'",
      "  synthlab extract 'Rex is 3' --schema 'name, age int'",
      "  synthlab doctor",
      "  synthlab check target/classes",
      "  source <(synthlab completion)",
      "",
      "Settings come from options, the environment and .env: synthlab config show"
    })
public final class Main implements Runnable {
  private static final Stdout RAW = new Stdout();
  private static final PrintStream STDOUT = new PrintStream(RAW, false, StandardCharsets.UTF_8);
  private static final PrintStream STDERR = StatusLine.SCREEN.lines();

  private static final String OPTION = new Origin.Option("").describe();

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  @SuppressWarnings("UnusedVariable") // picocli acts on it
  private boolean help;

  @Option(
      names = {"-V", "--version"},
      versionHelp = true,
      description = "Show the version.")
  @SuppressWarnings("UnusedVariable") // picocli acts on it
  private boolean version;

  /** For picocli. */
  Main() {}

  /**
   * Runs the command and ends the process with its exit code.
   *
   * @param args the words of the command line
   */
  public static void main(String[] args) {
    System.setErr(STDERR);
    int exit = run(args);
    STDOUT.flush();
    if (RAW.failed() && exit == ExitCodes.OK) {
      RAW.complaint().ifPresent(reason -> STDERR.println("error: " + reason));
      exit = ExitCodes.STOPPED;
    }
    STDERR.flush();
    // The embedded model's native threads would keep the process alive.
    Runtime.getRuntime().exit(exit);
  }

  /** Runs the command and gives its exit code. */
  static int run(String... args) {
    CommandLine line = new CommandLine(new Main());
    line.setOut(new PrintWriter(STDOUT, true, StandardCharsets.UTF_8));
    line.setErr(new PrintWriter(STDERR, true, StandardCharsets.UTF_8));
    line.setExecutionExceptionHandler((e, command, result) -> failed(e));
    line.setParameterExceptionHandler(Main::misused);
    line.setExpandAtFiles(false); // @FILE is a value of ours
    line.setUsageHelpAutoWidth(false);
    line.setUsageHelpWidth(100);
    return line.execute(args);
  }

  /** Where data goes. UTF-8, flushed by whoever writes. */
  static PrintStream stdout() {
    return STDOUT;
  }

  /** The same for data that is not escaped: on a terminal it is shown harmless. */
  static OutputStream rawResults() {
    return Terminal.is(Terminal.STDOUT) ? new SanitizingOutput(RAW) : RAW;
  }

  /** Where data goes whose writer wants to hear that it was not taken. */
  static OutputStream results() {
    return RAW;
  }

  @Override
  public void run() {
    if (spec != null) {
      throw new ParameterException(spec.commandLine(), "a command is missing");
    }
  }

  private static int misused(ParameterException e, String[] args) {
    PrintWriter err = e.getCommandLine().getErr();
    err.println(
        "error: " + Redactor.printableLine(Redactor.redact(String.valueOf(e.getMessage()))));
    CommandLine.UnmatchedArgumentException.printSuggestions(e, err);
    err.println("Try: " + e.getCommandLine().getCommandSpec().qualifiedName() + " --help");
    err.flush();
    return ExitCodes.USAGE;
  }

  private static int failed(Exception e) {
    return switch (e) {
      case UsageException wrong -> say(wrong, ExitCodes.USAGE);
      case ConfigException wrong -> misconfigured(wrong);
      case BatchException refused -> say(refused, RunCommand.exitOf(refused));
      case CallException.Authentication refused -> {
        int code = say(refused, ExitCodes.CONFIGURATION);
        System.err.println("Try: synthlab doctor");
        yield code;
      }
      case CallException.BudgetExceeded refused -> say(refused, ExitCodes.STOPPED);
      case CallException.Cancelled cancelled -> say(cancelled, ExitCodes.INTERRUPTED);
      case CallException failed -> say(failed, ExitCodes.FAILED);
      case AnswerException unwanted -> say(unwanted, ExitCodes.FAILED);
      case StoreException unusable -> say(unusable, ExitCodes.CONFIGURATION);
      case WeightsException missing -> say(missing, ExitCodes.CONFIGURATION);
      case InvalidPathException odd -> say(unnameable(odd), ExitCodes.USAGE);
      default -> {
        StringBuilder text = new StringBuilder("internal error: ").append(e);
        for (StackTraceElement at : e.getStackTrace()) {
          text.append("\n  at ").append(at);
        }
        System.err.println(Redactor.printable(Redactor.redact(text.toString())));
        yield ExitCodes.INTERNAL;
      }
    };
  }

  /** An option is what the user typed, so it is named as that and not as its variable. */
  private static int misconfigured(ConfigException wrong) {
    boolean typed = wrong.problems().stream().allMatch(each -> each.where().startsWith(OPTION));
    if (!typed) {
      return say(wrong, ExitCodes.CONFIGURATION);
    }
    for (ConfigException.Problem each : wrong.problems()) {
      String flag = each.where().substring(OPTION.length());
      say(OptionChecks.refused(flag, each.value(), each.allowed()), ExitCodes.USAGE);
    }
    return ExitCodes.USAGE;
  }

  private static UsageException unnameable(InvalidPathException odd) {
    return new UsageException(
        Redactor.printableLine(odd.getInput())
            + " cannot be the name of a file here: "
            + odd.getReason()
            + ". Java takes names by the locale; for one that knows all letters, set LC_ALL=C.UTF-8");
  }

  private static int say(Exception e, int exit) {
    System.err.println(
        "error: " + Redactor.printable(Redactor.redact(String.valueOf(e.getMessage()))));
    return exit;
  }

  /** The version, from the jar. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Main.class.getPackage().getImplementationVersion();
      return new String[] {"synthlab " + (version == null ? "(not packaged)" : version)};
    }
  }
}
