package dev.synthlab.cli;

import dev.synthlab.config.Variable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option {@code --cache}: whether completions are cached. */
final class CacheOption {
  @Option(
      names = "--cache",
      negatable = true,
      fallbackValue = "true",
      description =
          "Cache completions, so that an equal request is not sent again (SYNTHLAB_CACHE).")
  private @Nullable Boolean cache;

  void over(CommonOptions options) {
    if (cache != null) {
      options.overlay(
          Variable.SYNTHLAB_CACHE, cache ? "on" : "off", cache ? "--cache" : "--no-cache");
    }
  }
}
