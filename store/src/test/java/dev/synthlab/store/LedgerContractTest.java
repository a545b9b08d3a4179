package dev.synthlab.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.entry;

import dev.synthlab.Synthlab;
import dev.synthlab.call.CallException;
import dev.synthlab.call.CallMetadata;
import dev.synthlab.call.CallReport;
import dev.synthlab.call.CallReports;
import dev.synthlab.call.Fault;
import dev.synthlab.call.Route;
import dev.synthlab.call.RunRecorder;
import dev.synthlab.call.Spend;
import dev.synthlab.config.Settings;
import dev.synthlab.store.StoreException.SchemaTooNew;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the ledger promises in both databases. */
abstract class LedgerContractTest {
  private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");
  private static final Fault BROKEN = Fault.of(Fault.Kind.SERVER_FAILED, "503 from the server");

  @TempDir Path directory;

  /** Settings of the test's own ledger with more variables. */
  abstract Settings settings(String... more);

  /** The server it is on; empty for a file. */
  abstract Optional<String> server();

  /** A connection to where its tables stand. */
  abstract Connection connect() throws SQLException;

  @Test
  void recordsEveryCallWithExactTokensAndCost() {
    Ledger ledger = Ledger.of(settings());
    try (ExecutorService executor = Executors.newFixedThreadPool(64)) {
      for (int i = 0; i < 6_000; i++) {
        String model = i % 2 == 0 ? "even" : "odd";
        executor.execute(() -> ledger.ended(answered(model, NOON)));
      }
    }
    ledger.close();

    List<UsageSummary> usage = Ledger.usage(settings(), Instant.EPOCH, UsageSummary.GroupBy.MODEL);

    assertThat(ledger.lost()).isZero();
    assertThat(usage).extracting(UsageSummary::name).containsExactly("even", "odd");
    assertThat(usage.getFirst())
        .isEqualTo(
            new UsageSummary(
                new UsageSummary.Values(
                    "even",
                    3_000,
                    0,
                    6_000,
                    3_000 * 11,
                    3_000 * 7,
                    3_000 * 5,
                    3_000 * 3,
                    Optional.of(new BigDecimal("0.0037035")),
                    0,
                    0)));
  }

  @Test
  void sumsPricesBeyondTheLargestIntegerOfTheDatabase() {
    BigDecimal price = new BigDecimal("99999.999999999999");
    BigDecimal tooHigh = new BigDecimal("9e30");
    try (Ledger ledger = Ledger.of(settings())) {
      for (int i = 0; i < 200; i++) {
        BigDecimal cost = i == 0 ? tooHigh : price;
        ledger.ended(
            report("m", NOON, CallReports.spend(1, 1, 0, 0, Optional.of(cost)), Optional.empty()));
      }
    }

    BigDecimal sum = price.multiply(BigDecimal.valueOf(199)).add(new BigDecimal("100000"));
    assertThat(
            Ledger.usage(settings(), Instant.EPOCH, UsageSummary.GroupBy.MODEL)
                .getFirst()
                .costUsd())
        .contains(sum.stripTrailingZeros());
    try (Ledger ledger = Ledger.of(settings())) {
      assertThat(ledger.costUsdSince(NOON).orElseThrow()).isEqualByComparingTo(sum);
    }
  }

  @Test
  void countsFailedAndUnpricedCallsAndNoOlderOnes() {
    try (Ledger ledger = Ledger.of(settings())) {
      ledger.ended(answered("m", NOON.minus(Duration.ofDays(2))));
      ledger.ended(report("m", NOON, Spend.NONE, Optional.of(BROKEN)));
      ledger.ended(
          report("m", NOON, CallReports.spend(1, 1, 0, 0, Optional.empty()), Optional.empty()));
    }

    List<UsageSummary> usage =
        Ledger.usage(settings(), NOON.minusSeconds(1), UsageSummary.GroupBy.DAY);

    assertThat(usage)
        .containsExactly(
            new UsageSummary(
                new UsageSummary.Values(
                    "2026-11-22", 2, 1, 4, 1, 1, 0, 0, Optional.empty(), 1, 0)));
    assertThat(Ledger.usage(settings(), NOON, UsageSummary.GroupBy.KEY))
        .extracting(UsageSummary::name)
        .containsExactly("OPENAI_API_KEY");
  }

  @Test
  void createsNothingForAQuery() {
    assertThat(Ledger.usage(settings(), Instant.EPOCH, UsageSummary.GroupBy.MODEL)).isEmpty();

    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void isCreatedOnceByProcessesThatStartTogether() throws IOException, InterruptedException {
    List<Process> processes = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      processes.add(firstStart(directory.resolve("said" + i)));
    }
    for (Process process : processes) {
      assertThat(process.inputReader().readLine()).isEqualTo("ready");
    }

    for (Process process : processes) {
      process.getOutputStream().close();
    }

    for (int i = 0; i < processes.size(); i++) {
      assertThat(processes.get(i).waitFor())
          .as(Files.readString(directory.resolve("said" + i)))
          .isZero();
    }
    assertThat(directory).isDirectoryNotContaining("glob:**.lock");
  }

  private Process firstStart(Path said) throws IOException {
    Settings settings = settings();
    String file = settings.paths().database().toString();
    return ChildProcess.of(FirstStart.class, file, server().orElse(""))
        .redirectError(said.toFile())
        .start();
  }

  @Test
  void continuesAnExistingLedger() {
    for (int i = 0; i < 3; i++) {
      try (Ledger ledger = Ledger.of(settings())) {
        ledger.ended(answered("m", NOON));
      }
    }

    assertThat(Ledger.usage(settings(), Instant.EPOCH, UsageSummary.GroupBy.MODEL))
        .extracting(UsageSummary::calls)
        .containsExactly(3L);
  }

  @Test
  void refusesANewerSchemaAndCountsTheCallAsLost() throws SQLException {
    try (Ledger first = Ledger.of(settings())) {
      first.ended(answered("m", NOON));
    }
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute("UPDATE ledger_history SET version = '7' WHERE version = '3'");
    }

    assertThatExceptionOfType(SchemaTooNew.class)
        .isThrownBy(() -> Ledger.usage(settings(), Instant.EPOCH, UsageSummary.GroupBy.MODEL))
        .withMessageContaining("version 7")
        .withMessageContaining("up to " + LedgerTables.VERSION);
    Ledger ledger = Ledger.of(settings());
    ledger.ended(answered("m", NOON));
    ledger.close();
    assertThat(ledger.lost()).isEqualTo(1);
  }

  @Test
  void recordsTheCallsOfALayer() {
    Settings told =
        settings(
            "SYNTHLAB_LEDGER", "on",
            "OPENAI_BASE_URL", "http://127.0.0.1:1/v1",
            "SYNTHLAB_LLM_MAX_ATTEMPTS", "1");
    try (Synthlab layer = Synthlab.of(told)) {
      assertThatExceptionOfType(CallException.ConnectionFailed.class)
          .isThrownBy(() -> layer.llm().complete("a prompt that no ledger keeps"));
    }

    assertThat(Ledger.usage(told, Instant.EPOCH, UsageSummary.GroupBy.MODEL))
        .containsExactly(
            new UsageSummary(
                new UsageSummary.Values(
                    "gpt-4o-mini", 1, 1, 1, 0, 0, 0, 0, Optional.empty(), 0, 0)));
  }

  @Test
  void recordsTheContextOfACall() {
    CallMetadata metadata =
        new CallMetadata(
            new CallMetadata.Operation("tool_round", Optional.of("weather report")),
            new CallMetadata.Attribution(
                "interviews",
                List.of("a", "b"),
                Optional.of("run-1"),
                Optional.of("row-1"),
                true,
                Optional.of("0af7651916cd43dd8448eb211c80319c")),
            CallMetadata.AnswerMetadata.by(
                    Optional.of("m-2026"), Optional.of("req-1"), Optional.of("table 1"))
                .withFirstText(Optional.of(Duration.ofMillis(321)))
                .withTexts(new CallMetadata.Content("a prompt", "an answer")));
    try (Ledger ledger = Ledger.of(settings())) {
      ledger.ended(about(answered("m", NOON), metadata));
    }

    assertThat(Ledger.calls(settings(), Optional.of("run-1"), 10))
        .singleElement()
        .satisfies(
            call -> {
              assertThat(call.verb()).isEqualTo("tool_round");
              assertThat(call.respondedModel()).contains("m-2026");
              assertThat(call.row()).contains("row-1");
              assertThat(call.costUsd()).contains(new BigDecimal("0.0000012345"));
              assertThat(call.prompt()).contains("a prompt");
              assertThat(call.completion()).contains("an answer");
            });
    assertThat(Ledger.usage(settings(), "run-1", UsageSummary.GroupBy.COMPONENT))
        .extracting(UsageSummary::name)
        .containsExactly("interviews");
    assertThat(
            column(
                "SELECT operation || tags || repair || paused_ms || '/' || first_text_ms || trace_id"
                    + " || request_id || prices FROM ledger_call"))
        .isEqualTo("weather reporta,b11000/3210af7651916cd43dd8448eb211c80319creq-1table 1");
  }

  @Test
  void recordsACallOfARunOnceEvenIfReportedAgain() {
    CallReport one = about(answered("m", NOON), scope("run-1", "row-1", "chat"));
    CallReport other = about(answered("m", NOON.plusNanos(1_000)), scope("run-1", "row-1", "chat"));
    try (Ledger ledger = Ledger.of(settings())) {
      ledger.ended(one);
    }

    try (Ledger ledger = Ledger.of(settings())) {
      ledger.replayed(one);
      ledger.replayed(other);
      ledger.replayed(other);
    }

    assertThat(Ledger.usage(settings(), "run-1", UsageSummary.GroupBy.RUN))
        .extracting(UsageSummary::calls)
        .containsExactly(2L);
  }

  @Test
  void countsARequestForSeveralRowsOnce() {
    try (Ledger ledger = Ledger.of(settings())) {
      ledger.ended(about(answered("m", NOON), scope("run-1", "", "embeddings")));
    }

    try (Ledger ledger = Ledger.of(settings())) {
      ledger.replayed(about(answered("m", NOON), scope("run-1", "row-1", "embeddings")));
      ledger.replayed(
          about(answered("m", NOON.plusSeconds(1)), scope("run-1", "row-2", "embeddings")));
    }

    assertThat(Ledger.usage(settings(), "run-1", UsageSummary.GroupBy.RUN))
        .extracting(UsageSummary::calls)
        .containsExactly(2L);
  }

  @Test
  void recognisesACompleteRunByTheLengthOfItsResults() {
    RunRecorder.Start start =
        new RunRecorder.Start("run-1", NOON, "/in.jsonl", "/out.jsonl", "m", 3);
    try (Ledger ledger = Ledger.of(settings())) {
      assertThat(ledger.knows("run-1", 77)).isFalse();
      ledger.begun(start);
      ledger.ended(about(answered("m", NOON), scope("run-1", "row-1", "chat")));
    }
    assertThat(Ledger.runs(settings()))
        .singleElement()
        .satisfies(run -> assertThat(run.state()).isEqualTo("running"))
        .satisfies(run -> assertThat(run.answered()).isEqualTo(1));
    try (Ledger ledger = Ledger.of(settings())) {
      ledger.ended(
          "run-1",
          new RunRecorder.End(NOON.plusSeconds(9), "done", 3, 2, Map.of("refusal", 1L), 77));
    }

    try (Ledger ledger = Ledger.of(settings())) {
      assertThat(ledger.knows("run-1", 77)).isTrue();
      assertThat(ledger.knows("run-1", 78)).isFalse();
    }
    assertThat(Ledger.runs(settings()))
        .singleElement()
        .satisfies(
            run -> {
              assertThat(run.state()).isEqualTo("done");
              assertThat(run.ended()).contains(NOON.plusSeconds(9));
              assertThat(run.answered()).isEqualTo(2);
              assertThat(run.failures()).containsExactly(entry("refusal", 1L));
              assertThat(run.costUsd()).contains(new BigDecimal("0.0000012345"));
            });
  }

  @Test
  void migratesTheTablesOfAnOlderVersion() throws SQLException {
    try (Ledger ledger = Ledger.of(settings())) {
      ledger.ended(answered("m", NOON));
    }
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute("DROP TABLE ledger_run");
      statement.execute("DROP INDEX ledger_call_run");
      for (String added :
          List.of(
              "verb",
              "operation",
              "component",
              "tags",
              "run_id",
              "custom_id",
              "repair",
              "cached",
              "model_answered",
              "prices",
              "paused_ms",
              "first_text_ms",
              "prompt",
              "answer")) {
        statement.execute("ALTER TABLE ledger_call DROP COLUMN " + added);
      }
      statement.execute("DROP TABLE kept_answer");
      statement.execute("DELETE FROM ledger_history WHERE version IN ('2', '3', '4')");
    }

    try (Ledger ledger = Ledger.of(settings())) {
      ledger.ended(answered("m", NOON));
    }

    assertThat(Ledger.usage(settings(), Instant.EPOCH, UsageSummary.GroupBy.MODEL))
        .extracting(UsageSummary::calls)
        .containsExactly(2L);
  }

  @Test
  void migratesOlderTablesWhenRunsAreListed() throws SQLException {
    RunRecorder.Start start = new RunRecorder.Start("run-1", NOON, "/in", "/out", "m", 3);
    try (Ledger ledger = Ledger.of(settings())) {
      ledger.begun(start);
    }
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute("ALTER TABLE ledger_run DROP COLUMN failed_by_code");
      statement.execute("DELETE FROM ledger_history WHERE version = '4'");
    }

    List<RecordedRun> runs = Ledger.runs(settings());

    assertThat(runs).singleElement().satisfies(run -> assertThat(run.failures()).isEmpty());
  }

  private String column(String sql) {
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet found = statement.executeQuery(sql)) {
      return found.next() ? found.getString(1) : "";
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  static CallMetadata scope(String run, String row, String verb) {
    Optional<String> named = Optional.of(row).filter(name -> !name.isEmpty());
    return new CallMetadata(
        new CallMetadata.Operation(verb, Optional.empty()),
        new CallMetadata.Attribution(
            "run", List.of(), Optional.of(run), named, false, Optional.empty()),
        CallMetadata.AnswerMetadata.NOTHING);
  }

  static CallReport about(CallReport report, CallMetadata metadata) {
    return CallReports.of(
        report.route(),
        report.started(),
        report.elapsed(),
        report.queued(),
        report.attempts(),
        report.spend(),
        report.fault(),
        metadata);
  }

  static CallReport answered(String model, Instant at) {
    Spend spend = CallReports.spend(11, 7, 5, 3, Optional.of(new BigDecimal("0.0000012345")));
    return report(model, at, spend, Optional.empty());
  }

  static CallReport report(String model, Instant at, Spend spend, Optional<Fault> fault) {
    Route route = new Route(URI.create("https://api.lab/v1"), "OPENAI_API_KEY", model);
    Duration second = Duration.ofSeconds(1);
    return CallReports.of(
        route,
        at,
        second,
        Duration.ZERO,
        List.of(
            CallReports.attempt(
                1, route, at, second, OptionalInt.of(503), Optional.of(BROKEN), second),
            CallReports.attempt(2, route, at, second, OptionalInt.of(200), fault, Duration.ZERO)),
        spend,
        fault,
        CallMetadata.NONE);
  }
}
