package dev.synthlab.batch;

import dev.synthlab.call.Timer;
import dev.synthlab.llm.Completion;
import dev.synthlab.llm.Outcome;
import dev.synthlab.llm.PromptTemplate;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A process with one run, for being killed. Arguments: the directory, the concurrency, how many
 * milliseconds a call takes at most, and the step (with its count) at which it halts, or {@code -}.
 * Every call leaves a line in {@code calls}: its prompt.
 */
final class CrashingRun {
  private CrashingRun() {}

  public static void main(String[] args) {
    try {
      Summary summary = run(args);
      System.out.println(summary);
      System.exit(summary.end() == Summary.End.DISK_FULL ? 5 : 0);
    } catch (BatchException e) {
      System.out.println(e.kind() + " " + e.getMessage());
      System.exit(2);
    }
  }

  static Summary run(String... args) {
    Path directory = Path.of(args[0]);
    int delay = Integer.parseInt(args[2]);
    List<String> wishes = List.of(args).subList(4, args.length);
    boolean table = wishes.contains("table");
    String in = table ? "in.csv" : "in.jsonl";
    String out = table ? "out.csv" : "out.jsonl";
    InputFormat format =
        InputFormat.of(InputFormat.Kind.CSV).withTemplate(PromptTemplate.of("{{prompt}}"));
    BulkOptions options =
        BulkOptions.builder(directory.resolve(in), directory.resolve(out))
            .inputFormat(table ? format : InputFormat.JSON_LINES)
            .format(table ? BulkOptions.Format.CSV : BulkOptions.Format.OPENAI)
            .model("m")
            .baseUrl("http://127.0.0.1:1/v1")
            .fresh(wishes.contains("fresh"))
            .ordered(wishes.contains("ordered"))
            .retryFailed(wishes.contains("retry") ? BulkOptions.Retry.ALL : BulkOptions.Retry.NO)
            .concurrency(Integer.parseInt(args[1]))
            .build();
    BulkRun.RowClient caller =
        request -> {
          String prompt = Script.prompt(request);
          append(directory.resolve("calls"), prompt + "\n");
          if (delay > 0) {
            pause(Duration.ofMillis(Math.floorMod(ByteScan.mixed(prompt.hashCode()), delay)));
          }
          return reply(prompt, wishes.contains("retry"));
        };
    return BulkRun.of(options, caller, Timer.system(), note -> {}, halting(args[3])).run();
  }

  private static RunCrashPoints halting(String wish) {
    if (wish.equals("-")) {
      return RunCrashPoints.NONE;
    }
    RunCrashPoints.Step wanted = RunCrashPoints.Step.valueOf(wish.substring(0, wish.indexOf(':')));
    AtomicInteger left = new AtomicInteger(Integer.parseInt(wish.substring(wish.indexOf(':') + 1)));
    return (step, file) -> {
      if (step == wanted && left.decrementAndGet() == 0) {
        if (step == RunCrashPoints.Step.BEFORE_WRITE) {
          append(file, "{\"custom_id\":\"torn");
        }
        Runtime.getRuntime().halt(137);
      }
    };
  }

  private static Outcome<Completion> reply(String prompt, boolean retry) {
    if (prompt.endsWith("7") && !retry) {
      return dev.synthlab.llm.Problems.failed(
          Script.withStatus(dev.synthlab.call.Fault.Kind.SERVER_FAILED, 500, "seven"));
    }
    return Script.answer(prompt.toUpperCase(Locale.ROOT));
  }

  private static void pause(Duration pause) {
    try {
      Timer.system().pause(pause);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void append(Path file, String text) {
    try {
      Files.writeString(file, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
