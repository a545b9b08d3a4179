package dev.synthlab.batch;

import dev.synthlab.call.Attempt;
import dev.synthlab.call.CallMetadata;
import dev.synthlab.call.CallReport;
import dev.synthlab.call.CallReports;
import dev.synthlab.call.Fault;
import dev.synthlab.call.Route;
import dev.synthlab.call.Spend;
import dev.synthlab.json.Json;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Reads the calls of the result lines in OUT, so that a resumed run can add to the ledger those
 * that a killed run did not record.
 */
final class OutputCallReader {
  private static final Map<String, Fault.Kind> KINDS =
      Stream.of(Fault.Kind.values())
          .collect(Collectors.toMap(Fault.Kind::code, Function.identity()));

  private final String run;

  OutputCallReader(String run) {
    this.run = run;
  }

  /** Reads every line; lines without a call are skipped. */
  void of(Path out, Consumer<CallReport> recorder) throws IOException {
    try (LineReader lines = LineReader.ofResults(out)) {
      while (lines.next()) {
        if (!lines.blank() && !lines.tooLong() && lines.ended()) {
          calls(lines).forEach(recorder);
        }
      }
    }
  }

  private List<CallReport> calls(LineReader lines) {
    try {
      JsonNode line =
          Json.mapper().readTree(lines.bytes(), lines.from(), lines.to() - lines.from());
      JsonNode told = line.path("synthlab");
      String row = line.path("custom_id").asString("");
      List<CallReport> calls = new ArrayList<>();
      for (JsonNode before : told.path("before")) {
        call(before, row, Optional.empty()).ifPresent(calls::add);
      }
      call(told, row, fault(line.path("error").path("code").asString(""))).ifPresent(calls::add);
      return calls;
    } catch (JacksonException | DateTimeException | IllegalArgumentException e) {
      return List.of(); // a damaged line, or one written by hand
    }
  }

  /** The fault of the call; a problem of its answer is not a fault. */
  private static Optional<Fault> fault(String code) {
    return code.equals(Fault.MODEL_NOT_FOUND)
        ? Optional.of(Fault.of(Fault.Kind.NOT_FOUND, code).withCode(code))
        : Optional.ofNullable(KINDS.get(code)).map(kind -> Fault.of(kind, code));
  }

  private Optional<CallReport> call(JsonNode told, String row, Optional<Fault> fault) {
    JsonNode call = told.path("call");
    if (!call.isObject()) {
      return Optional.empty();
    }
    Route route =
        new Route(
            URI.create(call.path("provider").asString("")),
            call.path("key").asString(""),
            call.path("model").asString(""));
    List<Attempt> attempts = attempts(told.path("tries"), route);
    // The same code stands for a filtered answer, which is a problem of the answer.
    Optional<Fault> failure =
        fault.filter(
            each ->
                each.kind() != Fault.Kind.PROMPT_FILTERED
                    || attempts.stream().anyMatch(one -> one.fault().equals(fault)));
    return Optional.of(
        CallReports.of(
            route,
            Instant.parse(told.path("started").asString("")),
            Duration.ofMillis(told.path("latency_ms").asLong(0)),
            Duration.ofMillis(told.path("held_ms").asLong(0)),
            attempts,
            spend(call),
            failure,
            about(call, row)));
  }

  private static List<Attempt> attempts(JsonNode tries, Route route) {
    List<Attempt> attempts = new ArrayList<>();
    for (JsonNode one : tries) {
      JsonNode status = one.path("status");
      attempts.add(
          CallReports.attempt(
              attempts.size() + 1,
              route,
              Instant.parse(one.path("started").asString("")),
              Duration.ofMillis(one.path("ms").asLong(0)),
              status.isNumber() ? OptionalInt.of(status.asInt()) : OptionalInt.empty(),
              fault(one.path("fault").asString("")),
              Duration.ofMillis(one.path("pause_ms").asLong(0))));
    }
    return attempts;
  }

  private static Spend spend(JsonNode call) {
    JsonNode tokens = call.path("tokens");
    JsonNode cost = call.path("cost_usd");
    return CallReports.spend(
        tokens.path(0).asLong(0),
        tokens.path(1).asLong(0),
        tokens.path(2).asLong(0),
        tokens.path(3).asLong(0),
        cost.isNumber() ? Optional.of(new BigDecimal(cost.asString())) : Optional.empty());
  }

  private CallMetadata about(JsonNode call, String row) {
    JsonNode first = call.path("first_text_ms");
    Optional<Duration> firstText =
        first.isNumber() ? Optional.of(Duration.ofMillis(first.asLong())) : Optional.empty();
    return new CallMetadata(
        new CallMetadata.Operation(call.path("verb").asString("chat"), text(call, "operation")),
        new CallMetadata.Attribution(
            call.path("component").asString(""),
            List.of(),
            Optional.of(run),
            Optional.of(row),
            call.path("repair").asBoolean(false),
            text(call, "trace")),
        call.path("cached").asBoolean(false)
            ? CallMetadata.AnswerMetadata.kept(text(call, "answered"))
            : CallMetadata.AnswerMetadata.by(
                    text(call, "answered"), text(call, "request_id"), text(call, "prices"))
                .withFirstText(firstText));
  }

  private static Optional<String> text(JsonNode call, String name) {
    return Optional.of(call.path(name).asString("")).filter(text -> !text.isEmpty());
  }
}
