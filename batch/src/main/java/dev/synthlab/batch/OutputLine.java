package dev.synthlab.batch;

import dev.synthlab.call.Attempt;
import dev.synthlab.call.CallException;
import dev.synthlab.call.CallMetadata;
import dev.synthlab.call.CallReport;
import dev.synthlab.call.Fault;
import dev.synthlab.call.Spend;
import dev.synthlab.json.Json;
import dev.synthlab.llm.AnswerException;
import dev.synthlab.llm.Completion;
import dev.synthlab.llm.Embeddings;
import dev.synthlab.llm.Usage;
import dev.synthlab.logging.Redactor;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;

/** Makes the lines of OUT in the format of the run. Safe for use by many threads. */
final class OutputLine {
  private static final Set<String> OURS = Set.of("custom_id", "output", "error", "synthlab");
  private static final Set<String> OURS_OF_VECTORS =
      Set.of("custom_id", "embedding", "embeddings", "error", "synthlab");

  private final BulkOptions.Format format;
  private final String run;
  private final Predicate<Row.Ready> typed;

  OutputLine(BulkOptions options, String run) {
    this(options.output().format(), run, options::typed);
  }

  OutputLine(BulkOptions.Format format, String run) {
    this(format, run, row -> false);
  }

  private OutputLine(BulkOptions.Format format, String run, Predicate<Row.Ready> typed) {
    // A CSV table is written from flat lines.
    this.format = format == BulkOptions.Format.CSV ? BulkOptions.Format.JSONL : format;
    this.run = run;
    this.typed = typed;
  }

  String run() {
    return run;
  }

  /** The error of a row. */
  private record Trouble(String code, String message, Optional<String> providerCode) {}

  /** The line of an answer, with its problem if it cannot be used. */
  byte[] answered(Row.Ready row, Completion answer, Optional<AnswerException> problem) {
    Optional<Trouble> trouble =
        problem.map(
            reason ->
                new Trouble(reason.code(), String.valueOf(reason.getMessage()), Optional.empty()));
    return answered(row, answer, trouble, problem.map(AnswerException::partial));
  }

  /** The line of an answer that was cut off by the token limit, as a failure. */
  byte[] cutOff(Row.Ready row, Completion answer) {
    Trouble trouble = new Trouble("length", "the token limit cut the answer off", Optional.empty());
    return answered(row, answer, Optional.of(trouble), Optional.of(answer.text()));
  }

  /** The line of an answer that cannot be written in full: its text and the reason. */
  byte[] unwritable(Row.Ready row, Completion answer, Throwable reason) {
    String message = "the answer came, but its line could not be made: " + reason.getMessage();
    Optional<Trouble> trouble =
        Optional.of(new Trouble(RowStatuses.UNWRITABLE, Json.printable(message), Optional.empty()));
    return line(
        new Row.Ready(row.key(), Map.of(), Map.of()),
        json -> {
          json.writeNullProperty(format == BulkOptions.Format.JSONL ? "output" : "response");
          error(json, trouble);
        },
        json -> {
          json.writeStringProperty("finish_reason", answer.finishReason().value());
          usage(json, answer.totalUsage(), answer.totalCostUsd());
          trouble(json, trouble, Optional.of(answer.text()));
        });
  }

  /** The line of a row whose answer needed too much stack or memory. */
  byte[] broken(Row row, Error reason) {
    String need = reason instanceof StackOverflowError ? "more stack" : "more memory";
    Optional<Trouble> trouble =
        Optional.of(
            new Trouble(
                RowStatuses.INTERNAL,
                "reading the answer takes " + need + " than available",
                Optional.empty()));
    return line(
        new Row.Ready(row.key(), Map.of(), Map.of()),
        json -> {
          json.writeNullProperty(format == BulkOptions.Format.JSONL ? "output" : "response");
          error(json, trouble);
        },
        json -> trouble(json, trouble, Optional.empty()));
  }

  private byte[] answered(
      Row.Ready row, Completion answer, Optional<Trouble> trouble, Optional<String> partial) {
    return line(
        row,
        json -> {
          if (format == BulkOptions.Format.OPENAI) {
            response(json, 200, answer.requestId(), body(answer));
          } else if (trouble.isEmpty() && typed.test(row)) {
            json.writeName("output");
            json.writeRawValue(SanitizedJson.redacted(answer.text()));
          } else if (trouble.isEmpty()) {
            json.writeStringProperty("output", Redactor.redactKnown(answer.text()));
          } else {
            json.writeNullProperty("output");
          }
          error(json, trouble);
        },
        json -> {
          json.writeStringProperty("model", Redactor.redactKnown(answer.respondedModel()));
          json.writeStringProperty("model_asked", Redactor.redactKnown(answer.requestedModel()));
          json.writeStringProperty("finish_reason", answer.finishReason().value());
          usage(json, answer.totalUsage(), answer.totalCostUsd());
          json.writeBooleanProperty("cached", answer.cached());
          report(json, answer.report());
          before(json, answer.earlier());
          trouble(json, trouble, partial);
        });
  }

  /** The line of embeddings. */
  byte[] answered(Row.Embed row, Embeddings answer) {
    try {
      return told(row, answer);
    } catch (RuntimeException e) { // a column that cannot be written must not lose the vectors
      return told(new Row.Embed(row.key(), row.request(), row.base64(), Map.of()), answer);
    }
  }

  private byte[] told(Row.Embed row, Embeddings answer) {
    return line(
        row,
        json -> {
          if (format == BulkOptions.Format.OPENAI) {
            response(json, 200, Optional.empty(), EmbeddingRowCodec.body(row, answer));
          } else {
            EmbeddingRowCodec.flat(json, answer);
          }
          error(json, Optional.empty());
        },
        json -> {
          json.writeStringProperty("model", clean(answer.respondedModel()));
          json.writeStringProperty("model_asked", clean(answer.requestedModel()));
          usage(json, answer.usage(), answer.costUsd());
          report(json, answer.report());
        });
  }

  /** The line of a failed call. */
  byte[] failed(Row row, CallException reason) {
    try {
      return told(row, reason);
    } catch (RuntimeException e) { // a column that cannot be written must not hide the failure
      return told(new Row.Ready(row.key(), Map.of(), Map.of()), reason);
    }
  }

  private byte[] told(Row row, CallException reason) {
    Fault fault = reason.fault();
    String message = Redactor.redact(String.valueOf(reason.getMessage()));
    Optional<Trouble> trouble = Optional.of(new Trouble(fault.resultCode(), message, fault.code()));
    return line(
        row,
        json -> {
          if (format == BulkOptions.Format.JSONL) {
            json.writeNullProperty(row instanceof Row.Embed ? "embedding" : "output");
          } else if (fault.status().isEmpty()) {
            json.writeNullProperty("response");
          } else {
            response(json, fault.status().getAsInt(), fault.requestId(), errorBody(fault));
          }
          error(json, trouble);
        },
        json -> {
          row.model().ifPresent(model -> json.writeStringProperty("model_asked", clean(model)));
          report(json, reason.report());
          trouble(json, trouble, fault.partial());
        });
  }

  /** The line of a row that was not sent. */
  byte[] invalid(Row.Invalid row) {
    try {
      return told(row);
    } catch (RuntimeException e) { // a column that cannot be written may be what is wrong with it
      return told(new Row.Invalid(row.key(), row.reason(), Map.of()));
    }
  }

  private byte[] told(Row.Invalid row) {
    String reason = Redactor.printable(Redactor.redact(row.reason()));
    Optional<Trouble> trouble =
        Optional.of(new Trouble(RowStatuses.INVALID_LINE, reason, Optional.empty()));
    return line(
        row,
        json -> {
          json.writeNullProperty(format == BulkOptions.Format.JSONL ? "output" : "response");
          error(json, trouble);
        },
        json -> json.writeNumberProperty("attempts", 0));
  }

  /** Writes some members of an object. */
  private interface Part {
    void to(JsonGenerator json);
  }

  private byte[] line(Row row, Part middle, Part told) {
    StringWriter text = new StringWriter(1024);
    String hash = HexFormat.of().toHexDigits(row.key().hash());
    try (JsonGenerator json = Json.mapper().createGenerator(text)) {
      json.writeStartObject();
      if (format == BulkOptions.Format.OPENAI) {
        long name = ByteScan.mixed(ByteScan.hash(run) + ByteScan.hash(row.key().id()));
        json.writeStringProperty("id", "batch_req_" + HexFormat.of().toHexDigits(name));
      }
      json.writeStringProperty("custom_id", row.key().id());
      middle.to(json);
      if (format == BulkOptions.Format.JSONL) {
        columns(json, row);
      }
      json.writeObjectPropertyStart("synthlab");
      json.writeNumberProperty("line", row.key().line());
      json.writeStringProperty("hash", hash);
      json.writeStringProperty("run", run);
      told.to(json);
      json.writeEndObject();
      json.writeEndObject();
    }
    return (Json.printable(text.toString()) + "\n").getBytes(StandardCharsets.UTF_8);
  }

  private static void columns(JsonGenerator json, Row row) {
    Set<String> ours = row instanceof Row.Embed ? OURS_OF_VECTORS : OURS;
    row.columns()
        .forEach(
            (name, value) -> {
              if (!ours.contains(name)) {
                json.writeName(clean(name));
                json.writeRawValue(SanitizedJson.redacted(Json.mapper().writeValueAsString(value)));
              }
            });
  }

  private static void response(
      JsonGenerator json, int status, Optional<String> requestId, String body) {
    json.writeObjectPropertyStart("response");
    json.writeNumberProperty("status_code", status);
    if (requestId.isPresent()) {
      json.writeStringProperty("request_id", clean(requestId.get()));
    } else {
      json.writeNullProperty("request_id");
    }
    json.writeName("body");
    json.writeRawValue(body);
    json.writeEndObject();
  }

  /** The body of the response; if it cannot be copied, one made from the text of the answer. */
  private static String body(Completion answer) {
    try {
      return SanitizedJson.redacted(answer.json());
    } catch (JacksonException e) {
      Map<String, Object> message = new LinkedHashMap<>();
      message.put("role", "assistant");
      message.put("content", Redactor.redactKnown(answer.text()));
      Map<String, Object> choice = new LinkedHashMap<>();
      choice.put("index", 0);
      choice.put("finish_reason", answer.finishReason().value());
      choice.put("message", message);
      Map<String, Object> whole = new LinkedHashMap<>();
      whole.put("object", "chat.completion");
      whole.put("model", clean(answer.respondedModel()));
      whole.put("choices", List.of(choice));
      return Json.mapper().writeValueAsString(whole);
    }
  }

  private static String errorBody(Fault fault) {
    Map<String, Object> error = new LinkedHashMap<>();
    error.put("message", Redactor.redact(fault.message()));
    error.put("type", fault.kind().code());
    fault.parameter().ifPresent(name -> error.put("param", clean(name)));
    fault.code().ifPresent(code -> error.put("code", code));
    return Json.mapper().writeValueAsString(Map.of("error", error));
  }

  private static void error(JsonGenerator json, Optional<Trouble> trouble) {
    if (trouble.isEmpty()) {
      json.writeNullProperty("error");
      return;
    }
    json.writeObjectPropertyStart("error");
    json.writeStringProperty("code", trouble.get().code());
    json.writeStringProperty("message", Redactor.redact(trouble.get().message()));
    json.writeEndObject();
  }

  private static void trouble(
      JsonGenerator json, Optional<Trouble> trouble, Optional<String> partial) {
    trouble
        .flatMap(Trouble::providerCode)
        .ifPresent(code -> json.writeStringProperty("provider_code", Redactor.redact(code)));
    partial
        .filter(text -> !text.isEmpty())
        .ifPresent(text -> json.writeStringProperty("partial", Redactor.redactKnown(text)));
  }

  private static void usage(JsonGenerator json, Usage usage, Optional<BigDecimal> costUsd) {
    costUsd.ifPresent(
        cost -> {
          json.writeName("cost_usd");
          json.writeRawValue(cost.stripTrailingZeros().toPlainString());
        });
    if (!usage.known()) {
      json.writeNullProperty("usage");
      return;
    }
    json.writeObjectPropertyStart("usage");
    json.writeNumberProperty("input", usage.inputTokens());
    json.writeNumberProperty("output", usage.outputTokens());
    json.writeNumberProperty("cached", usage.cachedTokens());
    json.writeNumberProperty("reasoning", usage.reasoningTokens());
    json.writeEndObject();
  }

  private static void report(JsonGenerator json, CallReport report) {
    json.writeStringProperty("route", Redactor.redact(report.route().toString()));
    json.writeStringProperty("started", report.started().toString());
    json.writeNumberProperty("latency_ms", report.elapsed().toMillis());
    json.writeNumberProperty("held_ms", report.queued().toMillis());
    json.writeNumberProperty("attempts", report.attempts().size());
    json.writeArrayPropertyStart("tries");
    for (Attempt attempt : report.attempts()) {
      json.writeStartObject();
      json.writeStringProperty("started", attempt.started().toString());
      json.writeNumberProperty("ms", attempt.took().toMillis());
      attempt.status().ifPresent(status -> json.writeNumberProperty("status", status));
      attempt.fault().ifPresent(reason -> json.writeStringProperty("fault", reason.resultCode()));
      if (attempt.backoff().isPositive()) {
        json.writeNumberProperty("pause_ms", attempt.backoff().toMillis());
      }
      json.writeEndObject();
    }
    json.writeEndArray();
    call(json, report);
  }

  /** The earlier calls of the row, whose answers were repaired or called tools. */
  private static void before(JsonGenerator json, List<Completion> rounds) {
    if (rounds.isEmpty()) {
      return;
    }
    json.writeArrayPropertyStart("before");
    for (Completion round : rounds) {
      json.writeStartObject();
      report(json, round.report());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  /** The further fields of the call, for the ledger. */
  private static void call(JsonGenerator json, CallReport report) {
    Spend spend = report.spend();
    CallMetadata metadata = report.metadata();
    json.writeObjectPropertyStart("call");
    json.writeStringProperty("verb", metadata.purpose().verb());
    json.writeStringProperty("model", clean(report.route().resource()));
    json.writeStringProperty("provider", Redactor.redact(report.route().base().toString()));
    json.writeStringProperty("key", clean(report.route().keyName()));
    json.writeArrayPropertyStart("tokens");
    json.writeNumber(spend.inputTokens());
    json.writeNumber(spend.outputTokens());
    json.writeNumber(spend.cachedTokens());
    json.writeNumber(spend.reasoningTokens());
    json.writeEndArray();
    spend
        .costUsd()
        .ifPresent(
            cost -> {
              json.writeName("cost_usd");
              json.writeRawValue(cost.stripTrailingZeros().toPlainString());
            });
    text(json, "component", Optional.of(metadata.scope().component()));
    text(json, "operation", metadata.purpose().operation());
    text(json, "answered", metadata.answer().model());
    text(json, "request_id", metadata.answer().requestId());
    text(json, "prices", metadata.answer().prices());
    text(json, "trace", metadata.scope().trace());
    metadata
        .answer()
        .firstText()
        .ifPresent(after -> json.writeNumberProperty("first_text_ms", after.toMillis()));
    if (report.cached()) {
      json.writeBooleanProperty("cached", true);
    }
    if (metadata.scope().repair()) {
      json.writeBooleanProperty("repair", true);
    }
    json.writeEndObject();
  }

  private static void text(JsonGenerator json, String name, Optional<String> value) {
    value
        .filter(text -> !text.isEmpty())
        .ifPresent(text -> json.writeStringProperty(name, clean(text)));
  }

  private static String clean(String text) {
    return Redactor.redactKnown(text);
  }
}
