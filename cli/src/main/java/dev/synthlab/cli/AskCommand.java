package dev.synthlab.cli;

import dev.synthlab.Synthlab;
import dev.synthlab.config.Settings;
import dev.synthlab.config.Variable;
import dev.synthlab.llm.Completion;
import dev.synthlab.llm.CompletionRequest;
import dev.synthlab.llm.LlmClient;
import dev.synthlab.llm.Outcome;
import dev.synthlab.llm.TextStream;
import dev.synthlab.logging.RedactingStream;
import dev.synthlab.logging.Redactor;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command {@code ask}: one prompt in, one answer on stdout. */
@Command(
    name = "ask",
    header = "Send one prompt and stream the answer to stdout.",
    footer = {
      "",
      "A PROMPT on the command line is visible in the process list, in the shell history and in",
      "a crash log of the JVM. 'synthlab ask -' reads the prompt from stdin only.",
      "",
      "Examples:",
      "  synthlab ask --local 'Why is the sky blue?'",
      "  synthlab ask -m gpt-4o-mini -s 'Answer in one word.' 'Capital of France?'",
      "  synthlab ask - < private.txt",
      "  git diff | synthlab ask 'Write a commit message for this.'",
      "  OPENAI_BASE_URL=http://localhost:11434/v1 synthlab ask -m llama3.2 'Hello'",
      "",
      "Exit codes: 0 answered, 2 wrong option or input, 3 the call failed, 4 key or configuration."
    })
final class AskCommand implements Callable<Integer> {
  @Mixin private ModelOptions common = new ModelOptions();
  @Mixin private PromptInput prompt = new PromptInput();
  @Mixin private CacheOption cache = new CacheOption();

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      description = "Maximum time until the first text, and between two texts (SYNTHLAB_TIMEOUT).")
  private @Nullable String timeout;

  @Option(names = "--no-stream", description = "Print the answer when it is complete.")
  private boolean whole;

  @Option(
      names = {"-u", "--usage"},
      description = "Print reasoning, tokens, time, cost and model on stderr.")
  private boolean usage;

  @Override
  public Integer call() throws IOException, InterruptedException {
    prompt.check();
    cache.over(common);
    common.overlay(Variable.SYNTHLAB_TIMEOUT, timeout, "--timeout");
    Settings settings = common.settings();
    settings.llm().requireKey();
    CompletionRequest request = prompt.request();
    LocalWeights.ensure(settings, common.quiet());
    long begin = System.nanoTime();
    try (TracedSession session = common.traced(settings);
        Synthlab layer = session.layer(settings)) {
      LlmClient llm = layer.llm();
      Outcome<Completion> outcome =
          TracedSession.by("ask", () -> whole ? printed(llm, request) : streamed(llm, request));
      Completion answer = answer(outcome);
      if (usage) {
        printReasoning(answer.reasoning());
        printUsage(answer, Duration.ofNanos(System.nanoTime() - begin));
      }
      outcome.get();
      if (answer.truncated()) {
        System.err.println("synthlab: the token limit cut the answer off (--max-tokens)");
      }
    }
    return ExitCodes.OK;
  }

  private static void printReasoning(String reasoning) {
    if (!reasoning.isBlank()) {
      System.err.println("reasoning: " + Redactor.printable(Redactor.redactKnown(reasoning)));
    }
  }

  private static void printUsage(Completion answer, Duration elapsed) {
    String tokens = "tokens unknown";
    if (answer.cached()) {
      tokens = "from the cache";
    } else if (answer.usage().known()) {
      tokens = answer.usage().inputTokens() + " in, " + answer.usage().outputTokens() + " out";
    }
    System.err.printf(
        Locale.ROOT,
        "%s, %.1f s, %s %s%n",
        tokens,
        elapsed.toNanos() / 1e9,
        HumanFormat.money(answer.costUsd()),
        Redactor.printableLine(answer.respondedModel()));
  }

  /** The answer that came, rejected or not. */
  private static Completion answer(Outcome<Completion> outcome) {
    return switch (outcome) {
      case Outcome.Answered<Completion> ok -> ok.value();
      case Outcome.Rejected<Completion> rejected -> rejected.exception().completion();
      case Outcome.Failed<Completion> failed -> throw failed.exception();
    };
  }

  private static Outcome<Completion> printed(LlmClient llm, CompletionRequest request) {
    Outcome<Completion> outcome = llm.askOutcome(request);
    PrintStream out = Main.stdout();
    out.println(shown(Redactor.redactKnown(answer(outcome).text())));
    out.flush();
    return outcome;
  }

  private static Outcome<Completion> streamed(LlmClient llm, CompletionRequest request) {
    PrintStream out = Main.stdout();
    RedactingStream redacting = Redactor.streamingKnown();
    try (TextStream stream = llm.stream(request)) {
      try {
        for (String delta : stream) {
          out.print(shown(redacting.next(delta)));
          out.flush();
        }
      } finally {
        out.println(shown(redacting.end()));
        out.flush();
      }
      return stream.outcome();
    }
  }

  private static String shown(String text) {
    return Terminal.is(Terminal.STDOUT) ? Redactor.printable(text) : text;
  }
}
