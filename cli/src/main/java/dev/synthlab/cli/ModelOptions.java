package dev.synthlab.cli;

import dev.synthlab.config.Environment;
import dev.synthlab.config.Variable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of commands that call a model: the model, its server and its key. */
final class ModelOptions extends CommonOptions {
  @Option(
      names = "--local",
      description = "Use the embedded model, which needs no key (SYNTHLAB_PROVIDER=local).")
  private boolean local;

  @Option(
      names = {"-m", "--model"},
      paramLabel = "NAME",
      description = "Name of the model (SYNTHLAB_DEFAULT_MODEL).")
  private @Nullable String model;

  @Option(
      names = "--base-url",
      paramLabel = "URL",
      description = "Address of the model server, with /v1 at its end (OPENAI_BASE_URL).")
  private @Nullable String baseUrl;

  @Option(
      names = "--api-key-env",
      paramLabel = "NAME",
      description = "Environment variable that holds the key. Default: OPENAI_API_KEY.")
  private @Nullable String keyVariable;

  /** The value of {@code -m}, which a command may use for another kind of model. */
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
