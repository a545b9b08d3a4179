package dev.synthlab.cli;

import dev.synthlab.batch.InputFormat;
import dev.synthlab.json.JsonSchema;
import dev.synthlab.llm.PromptTemplate;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options for the format of an input, and for how its rows become requests. */
final class RowOptions {
  @Option(
      names = "--input-format",
      paramLabel = "FORMAT",
      description = "Format of IN: jsonl, csv or tsv. Default: by the end of its name.")
  private @Nullable Kind kind;

  @Option(
      names = "--delimiter",
      paramLabel = "CHAR",
      description =
          "Character between the fields of a CSV or TSV input, or tab. Default: detected in the"
              + " first lines.")
  private @Nullable String delimiter;

  @Option(
      names = "--template",
      paramLabel = "TEXT|@FILE",
      description =
          "Template of the prompts, with names of columns: 'Summarise {{review}}'. @FILE, and a"
              + " value without {{ that has an extension or a directory, names a file.")
  private @Nullable String template;

  @Option(
      names = "--id",
      paramLabel = "COLUMN",
      description =
          "Column with the ids of the rows. Default: custom_id or id, else the line number.")
  private @Nullable String idColumn;

  @Option(
      names = "--schema",
      paramLabel = "SCHEMA|@FILE",
      description =
          "Schema of the answers: 'name, age int', or a JSON Schema, or a file with either:"
              + " dog.json, or @FILE for any name. The model gets one chance to correct an answer"
              + " that does not match; then the row fails.")
  private @Nullable String schema;

  @SuppressWarnings("JavaLangClash")
  private enum Kind {
    jsonl,
    csv,
    tsv
  }

  /** The format of an input, by these options and its name. */
  InputFormat format(String input) throws IOException {
    InputFormat format = separated(InputFormat.of(kind(input)));
    if (idColumn != null) {
      format = format.withIdColumn(idColumn);
    }
    return template == null ? format : format.withTemplate(template(template));
  }

  private InputFormat separated(InputFormat format) {
    if (delimiter == null) {
      return format;
    }
    if (format.kind() == InputFormat.Kind.JSON_LINES) {
      throw new UsageException(
          "--delimiter is for tables, and the input is JSON lines; add --input-format csv");
    }
    String between = delimiter.equals("tab") || delimiter.equals("\\t") ? "\t" : delimiter;
    try {
      if (between.length() == 1) {
        return format.withDelimiter(between.charAt(0));
      }
    } catch (IllegalArgumentException e) {
      // refused below, with the allowed values
    }
    throw OptionChecks.refused(
        "--delimiter", delimiter, "must be one ASCII character other than a quote, or tab");
  }

  boolean hasSchema() {
    return schema != null;
  }

  /** The schema of the answers. */
  Optional<JsonSchema> schema() throws IOException {
    return schema == null ? Optional.empty() : Optional.of(OptionChecks.schema(schema));
  }

  private InputFormat.Kind kind(String input) {
    if (kind == null) {
      return InputFormat.Kind.of(Path.of(input));
    }
    return switch (kind) {
      case jsonl -> InputFormat.Kind.JSON_LINES;
      case csv -> InputFormat.Kind.CSV;
      case tsv -> InputFormat.Kind.TSV;
    };
  }

  private static PromptTemplate template(String given) throws IOException {
    String text = TextOrFile.read("--template", given, value -> value.contains("{{"));
    try {
      PromptTemplate template = PromptTemplate.of(text);
      if (template.variables().isEmpty()) {
        throw TextOrFile.refused(
            "--template", given, text, "it names no column, as in 'Summarise {{review}}'");
      }
      return template;
    } catch (IllegalArgumentException e) {
      throw new UsageException("--template: " + e.getMessage());
    }
  }
}
