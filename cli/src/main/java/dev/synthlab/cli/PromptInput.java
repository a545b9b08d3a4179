package dev.synthlab.cli;

import dev.synthlab.call.VirtualThreads;
import dev.synthlab.config.Utf8;
import dev.synthlab.llm.CompletionRequest;
import dev.synthlab.llm.Message;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The prompt of a command: its words and stdin, with the options of the request. */
final class PromptInput {
  private static final int NOTE_AFTER_SECONDS = 2;

  @Parameters(
      arity = "0..*",
      paramLabel = "PROMPT",
      description = "Prompt; the text on stdin, if any, is put before it. - for stdin only.")
  private List<String> words = new ArrayList<>();

  @Option(
      names = {"-s", "--system"},
      paramLabel = "TEXT",
      description = "System message.")
  private @Nullable String system;

  @Option(
      names = "--temperature",
      paramLabel = "NUMBER",
      description = "Sampling temperature; 0 for the most likely answer.")
  private @Nullable Double temperature;

  @Option(names = "--max-tokens", paramLabel = "N", description = "Maximum tokens of the answer.")
  private @Nullable Integer maxTokens;

  /** Refuses values that no server accepts. */
  void check() {
    OptionChecks.temperature(temperature);
    OptionChecks.maxTokens(maxTokens);
  }

  /** The request; reads stdin. */
  CompletionRequest request() throws IOException, InterruptedException {
    String prompt = prompt();
    if (prompt.isBlank()) {
      throw new UsageException("the prompt is empty: give a PROMPT, or pipe one in");
    }
    List<Message> messages = new ArrayList<>();
    if (system != null) {
      messages.add(Message.system(system));
    }
    messages.add(Message.user(prompt));
    CompletionRequest request = CompletionRequest.of(messages);
    request = temperature == null ? request : request.withTemperature(temperature);
    return maxTokens == null ? request : request.withMaxTokens(maxTokens);
  }

  private String prompt() throws IOException, InterruptedException {
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
    VirtualThreads.start("stdin-note", () -> noteWhenSlow(ended));
    try {
      return Utf8.text(
          System.in.readAllBytes(),
          reason -> new UsageException("stdin " + reason + "; nothing was sent"));
    } finally {
      ended.countDown();
    }
  }

  private static void noteWhenSlow(CountDownLatch ended) {
    try {
      if (!ended.await(NOTE_AFTER_SECONDS, TimeUnit.SECONDS)) {
        System.err.println(
            "synthlab: waiting for stdin to end (to send the PROMPT alone, add </dev/null)");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
