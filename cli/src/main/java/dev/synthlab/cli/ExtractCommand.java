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
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** One question, one JSON object on stdout. */
@Command(
    name = "extract",
    header = "Read a text, and print what it says as one JSON object.",
    footer = {
      "",
      "Examples:",
      "  synthlab extract 'Rex is 3' --schema 'name, age int'",
      "  curl -s https://example.org | synthlab extract --schema 'title, links list of str'",
      "  synthlab extract --multi --schema 'name, age int' < people.txt | jq '.items[]'",
      "  synthlab extract -m gpt-4o-mini --schema invoice.schema.json < invoice.txt",
      "",
      "An answer that does not fit is shown to the model once, to be mended.",
      "Exit: 0 it fits, 2 wrong use, 3 the call failed or the answer does not fit, 4 key or"
          + " configuration."
    })
final class ExtractCommand implements Callable<Integer> {
  @Mixin private ModelOptions common = new ModelOptions();
  @Mixin private PromptInput question = new PromptInput();
  @Mixin private CacheOption cache = new CacheOption();

  @Option(
      names = "--schema",
      paramLabel = "SCHEMA",
      required = true,
      description =
          "What the object is like: 'name, age int, tags list of str', or a JSON Schema, or a file"
              + " with one of them.")
  private String schema = "";

  @Option(names = "--multi", description = "Many such objects, in an array \"items\".")
  private boolean multi;

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      description = "One attempt, body included (SYNTHLAB_TIMEOUT).")
  private @Nullable String timeout;

  @Override
  public Integer call() throws IOException, InterruptedException {
    question.check();
    cache.over(common);
    common.overlay(Variable.SYNTHLAB_TIMEOUT, timeout, "--timeout");
    JsonSchema wanted = OptionChecks.schema(schema);
    Settings settings = common.settings();
    settings.llm().requireKey();
    CompletionRequest request =
        question.request().withFormat(new ResponseFormat.Schema(multi ? wanted.arrayOf() : wanted));
    LocalWeights.ensure(settings, common.quiet());
    try (TracedSession session = common.traced(settings);
        Synthlab layer = session.layer(settings)) {
      TypedCompletion<Map<String, Object>> answer =
          TracedSession.by("extract", () -> layer.llm().askJson(request));
      print(Json.line(redacted(answer.value())));
      return ExitCodes.OK;
    } catch (StructuredOutputException e) {
      System.err.println("error: the answer does not fit the schema, nor did it when mended:");
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

  /** The same tree without secrets in its texts. */
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
