package dev.synthlab.cli;

import dev.synthlab.batch.Summary;
import java.util.Locale;

/**
 * Prints the summary of a bulk run on stderr.
 *
 * @param rows the word for the rows, such as {@code rows} or {@code texts}
 * @param input the name of the input
 * @param output the name of the output
 * @param failedRows where the failed rows are
 * @param resumable whether the output is a file, so that the same command resumes the run
 * @param quiet whether only errors are printed
 */
record RunReport(
    String rows, String input, String output, String failedRows, boolean resumable, boolean quiet) {

  void print(Summary summary) {
    if (summary.upToDate() && summary.end() != Summary.End.INTERRUPTED) {
      note(upToDate(summary));
      return;
    }
    if (summary.end() == Summary.End.OUTPUT_CLOSED) {
      return; // the reader has closed it and knows
    }
    if (!quiet) {
      System.err.println(counts(summary));
    }
    if (summary.unsaved() > 0) {
      say(summary.unsaved() + " paid answers could not be saved");
    }
    String reason = summary.reason().isEmpty() ? "" : ": " + summary.reason();
    switch (summary.end()) {
      case DONE, OUTPUT_CLOSED -> {}
      case SOME_FAILED -> {
        if (resumable) {
          note("the failed " + rows + " are in " + failedRows + retry(summary));
        }
      }
      case STOPPED_AUTH -> System.err.println("error" + reason + "\nTry: synthlab doctor");
      case STOPPED_MODEL ->
          System.err.println("error" + reason + "\nName a model of the server with -m.");
      case STOPPED_QUOTA -> System.err.println("error" + reason + resume(summary));
      case UNREACHABLE, STALLED, DEADLINE, DISK_FULL ->
          System.err.println("stopped" + reason + resume(summary));
      case BUDGET ->
          System.err.println("stopped" + reason + resume(summary) + HumanFormat.moreMoney(summary));
      case INTERRUPTED -> note("stopped" + reason + resume(summary));
    }
  }

  private String upToDate(Summary summary) {
    if (summary.total() == 0) {
      return (input.equals("-") ? "stdin" : input) + " has no " + rows;
    }
    return "nothing to do: all "
        + summary.total()
        + " "
        + rows
        + " are in "
        + output
        + HumanFormat.failures(summary.failures())
        + retry(summary);
  }

  /** The option that would send something. */
  private static String retry(Summary summary) {
    if (summary.failed() == 0) {
      return "";
    }
    return summary.transientFailures() > 0
        ? "; --retry-failed sends the transient failures again"
        : "; --retry-failed=all sends them again";
  }

  private String resume(Summary summary) {
    String open = summary.open() > 0 ? "; " + summary.open() + " " + rows + " are open" : "";
    return resumable
        ? open + (open.isEmpty() ? "; " : ", ") + "the same command resumes the run"
        : open;
  }

  /** The counts in one line: those of rows, then the tokens and the cost. */
  private String counts(Summary s) {
    return String.format(
        Locale.ROOT,
        "%d/%d %s in %s  answered %d%s%s  failed %d%s%s  in %s out %s  %s",
        s.answered() + s.failed(),
        s.total(),
        rows,
        HumanFormat.time(s.elapsed()),
        s.answered(),
        HumanFormat.fromCache(s.cached()),
        s.truncated() > 0 ? " (" + s.truncated() + " cut off by the token limit)" : "",
        s.failed(),
        HumanFormat.failures(s.failures()),
        s.median().isZero()
            ? ""
            : "  p50 " + HumanFormat.time(s.median()) + " p95 " + HumanFormat.time(s.p95()),
        HumanFormat.count(s.inputTokens()),
        HumanFormat.count(s.outputTokens()),
        HumanFormat.money(s.cost()));
  }

  /** Prints what is no error. */
  void note(String sentence) {
    if (!quiet) {
      say(sentence);
    }
  }

  private static void say(String sentence) {
    System.err.println("synthlab: " + sentence);
  }

  /** The exit code of a run that ended so. */
  static int exit(Summary summary) {
    return switch (summary.end()) {
      case DONE -> ExitCodes.OK;
      case SOME_FAILED -> ExitCodes.FAILED;
      case STOPPED_AUTH, STOPPED_MODEL -> ExitCodes.CONFIGURATION;
      case STOPPED_QUOTA, UNREACHABLE, STALLED, DEADLINE, BUDGET, DISK_FULL, OUTPUT_CLOSED ->
          ExitCodes.STOPPED;
      case INTERRUPTED -> ExitCodes.INTERRUPTED;
    };
  }
}
