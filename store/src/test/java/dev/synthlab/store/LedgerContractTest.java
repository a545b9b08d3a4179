package dev.synthlab.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.synthlab.Synthlab;
import dev.synthlab.call.Attempt;
import dev.synthlab.call.CallException;
import dev.synthlab.call.CallReport;
import dev.synthlab.call.Fault;
import dev.synthlab.call.Route;
import dev.synthlab.call.Spend;
import dev.synthlab.config.Settings;
import dev.synthlab.store.StoreException.SchemaTooNew;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
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

  /** A connection to where its tables stand. */
  abstract Connection connect() throws SQLException;

  @Test
  void keepsEveryCallToTheTokenAndToTheCent() {
    Ledger ledger = Ledger.of(settings());
    try (ExecutorService executor = Executors.newFixedThreadPool(64)) {
      for (int i = 0; i < 6_000; i++) {
        String model = i % 2 == 0 ? "even" : "odd";
        executor.execute(() -> ledger.ended(answered(model, NOON)));
      }
    }
    ledger.close();

    List<Usage> usage = Ledger.usage(settings(), Instant.EPOCH, Usage.By.MODEL);

    assertThat(ledger.lost()).isZero();
    assertThat(usage).extracting(Usage::name).containsExactly("even", "odd");
    assertThat(usage.getFirst())
        .isEqualTo(
            new Usage(
                "even",
                3_000,
                0,
                6_000,
                3_000 * 11,
                3_000 * 7,
                3_000 * 5,
                3_000 * 3,
                Optional.of(new BigDecimal("0.0037035")),
                0));
  }

  @Test
  void tellsFailedAndUnpricedCallsAndLeavesOutWhatIsOlder() {
    try (Ledger ledger = Ledger.of(settings())) {
      ledger.ended(answered("m", NOON.minus(Duration.ofDays(2))));
      ledger.ended(report("m", NOON, Spend.NONE, Optional.of(BROKEN)));
      ledger.ended(report("m", NOON, new Spend(1, 1, 0, 0, Optional.empty()), Optional.empty()));
    }

    List<Usage> usage = Ledger.usage(settings(), NOON.minusSeconds(1), Usage.By.DAY);

    assertThat(usage)
        .containsExactly(new Usage("2026-11-22", 2, 1, 4, 1, 1, 0, 0, Optional.empty(), 1));
    assertThat(Ledger.usage(settings(), NOON, Usage.By.KEY))
        .extracting(Usage::name)
        .containsExactly("OPENAI_API_KEY");
  }

  @Test
  void makesNothingForWhoOnlyAsks() {
    assertThat(Ledger.usage(settings(), Instant.EPOCH, Usage.By.MODEL)).isEmpty();

    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void goesOnWhereAnEarlierOneEnded() {
    for (int i = 0; i < 3; i++) {
      try (Ledger ledger = Ledger.of(settings())) {
        ledger.ended(answered("m", NOON));
      }
    }

    assertThat(Ledger.usage(settings(), Instant.EPOCH, Usage.By.MODEL))
        .extracting(Usage::calls)
        .containsExactly(3L);
  }

  @Test
  void refusesTablesOfANewerVersionAndLosesNoCallForThat() throws SQLException {
    try (Ledger first = Ledger.of(settings())) {
      first.ended(answered("m", NOON));
    }
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute("UPDATE ledger_history SET version = '7' WHERE version = '3'");
    }

    assertThatExceptionOfType(SchemaTooNew.class)
        .isThrownBy(() -> Ledger.usage(settings(), Instant.EPOCH, Usage.By.MODEL))
        .withMessageContaining("version 7")
        .withMessageContaining("up to 3");
    Ledger ledger = Ledger.of(settings());
    ledger.ended(answered("m", NOON));
    ledger.close();
    assertThat(ledger.lost()).isEqualTo(1);
  }

  @Test
  void recordsTheCallsOfALayerThatIsToldTo() {
    Settings told =
        settings(
            "SYNTHLAB_LEDGER", "on",
            "OPENAI_BASE_URL", "http://127.0.0.1:1/v1",
            "SYNTHLAB_LLM_MAX_ATTEMPTS", "1");
    try (Synthlab layer = Synthlab.of(told)) {
      assertThatExceptionOfType(CallException.ConnectionFailed.class)
          .isThrownBy(() -> layer.llm().complete("a prompt that no ledger keeps"));
    }

    assertThat(Ledger.usage(told, Instant.EPOCH, Usage.By.MODEL))
        .containsExactly(new Usage("gpt-4o-mini", 1, 1, 1, 0, 0, 0, 0, Optional.empty(), 0));
  }

  static CallReport answered(String model, Instant at) {
    Spend spend = new Spend(11, 7, 5, 3, Optional.of(new BigDecimal("0.0000012345")));
    return report(model, at, spend, Optional.empty());
  }

  static CallReport report(String model, Instant at, Spend spend, Optional<Fault> fault) {
    Route route = new Route(URI.create("https://api.lab/v1"), "OPENAI_API_KEY", model);
    Duration second = Duration.ofSeconds(1);
    return new CallReport(
        route,
        at,
        second,
        Duration.ZERO,
        List.of(
            new Attempt(1, route, at, second, OptionalInt.of(503), Optional.of(BROKEN), second),
            new Attempt(2, route, at, second, OptionalInt.of(200), fault, Duration.ZERO)),
        spend,
        fault);
  }
}
