package dev.synthlab.store;

import static dev.synthlab.store.LedgerContractTest.answered;
import static org.assertj.core.api.Assertions.assertThat;

import dev.synthlab.call.CallReport;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class CallWriteTest {
  private static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");

  /** At random places of an index they cost three times as much. */
  @Test
  void hasIdsInTheOrderOfTheCalls() {
    List<CallReport> reports =
        IntStream.range(0, 100)
            .mapToObj(i -> answered("m", NOON.plusMillis(i)))
            .flatMap(report -> Stream.of(report, ofARun(report)))
            .toList();

    List<String> ids = reports.stream().map(report -> CallWrite.of(report).id()).toList();

    List<String> beginnings = ids.stream().map(id -> id.substring(0, 13)).toList();
    assertThat(beginnings).isSorted().startsWith("01a20d6d-5a00");
    assertThat(ids).doesNotHaveDuplicates().allMatch(id -> UUID.fromString(id).version() == 7);
  }

  private static CallReport ofARun(CallReport report) {
    return LedgerContractTest.about(report, LedgerContractTest.scope("run-1", "row-1", "chat"));
  }

  @Test
  void hasAStableIdOnlyForCallsOfARun() {
    CallReport call = answered("m", NOON);

    assertThat(CallWrite.of(ofARun(call)).id()).isEqualTo(CallWrite.of(ofARun(call)).id());
    assertThat(CallWrite.of(call).id()).isNotEqualTo(CallWrite.of(call).id());
    assertThat(CallWrite.of(ofARun(call)).id())
        .isNotEqualTo(CallWrite.of(ofARun(answered("m", NOON.plusNanos(1)))).id());
  }
}
