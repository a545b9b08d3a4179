package dev.synthlab.cli;

import dev.synthlab.batch.FailureTolerance;
import dev.synthlab.config.Settings;
import dev.synthlab.json.Json;
import dev.synthlab.json.JsonSchema;
import dev.synthlab.logging.Redactor;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/** Checks of option values, made before anything is sent. */
final class OptionChecks {
  private static final Set<String> RESERVED =
      Set.of("messages", "model", "stream", "stream_options", "prompt");

  private OptionChecks() {}

  static void temperature(@Nullable Double value) {
    if (value != null && !(value >= 0 && Double.isFinite(value))) {
      throw refused("--temperature", value.toString(), "must be 0 or more");
    }
  }

  static void count(String flag, @Nullable Long value) {
    if (value != null && value < 1) {
      throw refused(flag, value.toString(), "must be a whole number, 1 or more");
    }
  }

  static void maxTokens(@Nullable Integer value) {
    count("--max-tokens", value == null ? null : Long.valueOf(value));
  }

  static void parameter(String name) {
    if (name.isBlank()) {
      throw new UsageException("-P needs a name: -P top_p=0.9");
    }
    if (name.equals("model")) {
      throw new UsageException("-P cannot set model; use --model NAME");
    }
    if (RESERVED.contains(name)) {
      String hint = name.startsWith("stream") ? "; use --stream" : "; the rows of IN set it";
      throw new UsageException("-P cannot set " + name + hint);
    }
  }

  static void path(String name, String value) {
    if (value.isBlank()) {
      throw new UsageException(name + " is empty");
    }
  }

  /** The refusal of an option that needs a results file. */
  static UsageException needsFile(String flag, String output) {
    String target = output.equals("-") ? "stdout" : output;
    return new UsageException(flag + " needs a results file; " + target + " cannot be read back");
  }

  /** A time that an option names. */
  static Duration duration(String flag, String text) {
    return Settings.duration(text)
        .filter(Duration::isPositive)
        .orElseThrow(() -> refused(flag, text, "must be a time: 90, 90s, 2m, 1h"));
  }

  /** How many rows may fail. */
  static FailureTolerance tolerance(String failOnError) {
    try {
      return FailureTolerance.parse(failOnError);
    } catch (IllegalArgumentException e) {
      throw refused(
          "--fail-on-error", failOnError, "must be a count of rows, or a fraction from 0.0 to 1.0");
    }
  }

  /** The refusal of a value. */
  static UsageException refused(String flag, String value, String allowed) {
    return new UsageException(flag + " is " + Redactor.printableLine(value) + ", " + allowed);
  }

  /** The schema of an option: the short form, JSON, or a file with either. */
  static JsonSchema schema(String given) throws IOException {
    String text = TextOrFile.read("--schema", given, OptionChecks::isSchema);
    try {
      JsonSchema schema = parsed(text);
      if (schema.tree().get("type") instanceof String type && !type.equals("object")) {
        throw new UsageException(
            "--schema must describe an object, was "
                + type
                + "; put it into a property of an object");
      }
      return schema;
    } catch (IllegalArgumentException e) {
      throw TextOrFile.refused("--schema", given, text, String.valueOf(e.getMessage()));
    }
  }

  private static JsonSchema parsed(String text) {
    return isJson(text) ? JsonSchema.parse(text.strip()) : JsonSchema.shorthand(text.strip());
  }

  private static boolean isJson(String text) {
    return text.stripLeading().startsWith("{");
  }

  /** Whether a value has the form of a schema: a JSON object, or the short form. */
  private static boolean isSchema(String given) {
    if (isJson(given)) {
      return true;
    }
    try {
      JsonSchema unused = parsed(given);
      return !Path.of(given).isAbsolute(); // as C:\dir\dog.json is on Windows
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** Parameters of a request body, each parsed as JSON or taken as text. */
  static Map<String, Object> parameters(Map<String, String> given) {
    Map<String, Object> parsed = new LinkedHashMap<>();
    given.forEach((key, value) -> parsed.put(key, parameterValue(value)));
    return parsed;
  }

  private static Object parameterValue(String text) {
    try {
      Object parsed = Json.mapper().readValue(text, Object.class);
      return parsed == null ? text : parsed;
    } catch (JacksonException e) {
      return text; // text without quotes
    }
  }
}
