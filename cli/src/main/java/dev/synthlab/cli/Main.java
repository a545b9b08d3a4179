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
import java.util.List;
import java.util.Set;
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
    header = "Run files of prompts through a language model; interrupted runs can be resumed.",
    synopsisSubcommandLabel = "COMMAND",
    versionProvider = Main.Version.class,
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
      "Settings are read from options, the environment and .env; synthlab config show prints them."
    })
public final class Main implements Runnable {
  /** In the order in which the help shows them. */
  private static final List<Class<?>> COMMANDS =
      List.of(
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
          UpgradeCommand.class,
          WarmUpCommand.class);

  /** What they print names all commands. */
  private static final Set<Class<?>> NEEDS_ALL =
      Set.of(CompletionCommand.class, CommandLine.HelpCommand.class);

  private static final Set<String> VERSION = Set.of("-V", "--version");

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
    Runtime.getRuntime().exit(exit);
  }

  /** Runs the command and gives its exit code. */
  static int run(String... args) {
    CommandLine line = commandLine(args);
    line.setOut(new PrintWriter(STDOUT, true, StandardCharsets.UTF_8));
    line.setErr(new PrintWriter(STDERR, true, StandardCharsets.UTF_8));
    line.setExecutionExceptionHandler((e, command, result) -> failed(e));
    line.setParameterExceptionHandler(Main::misused);
    line.setExpandAtFiles(false); // @FILE is a value of --template
    line.setUsageHelpAutoWidth(false);
    line.setUsageHelpWidth(100);
    return line.execute(args);
  }

  /**
   * The command line with the commands that these words may mean: with all, unless the first word
   * is the name of one or asks for the version. To read the options of all takes longer than most
   * commands.
   */
  static CommandLine commandLine(String... args) {
    CommandLine line = new CommandLine(new Main());
    String first = args.length == 0 ? "" : args[0];
    List<Class<?>> all = args.length == 1 && VERSION.contains(first) ? List.of() : COMMANDS;
    List<Class<?>> named = all.stream().filter(each -> nameOf(each).equals(first)).toList();
    boolean alone = named.size() == 1 && !NEEDS_ALL.contains(named.getFirst());
    (alone ? named : all).forEach(each -> line.addSubcommand(nameOf(each), each));
    return line;
  }

  private static String nameOf(Class<?> command) {
    return command.getAnnotation(Command.class).name();
  }

  /** Standard output, for data. UTF-8; its writer must flush it. */
  static PrintStream stdout() {
    return STDOUT;
  }

  /**
   * Standard output for data that is not escaped: on a terminal, control characters are replaced.
   */
  static OutputStream rawResults() {
    return Terminal.is(Terminal.STDOUT) ? new SanitizingOutput(RAW) : RAW;
  }

  /** Standard output for a writer that must know when a write fails. */
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
    err.println("error: " + Redactor.printableLine(Redactor.redact(reason(e))));
    CommandLine.UnmatchedArgumentException.printSuggestions(e, err);
    err.println("Try: " + e.getCommandLine().getCommandSpec().qualifiedName() + " --help");
    err.flush();
    return ExitCodes.USAGE;
  }

  private static String reason(ParameterException e) {
    if (e instanceof CommandLine.UnmatchedArgumentException unmatched) {
      boolean group = !e.getCommandLine().getSubcommands().isEmpty();
      String what = group ? "there is no command " : "unexpected argument ";
      return (unmatched.isUnknownOption() ? "there is no option " : what)
          + unmatched.getUnmatched().getFirst();
    }
    return String.valueOf(e.getMessage());
  }

  private static int failed(Exception e) {
    return switch (e) {
      case UsageException wrong -> say(wrong, ExitCodes.USAGE);
      case ConfigException wrong -> misconfigured(wrong);
      case BatchException refused -> say(refused, exitOf(refused));
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
        StringBuilder text = new StringBuilder("internal error (a bug in synthlab): ").append(e);
        for (StackTraceElement at : e.getStackTrace()) {
          text.append("\n  at ").append(at);
        }
        System.err.println(Redactor.printable(Redactor.redact(text.toString())));
        yield ExitCodes.INTERNAL;
      }
    };
  }

  private static int exitOf(BatchException refused) {
    return refused.kind() == BatchException.Kind.OUTPUT_LOST ? ExitCodes.INTERNAL : ExitCodes.USAGE;
  }

  /** Names an option by its flag, which the user typed, and not by its variable. */
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
            + " cannot be a file name: "
            + odd.getReason()
            + ". Java encodes file names by the locale; set LC_ALL=C.UTF-8, which has all letters");
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
