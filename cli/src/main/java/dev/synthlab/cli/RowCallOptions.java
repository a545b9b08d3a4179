package dev.synthlab.cli;

import dev.synthlab.config.Origin;
import dev.synthlab.config.Variable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options for the rate and the times of the calls of a bulk run. */
final class RowCallOptions {
  private static final String ROW_ATTEMPTS = "8";
  private static final String ROW_DEADLINE = "10m";

  @Option(
      names = {"-c", "--concurrency"},
      paramLabel = "N",
      description =
          "Maximum number of calls in flight, or auto to adapt to what the server can take"
              + " (SYNTHLAB_CONCURRENCY).")
  private @Nullable String concurrency;

  @Option(
      names = "--rpm",
      paramLabel = "N",
      description = "Maximum requests per minute (SYNTHLAB_RPM).")
  private @Nullable String requestsPerMinute;

  @Option(
      names = "--tpm",
      paramLabel = "N",
      description = "Maximum tokens per minute (SYNTHLAB_TPM).")
  private @Nullable String tokensPerMinute;

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      description =
          "Maximum time of one attempt, reading the answer included: 90, 90s, 2m"
              + " (SYNTHLAB_TIMEOUT).")
  private @Nullable String timeout;

  @Option(
      names = "--call-deadline",
      paramLabel = "TIME",
      description =
          "Maximum time of one row, retries included, pauses that the server asks for not included"
              + " (SYNTHLAB_CALL_DEADLINE). Default: "
              + ROW_DEADLINE
              + ".")
  private @Nullable String callDeadline;

  @Option(
      names = "--max-attempts",
      paramLabel = "N",
      description =
          "Maximum number of attempts for one row (SYNTHLAB_LLM_MAX_ATTEMPTS). Default: "
              + ROW_ATTEMPTS
              + ".")
  private @Nullable String maxAttempts;

  /** Puts the options over the environment. */
  void over(ModelOptions common, String command) {
    common.overlay(Variable.SYNTHLAB_CONCURRENCY, concurrency, "--concurrency");
    common.overlay(Variable.SYNTHLAB_RPM, requestsPerMinute, "--rpm");
    common.overlay(Variable.SYNTHLAB_TPM, tokensPerMinute, "--tpm");
    common.overlay(Variable.SYNTHLAB_TIMEOUT, timeout, "--timeout");
    common.overlay(Variable.SYNTHLAB_CALL_DEADLINE, callDeadline, "--call-deadline");
    common.overlay(Variable.SYNTHLAB_LLM_MAX_ATTEMPTS, maxAttempts, "--max-attempts");
    unlessSet(common, Variable.SYNTHLAB_CALL_DEADLINE, ROW_DEADLINE, command);
    unlessSet(common, Variable.SYNTHLAB_LLM_MAX_ATTEMPTS, ROW_ATTEMPTS, command);
  }

  private static void unlessSet(
      ModelOptions common, Variable variable, String value, String command) {
    if (common.environment().origin(variable) instanceof Origin.Default) {
      common.overlay(variable, value, command);
    }
  }
}
