package dev.synthlab.cli;

import dev.synthlab.Synthlab;
import dev.synthlab.config.Settings;
import dev.synthlab.config.Variable;
import dev.synthlab.json.Json;
import dev.synthlab.json.JsonSchema;
import dev.synthlab.llm.CompletionRequest;
import dev.synthlab.llm.ResponseFormat;
import dev.synthlab.llm.StructuredOutputException;
import dev.synthlab.llm.TypedCompletion;
import dev.synthlab.logging.Redactor;
import java.io.IOException;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command {@code extract}: a text in, one JSON object on stdout. */
@Command(
    name = "extract",
    header = "Extract one JSON object from a text and print it.",
    footer = {
      "",
      "Examples:",
      "  synthlab extract 'Rex is 3' --schema 'name, age int'",
      "  curl -s https://example.org | synthlab extract --schema 'title, links list of str'",
      "  synthlab extract --multi --schema 'name, age int' < people.txt | jq '.items[]'",
      "  synthlab extract -m gpt-4o-mini --schema invoice.schema.json < invoice.txt",
      "",
      "The model gets one chance to correct an answer that does not match the schema.",
      "Exit codes: 0 the answer matches, 2 wrong option or input, 3 the call failed or the answer",
      "      does not match, 4 key or configuration."
    })
final class ExtractCommand implements Callable<Integer> {
  @Mixin private ModelOptions common = new ModelOptions();
  @Mixin private PromptInput prompt = new PromptInput();
  @Mixin private CacheOption cache = new CacheOption();

  @Option(
      names = "--schema",
      paramLabel = "SCHEMA|@FILE",
      required = true,
      description =
          "Schema of the object: 'name, age int, tags list of str', or a JSON Schema, or a file"
              + " with either: dog.json, or @FILE for any name.")
  private String schema = "";

  @Option(names = "--multi", description = "Extract all such objects, as an array named \"items\".")
  private boolean multi;

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      description = "Maximum time of one attempt, reading the answer included (SYNTHLAB_TIMEOUT).")
  private @Nullable String timeout;

  @Override
  public Integer call() throws IOException, InterruptedException {
    prompt.check();
    cache.over(common);
    common.overlay(Variable.SYNTHLAB_TIMEOUT, timeout, "--timeout");
    JsonSchema wanted = OptionChecks.schema(schema);
    Settings settings = common.settings();
    settings.llm().requireKey();
    CompletionRequest request =
        prompt.request().withFormat(new ResponseFormat.Schema(multi ? wanted.arrayOf() : wanted));
    LocalWeights.ensure(settings, common.quiet());
    try (TracedSession session = common.traced(settings);
        Synthlab layer = session.layer(settings)) {
      TypedCompletion<Map<String, Object>> answer =
          TracedSession.by("extract", () -> layer.llm().askJson(request));
      print(Json.line(Objects.requireNonNull(redacted(answer.value()))));
      return ExitCodes.OK;
    } catch (StructuredOutputException e) {
      System.err.println(
          "error: the answer does not match the schema, nor does the corrected one:");
      e.violations().forEach(each -> System.err.println("  " + shown(each)));
      return ExitCodes.FAILED;
    }
  }

  private static void print(String json) {
    PrintStream out = Main.stdout();
    out.println(Terminal.is(Terminal.STDOUT) ? Redactor.printable(json) : json);
    out.flush();
  }

  private static String shown(String violation) {
    return Redactor.printableLine(Redactor.redact(violation));
  }

  /** A copy of a JSON tree, with the secrets in its texts redacted. */
  private static @Nullable Object redacted(@Nullable Object tree) {
    if (tree instanceof String text) {
      return Redactor.redactKnown(text);
    }
    if (tree instanceof List<?> list) {
      return list.stream().map(ExtractCommand::redacted).toArray();
    }
    if (tree instanceof Map<?, ?> map) {
      Map<String, @Nullable Object> clean = new LinkedHashMap<>();
      map.forEach((name, value) -> clean.put(Redactor.redactKnown("" + name), redacted(value)));
      return clean;
    }
    return tree;
  }
}
