package dev.synthlab.cli;

import dev.synthlab.batch.BulkOptions;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options for parts of a request that a row does not set itself. */
final class RequestOptions {
  @Option(
      names = {"-s", "--system"},
      paramLabel = "TEXT",
      description =
          "System message for rows that have none. With --template or a table, {{column}} works in"
              + " it.")
  private @Nullable String system;

  @Option(
      names = "--temperature",
      paramLabel = "NUMBER",
      description = "Sampling temperature for rows that do not set one.")
  private @Nullable Double temperature;

  @Option(
      names = "--max-tokens",
      paramLabel = "N",
      description = "Maximum tokens per answer for rows that do not set one.")
  private @Nullable Integer maxTokens;

  @Option(
      names = "-P",
      paramLabel = "KEY=VALUE",
      description =
          "Further parameter of the request body, as JSON or text, for rows that do not set it."
              + " Repeatable.")
  private Map<String, String> parameters = new LinkedHashMap<>();

  @Option(names = "--override", description = "Let these options win over what a row sets.")
  private boolean override;

  /** Refuses values that no server accepts. */
  void check(boolean hasSchema) {
    OptionChecks.temperature(temperature);
    OptionChecks.maxTokens(maxTokens);
    parameters.keySet().forEach(OptionChecks::parameter);
    if (hasSchema && parameters.containsKey("response_format")) {
      throw new UsageException("-P response_format and --schema are the same; give one of them");
    }
  }

  void addTo(BulkOptions.Builder builder) {
    builder.parameters(OptionChecks.parameters(parameters)).override(override);
    if (system != null) {
      builder.system(system);
    }
    if (temperature != null) {
      builder.temperature(temperature);
    }
    if (maxTokens != null) {
      builder.maxTokens(maxTokens);
    }
  }
}
