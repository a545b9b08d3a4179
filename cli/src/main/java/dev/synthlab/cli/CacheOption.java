package dev.synthlab.cli;

import dev.synthlab.config.Variable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Whether a command takes answers that were kept, and keeps those that come. */
final class CacheOption {
  @Option(
      names = "--cache",
      negatable = true,
      fallbackValue = "true",
      description =
          "Keep answers as text, and do not pay for an equal request again (SYNTHLAB_CACHE).")
  private @Nullable Boolean cache;

  void over(CommonOptions options) {
    if (cache != null) {
      options.overlay(
          Variable.SYNTHLAB_CACHE, cache ? "on" : "off", cache ? "--cache" : "--no-cache");
    }
  }
}
