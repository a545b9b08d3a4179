package dev.synthlab.batch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A killed run loses no answer, and only calls in flight are paid for twice. Every build kills once
 * at each crash point; {@code -Dsynthlab.kills=all} kills at more moments and resumes a million
 * rows.
 */
@Timeout(120)
class CrashTest {
  private static final boolean ALL_KILLS = "all".equals(System.getProperty("synthlab.kills"));

  @TempDir Path directory;
  private Bulk bulk;

  @BeforeEach
  void prepare() {
    bulk = new Bulk(directory);
  }

  /** The steps to kill at, each with its count; the further ones only on request. */
  private static Stream<String> kills(String always, String further) {
    return Stream.of((ALL_KILLS ? always + " " + further : always).split(" "));
  }

  private Process start(String concurrency, String delay, String halt, String... more)
      throws IOException {
    String[] args = arguments(concurrency, delay, halt, more);
    return Child.start(directory.resolve("log"), List.of(), "64m", CrashingRun.class, args);
  }

  /** Runs the same command to its end, in this process. */
  private void resume(String concurrency, String delay, String halt, String... more) {
    Summary summary = CrashingRun.run(arguments(concurrency, delay, halt, more));

    assertThat(summary.end()).isIn(Summary.End.DONE, Summary.End.SOME_FAILED);
  }

  private String[] arguments(String concurrency, String delay, String halt, String... more) {
    Stream<String> first = Stream.of(directory.toString(), concurrency, delay, halt);
    return Stream.concat(first, Stream.of(more)).toArray(String[]::new);
  }

  private String log() throws IOException {
    return Files.readString(directory.resolve("log"));
  }

  private Map<String, Integer> calls() throws IOException {
    Map<String, Integer> calls = new HashMap<>();
    if (Files.exists(directory.resolve("calls"))) {
      for (String prompt : Files.readAllLines(directory.resolve("calls"))) {
        calls.merge(prompt, 1, Integer::sum);
      }
    }
    return calls;
  }

  private int paidTwice() throws IOException {
    return calls().values().stream().mapToInt(count -> count - 1).sum();
  }

  private void requireOneCorrectLineEach(int rows) {
    Map<String, tools.jackson.databind.JsonNode> results = bulk.results();
    assertThat(results).hasSize(rows);
    results.forEach(
        (id, line) -> {
          String prompt = "p" + id.substring(1);
          if (line.path("error").isNull()) {
            assertThat(line.at("/response/body/choices/0/message/content").asString())
                .isEqualTo(prompt.toUpperCase(java.util.Locale.ROOT));
          } else {
            assertThat(prompt).endsWith("7");
          }
        });
  }

  @Test
  void hasOneCorrectLinePerRowAfterKillsAtRandomMoments() throws Exception {
    int rows = 2_000;
    int concurrency = 64;
    int kills = ALL_KILLS ? 10 : 4;
    bulk.input(Bulk.prompts(rows));
    Random random = new Random(20261122);

    for (int kill = 0; kill < kills; kill++) {
      Process run = start(String.valueOf(concurrency), "100", "-");
      int patience = kill < kills / 2 ? 150 + random.nextInt(400) : 300 + random.nextInt(900);
      run.waitFor(patience, TimeUnit.MILLISECONDS);
      run.destroyForcibly().waitFor();
    }
    resume(String.valueOf(concurrency), "10", "-");
    int sent = calls().values().stream().mapToInt(Integer::intValue).sum();
    resume(String.valueOf(concurrency), "10", "-");

    requireOneCorrectLineEach(rows);
    assertThat(paidTwice()).isLessThanOrEqualTo(kills * concurrency);
    assertThat(calls().values().stream().mapToInt(Integer::intValue).sum()).isEqualTo(sent);
    assertThat(failedInOrder()).isEqualTo(Files.readAllLines(bulk.errors()));
  }

  private List<String> failedInOrder() throws IOException {
    return Files.readAllLines(bulk.in).stream().filter(line -> line.endsWith("7\"}")).toList();
  }

  private static Stream<String> resumesAfterAKillAtEachStepKills() {
    return kills(
        "LOCKED:1 SPOOLED:1 INDEXED:1 TEMPORARY_WRITTEN:1 RENAMED:1 JOB_FILE_WRITTEN:1"
            + " BEFORE_WRITE:9 WRITTEN:9 SYNCED:1 TEMPORARY_WRITTEN:2 RENAMED:2 TEMPORARY_WRITTEN:3"
            + " RENAMED:3 ERRORS_WRITTEN:1",
        "BEFORE_WRITE:1 WRITTEN:1");
  }

  @ParameterizedTest
  @MethodSource("resumesAfterAKillAtEachStepKills")
  void resumesAfterAKillAtEachStep(String halt) throws Exception {
    bulk.input(Bulk.prompts(60));

    int ended = start("4", "5", halt, "ordered").waitFor();

    assertThat(ended).as(log()).isEqualTo(137);
    resume("4", "5", "-", "ordered");
    requireOneCorrectLineEach(60);
    assertThat(paidTwice()).isLessThanOrEqualTo(4);
    assertThat(Files.readAllLines(bulk.errors())).isEqualTo(failedInOrder());
    assertThat(leftOvers()).isEmpty();
  }

  private static Stream<String> resumesATableAfterAKillAtEachStepKills() {
    return kills(
        "TEMPORARY_WRITTEN:2 RENAMED:2",
        "JOB_FILE_WRITTEN:1 BEFORE_WRITE:9 WRITTEN:9 TEMPORARY_WRITTEN:3 ERRORS_WRITTEN:1");
  }

  @ParameterizedTest
  @MethodSource("resumesATableAfterAKillAtEachStepKills")
  void resumesATableAfterAKillAtEachStep(String halt) throws Exception {
    StringBuilder in = new StringBuilder("id,prompt\n");
    StringBuilder out = new StringBuilder("id,prompt,output,error\n");
    for (int row = 0; row < 60; row++) {
      in.append("r" + row + ",\"a,\n" + row + "\"\n");
      String end = row % 10 == 7 ? ",server_failed: the server said seven" : "\"A,\n" + row + "\",";
      out.append("r" + row + ",\"a,\n" + row + "\"," + end + "\n");
    }
    Files.writeString(directory.resolve("in.csv"), in);

    int ended = start("4", "5", halt, "table").waitFor();

    assertThat(ended).as(log()).isEqualTo(137);
    resume("4", "5", "-", "table");
    assertThat(directory.resolve("out.csv")).content().isEqualTo(out.toString());
    // A prompt of a table has two lines.
    assertThat(callsOfTables()).isLessThanOrEqualTo(60 + 4);
    assertThat(leftOvers()).isEmpty();
  }

  private int callsOfTables() throws IOException {
    return Files.readAllLines(directory.resolve("calls")).size() / 2;
  }

  private List<String> leftOvers() throws IOException {
    try (var files = Files.list(directory)) {
      return files.map(f -> f.getFileName().toString()).filter(f -> f.endsWith(".tmp")).toList();
    }
  }

  private static Stream<String> resumesAfterAKillWhileFailedRowsAreRetriedKills() {
    return kills(
        "WRITTEN:2 RENAMED:1",
        "INDEXED:1 BEFORE_WRITE:3 TEMPORARY_WRITTEN:1 TEMPORARY_WRITTEN:2 RENAMED:2");
  }

  @ParameterizedTest
  @MethodSource("resumesAfterAKillWhileFailedRowsAreRetriedKills")
  void resumesAfterAKillWhileFailedRowsAreRetried(String halt) throws Exception {
    bulk.input(Bulk.prompts(100));
    resume("4", "0", "-");
    Files.delete(directory.resolve("calls"));

    assertThat(start("2", "0", halt, "retry").waitFor()).as(log()).isEqualTo(137);
    resume("2", "0", "-", "retry");

    requireOneCorrectLineEach(100);
    assertThat(paidTwice()).isLessThanOrEqualTo(2);
    assertThat(new HashSet<>(calls().keySet())).hasSize(10);
    assertThat(bulk.errors()).doesNotExist();
  }

  @Test
  void resumesAfterAKillBetweenMovingUnreadableLinesAndTheRewrite() throws Exception {
    bulk.input(Bulk.prompts(30));
    resume("4", "0", "-");
    byte[] bytes = Files.readAllBytes(bulk.out);
    java.util.Arrays.fill(bytes, bytes.length / 2, bytes.length / 2 + 9, (byte) 0);
    Files.write(bulk.out, bytes);
    for (String halt : List.of("UNREADABLE_MOVED:1", "TEMPORARY_WRITTEN:1", "RENAMED:1")) {
      assertThat(start("4", "0", halt).waitFor()).as(log()).isEqualTo(137);
    }

    resume("4", "0", "-");

    requireOneCorrectLineEach(30);
    assertThat(paidTwice()).isEqualTo(1);
  }

  private static Stream<String> losesNoOldResultsInAKillOfAFreshRunKills() {
    return kills("TEMPORARY_WRITTEN:1", "INDEXED:1 RENAMED:1 JOB_FILE_WRITTEN:1 WRITTEN:1");
  }

  @ParameterizedTest
  @MethodSource("losesNoOldResultsInAKillOfAFreshRunKills")
  void losesNoOldResultsWhenAFreshRunIsKilled(String halt) throws Exception {
    bulk.input(Bulk.prompts(20));
    resume("4", "0", "-");
    List<String> paid = Files.readAllLines(bulk.out);

    assertThat(start("4", "0", halt, "fresh").waitFor()).as(log()).isEqualTo(137);
    resume("4", "0", "-", "fresh");

    requireOneCorrectLineEach(20);
    assertThat(Files.readAllLines(bulk.beside("out.jsonl.1"))).isEqualTo(paid);
    assertThat(bulk.beside("out.jsonl.1.job.json")).exists();
  }

  @Test
  void refusesASecondProcessAndReportsTheFirst() throws Exception {
    bulk.input(Bulk.prompts(500));
    Process first = start("1", "50", "-");
    while (!Files.exists(bulk.out)) {
      Thread.onSpinWait();
    }
    Path log = directory.resolve("second");
    String[] args = {directory.toString(), "1", "0", "-"};
    long begun = System.nanoTime();

    Process second = Child.start(log, List.of(), "64m", CrashingRun.class, args);

    assertThat(second.waitFor()).isEqualTo(2);
    assertThat(System.nanoTime() - begun).isLessThan(4_000_000_000L);
    assertThat(Files.readString(log)).contains("OUTPUT_LOCKED", "pid " + first.pid());
    first.destroyForcibly().waitFor();
    assertThat(Files.readString(bulk.out)).endsWith("\n");
  }

  @Test
  void leavesOnlyCompleteLinesOnAFullDiskAndResumes() throws Exception {
    bulk.input(Bulk.prompts(300));
    String[] args = {directory.toString(), "8", "0", "-"};
    List<String> limited = List.of("bash", "-c", "ulimit -f 40; exec \"$@\"", "bash");

    int ended =
        Child.start(directory.resolve("log"), limited, "64m", CrashingRun.class, args).waitFor();

    assertThat(ended).as(log()).isEqualTo(5);
    assertThat(log()).contains("DISK_FULL", "no room to write");
    int kept = bulk.results().size();
    assertThat(kept).isBetween(20, 299);
    assertThat(Files.readString(bulk.out)).endsWith("\n");
    int sent = calls().size();
    assertThat(sent).isLessThanOrEqualTo(kept + 9);
    resume("8", "0", "-");
    requireOneCorrectLineEach(300);
    assertThat(paidTwice()).isEqualTo(sent - kept);
  }

  @Test
  void resumesManyRowsInASmallHeap() throws Exception {
    String rows = ALL_KILLS ? "1000000" : "200000";
    String heap = ALL_KILLS ? "256m" : "64m";
    Process run =
        Child.start(
            directory.resolve("log"), List.of(), heap, ManyRows.class, directory.toString(), rows);

    assertThat(run.waitFor()).as(log()).isZero();
  }
}
