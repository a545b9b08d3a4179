package dev.synthlab.batch;

import dev.synthlab.config.Variable;
import dev.synthlab.json.Json;
import dev.synthlab.llm.PromptTemplate;
import dev.synthlab.logging.Redactor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * The file beside OUT that records the id of the run and every setting that changes answers or
 * lines, so that a run with other settings is refused. It is durable before the first request is
 * sent.
 *
 * @param run the id of the run, the same each time it is resumed
 * @param settings by name; an empty text for one that was not set
 */
record OutputJobFile(String run, Map<String, String> settings) {
  private static final int FORMAT = 1;
  private static final int SHOWN = 80;

  /** The settings that must not change while a run is open. */
  static Map<String, String> settings(BulkOptions options) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("model", options.model().name().orElse(""));
    // The default is an empty text, as in job files without this setting.
    String byDefault = Variable.SYNTHLAB_EMBEDDING_MODEL.defaultText();
    values.put(
        "embedding_model",
        options.model().embedding().filter(m -> !m.equals(byDefault)).orElse(""));
    values.put("base_url", Redactor.redact(options.model().baseUrl()));
    values.put("local_model", options.model().local().orElse(""));
    values.put("system", options.request().system().orElse(""));
    values.put("temperature", options.request().temperature().map(String::valueOf).orElse(""));
    values.put("max_tokens", options.request().maxTokens().map(String::valueOf).orElse(""));
    values.put(
        "parameters",
        options.request().parameters().isEmpty()
            ? ""
            : Json.mapper().writeValueAsString(options.request().parameters()));
    values.put("override", options.request().override());
    values.put("format", options.output().format().name().toLowerCase(Locale.ROOT));
    values.put(
        "template", options.input().format().template().map(PromptTemplate::text).orElse(""));
    values.put(
        "schema",
        options
            .request()
            .schema()
            .map(schema -> Json.mapper().writeValueAsString(schema.tree()))
            .orElse(""));
    values.put("id_column", options.input().format().idColumn().orElse(""));
    values.put("strict_finish", options.failures().strictFinish());
    Map<String, String> texts = new LinkedHashMap<>();
    values.forEach((name, value) -> texts.put(name, Redactor.redactKnown(value.toString())));
    return texts;
  }

  /** The job that OUT belongs to, if it still has these settings. */
  static OutputJobFile known(OutputFiles files, Map<String, String> settings) throws IOException {
    if (!Files.exists(files.jobFile())) {
      throw missing(files.out(), files);
    }
    OutputJobFile job = read(files.jobFile());
    job.requireSame(files.out(), settings);
    return job;
  }

  /** The refusal of an output that has no job file. */
  static BatchException missing(Path output, OutputFiles files) {
    return new BatchException(
        BatchException.Kind.OUTPUT_FOREIGN,
        output
            + " exists but "
            + files.jobFile().getFileName()
            + " does not, so this file was not written by synthlab; choose another output, or"
            + " rename this one with --fresh");
  }

  static OutputJobFile read(Path file) throws IOException {
    try {
      JsonNode root = Json.mapper().readTree(Files.readAllBytes(file));
      int format = root.path("format").asInt(0);
      if (format > FORMAT) {
        throw new BatchException(
            BatchException.Kind.OUTPUT_FOREIGN,
            file + " was written by a newer version (format " + format + "); use that version");
      }
      Map<String, String> settings = new LinkedHashMap<>();
      root.path("settings")
          .properties()
          .forEach(entry -> settings.put(entry.getKey(), entry.getValue().asString("")));
      String run = root.path("run").asString("");
      if (format < 1 || run.isEmpty()) {
        throw unreadable(file);
      }
      return new OutputJobFile(run, settings);
    } catch (JacksonException e) {
      throw unreadable(file);
    }
  }

  private static BatchException unreadable(Path file) {
    return new BatchException(
        BatchException.Kind.OUTPUT_FOREIGN,
        file
            + " is damaged, so it is not known what the output belongs to; name another output, or"
            + " put this one aside with --fresh");
  }

  void write(Path file, RunCrashPoints steps, String created) throws IOException {
    Map<String, Object> root = new LinkedHashMap<>();
    root.put("format", FORMAT);
    root.put("run", run);
    root.put("created", created);
    root.put("settings", settings);
    byte[] text = Json.mapper().writerWithDefaultPrettyPrinter().writeValueAsBytes(root);
    OutputFiles.replace(
        file,
        steps,
        out -> {
          out.write(text);
          out.write('\n');
        });
  }

  /** Refuses settings other than those the run began with. */
  void requireSame(Path out, Map<String, String> now) {
    StringBuilder differences = new StringBuilder();
    TreeSet<String> names = new TreeSet<>(settings.keySet());
    names.addAll(now.keySet());
    for (String name : names) {
      String was = settings.getOrDefault(name, "");
      String is = now.getOrDefault(name, "");
      if (!was.equals(is)) {
        differences.append(differences.isEmpty() ? "" : ", ");
        differences.append(name + " was " + shown(was) + " and is now " + shown(is));
      }
    }
    if (!differences.isEmpty()) {
      throw new BatchException(
          BatchException.Kind.SETTINGS_CHANGED,
          out
              + " was begun with other settings: "
              + differences
              + "; set it back, name another output, or start over with --fresh");
    }
  }

  private static String shown(String value) {
    if (value.isEmpty()) {
      return "not set";
    }
    return "\"" + (value.length() > SHOWN ? value.substring(0, SHOWN) + "…" : value) + "\"";
  }
}
