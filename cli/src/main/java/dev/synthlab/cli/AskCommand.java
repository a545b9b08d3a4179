package dev.synthlab.cli;

import dev.synthlab.Synthlab;
import dev.synthlab.call.Threads;
import dev.synthlab.config.Settings;
import dev.synthlab.config.Variable;
import dev.synthlab.llm.Completion;
import dev.synthlab.llm.CompletionRequest;
import dev.synthlab.llm.LlmClient;
import dev.synthlab.llm.Message;
import dev.synthlab.llm.TextStream;
import dev.synthlab.logging.RedactingStream;
import dev.synthlab.logging.Redactor;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** One question, one answer on stdout. */
@Command(
    name = "ask",
    header = "Ask one question; the answer streams to stdout.",
    footer = {
      "",
      "Examples:",
      "  synthlab ask --local 'Why is the sky blue?'",
      "  synthlab ask -m gpt-4o-mini -s 'Answer in one word.' 'Capital of France?'",
      "  git diff | synthlab ask 'Write a commit message for this.'",
      "  OPENAI_BASE_URL=http://localhost:11434/v1 synthlab ask -m llama3.2 'Hello'",
      "",
      "Exit: 0 answered, 2 wrong use, 3 the call failed, 4 key or configuration."
    })
final class AskCommand implements Callable<Integer> {
  private static final int PATIENCE_SECONDS = 2;

  @Mixin private CommonOptions common = new CommonOptions();

  @Parameters(
      arity = "0..*",
      paramLabel = "PROMPT",
      description = "The question; what stands on stdin is put before it.")
  private List<String> words = new ArrayList<>();

  @Option(
      names = {"-s", "--system"},
      paramLabel = "TEXT",
      description = "Rules for the model.")
  private @Nullable String system;

  @Option(
      names = "--temperature",
      paramLabel = "NUMBER",
      description = "0 for the likeliest words.")
  private @Nullable Double temperature;

  @Option(names = "--max-tokens", paramLabel = "N", description = "The longest answer.")
  private @Nullable Integer maxTokens;

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      description = "To the first text, and the longest silence after it (SYNTHLAB_TIMEOUT).")
  private @Nullable String timeout;

  @Option(names = "--no-stream", description = "Print the answer when it is whole.")
  private boolean whole;

  @Option(
      names = {"-u", "--usage"},
      description = "Say tokens, time, cost and model on stderr.")
  private boolean usage;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Allowed.temperature(temperature);
    Allowed.maxTokens(maxTokens);
    common.overlay(Variable.SYNTHLAB_TIMEOUT, timeout, "--timeout");
    Settings settings = common.settings();
    settings.llm().requireKey();
    String prompt = prompt();
    if (prompt.isBlank()) {
      throw new UsageException("nothing was asked: give a PROMPT, or pipe one in");
    }
    LocalWeights.ensure(settings, common.quiet());
    long begin = System.nanoTime();
    try (Synthlab layer = Synthlab.of(settings)) {
      Completion answer = whole ? printed(layer.llm()) : streamed(layer.llm());
      if (usage) {
        System.err.printf(
            Locale.ROOT,
            "%s, %.1f s, %s %s%n",
            answer.usage().known()
                ? answer.usage().inputTokens() + " in, " + answer.usage().outputTokens() + " out"
                : "tokens unknown",
            (System.nanoTime() - begin) / 1e9,
            Words.money(answer.costUsd()),
            Redactor.printableLine(answer.modelAnswered()));
      }
      answer
          .problem()
          .ifPresent(
              problem -> {
                throw problem;
              });
      if (answer.truncated()) {
        System.err.println("synthlab: the token limit cut the answer off (--max-tokens)");
      }
    }
    return Exit.OK;
  }

  private CompletionRequest request() throws IOException, InterruptedException {
    List<Message> messages = new ArrayList<>();
    if (system != null) {
      messages.add(Message.system(system));
    }
    messages.add(Message.user(prompt()));
    CompletionRequest request = CompletionRequest.of(messages);
    request = temperature == null ? request : request.withTemperature(temperature);
    return maxTokens == null ? request : request.withMaxTokens(maxTokens);
  }

  private @Nullable String read;

  private String prompt() throws IOException, InterruptedException {
    String known = read;
    if (known == null) {
      known = gathered();
      read = known;
    }
    return known;
  }

  private String gathered() throws IOException, InterruptedException {
    String asked = String.join(" ", words);
    if (asked.equals("-")) {
      asked = "";
    }
    if (Terminal.is(Terminal.STDIN)) {
      return asked;
    }
    String piped = piped().strip();
    if (piped.isEmpty() || asked.isEmpty()) {
      return piped.isEmpty() ? asked : piped;
    }
    return piped + "\n\n" + asked;
  }

  private static String piped() throws IOException, InterruptedException {
    CountDownLatch ended = new CountDownLatch(1);
    Threads.start("stdin-patience", () -> sayWhenSlow(ended));
    try {
      return new String(System.in.readAllBytes(), StandardCharsets.UTF_8);
    } finally {
      ended.countDown();
    }
  }

  private static void sayWhenSlow(CountDownLatch ended) {
    try {
      if (!ended.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        System.err.println(
            "synthlab: waiting for stdin to end (nothing to pipe in? use </dev/null)");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Completion printed(LlmClient llm) throws IOException, InterruptedException {
    Completion answer = llm.outcome(request()).get();
    PrintStream out = Main.stdout();
    out.println(shown(Redactor.redactKnown(answer.text())));
    out.flush();
    return answer;
  }

  private Completion streamed(LlmClient llm) throws IOException, InterruptedException {
    PrintStream out = Main.stdout();
    RedactingStream redacting = Redactor.streamingKnown();
    try (TextStream stream = llm.stream(request())) {
      try {
        for (String piece : stream) {
          out.print(shown(redacting.next(piece)));
          out.flush();
        }
      } finally {
        out.println(shown(redacting.end()));
        out.flush();
      }
      return stream.completion();
    }
  }

  private static String shown(String text) {
    return Terminal.is(Terminal.STDOUT) ? Redactor.printable(text) : text;
  }
}
