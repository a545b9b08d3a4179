package dev.synthlab.cli;

import dev.synthlab.config.Environment;
import dev.synthlab.config.Variable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of commands that call a model: which one, where, and with which key. */
final class ModelOptions extends CommonOptions {
  @Option(
      names = "--local",
      description = "Use the embedded model; needs no key (SYNTHLAB_PROVIDER=local).")
  private boolean local;

  @Option(
      names = {"-m", "--model"},
      paramLabel = "NAME",
      description = "The model (SYNTHLAB_DEFAULT_MODEL).")
  private @Nullable String model;

  @Option(
      names = "--base-url",
      paramLabel = "URL",
      description = "The server, up to and with /v1 (OPENAI_BASE_URL).")
  private @Nullable String baseUrl;

  @Option(
      names = "--api-key-env",
      paramLabel = "NAME",
      description = "The variable that holds the key, in place of OPENAI_API_KEY.")
  private @Nullable String keyVariable;

  /** The model named by {@code -m}, which a command may mean for another kind of model. */
  @Nullable String model() {
    return model;
  }

  @Override
  Environment overlaid(Environment base) {
    Environment made = keyVariable == null ? base : base.withKeyFrom(keyVariable);
    if (local) {
      made = made.with(Variable.SYNTHLAB_PROVIDER, "local", "--local");
    }
    made = with(made, Variable.SYNTHLAB_DEFAULT_MODEL, model, "--model");
    return with(made, Variable.OPENAI_BASE_URL, baseUrl, "--base-url");
  }
}
