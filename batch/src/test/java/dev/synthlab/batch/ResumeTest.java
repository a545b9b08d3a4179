package dev.synthlab.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.synthlab.call.Fault;
import dev.synthlab.call.Timer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a run makes of the files that earlier runs, or accidents, left. */
class ResumeTest {
  @TempDir Path directory;
  private Bulk bulk;

  @BeforeEach
  void prepare() {
    bulk = new Bulk(directory);
  }

  private static void refused(BatchException.Kind kind, ThrowingCallable run, String... words) {
    assertThatExceptionOfType(BatchException.class)
        .isThrownBy(run)
        .satisfies(
            e -> {
              assertThat(e.kind()).isEqualTo(kind);
              assertThat(e).hasMessageContainingAll(words);
            });
  }

  @Test
  void sendsNothingAndChangesNoByteInAFinishedRun() throws IOException {
    bulk.input(Bulk.prompts(20));
    bulk.run();
    byte[] before = Files.readAllBytes(bulk.out);
    FileTime long_ago = FileTime.fromMillis(1_000_000);
    Files.setLastModifiedTime(bulk.out, long_ago);

    Summary again = bulk.run();

    assertThat(again.upToDate()).isTrue();
    assertThat(again.doneBefore()).isEqualTo(20);
    assertThat(bulk.script.requests).hasSize(20);
    assertThat(Files.readAllBytes(bulk.out)).isEqualTo(before);
    assertThat(Files.getLastModifiedTime(bulk.out)).isEqualTo(long_ago);
  }

  @Test
  void cutsOffAnIncompleteLastLineAndRunsItsRowAgain() throws IOException {
    bulk.input(Bulk.prompts(5));
    bulk.run(o -> o.limit(4));
    byte[] bytes = Files.readAllBytes(bulk.out);
    Files.write(bulk.out, java.util.Arrays.copyOf(bytes, bytes.length - 40));

    bulk.run();

    assertThat(bulk.results()).hasSize(5);
    assertThat(bulk.script.prompts()).hasSize(6);
    assertThat(bulk.beside("out.jsonl.bad")).doesNotExist();
  }

  @Test
  void movesUnreadableLinesAndRunsTheirRowsAgain() throws IOException {
    bulk.input(Bulk.prompts(5));
    bulk.run();
    byte[] bytes = Files.readAllBytes(bulk.out);
    int half = bytes.length / 2;
    java.util.Arrays.fill(bytes, half - 10, half + 10, (byte) 0);
    Files.write(bulk.out, bytes);

    Summary summary = bulk.run();

    assertThat(summary.end()).isEqualTo(Summary.End.DONE);
    assertThat(bulk.results()).hasSize(5);
    assertThat(bulk.script.prompts()).hasSize(6);
    assertThat(Files.readAllBytes(bulk.beside("out.jsonl.bad"))).contains(0);
    assertThat(bulk.notes.stream().filter(note -> note.contains("out.jsonl.bad"))).hasSize(1);
    assertThat(bulk.run().upToDate()).isTrue();
  }

  @Test
  void countsOnlyTheLastLineOfARow() throws IOException {
    bulk.input(Bulk.prompts(3));
    bulk.script.fails("p1", Fault.Kind.SERVER_FAILED);
    bulk.run();
    String failed = Files.readString(bulk.out);
    bulk.script.on("p1", request -> Script.answer("late"));
    bulk.run(o -> o.retryFailed(BulkOptions.Retry.TRANSIENT));
    String answered = Files.readString(bulk.out);

    Files.writeString(bulk.out, failed + answered);

    assertThat(bulk.run().end()).isEqualTo(Summary.End.DONE);
    assertThat(bulk.results()).hasSize(3);
    Files.writeString(bulk.out, answered + failed);
    assertThat(bulk.run().end()).isEqualTo(Summary.End.SOME_FAILED);
    assertThat(bulk.results()).hasSize(3);
  }

  @Test
  void refusesAChangedRowButAcceptsAnEquivalentSpelling() {
    bulk.input("{\"custom_id\":\"a\",\"prompt\":\"caf\\u00e9\",\"n\":{\"x\":1,\"y\":2}}");
    bulk.run();

    bulk.input(" {\"n\": {\"y\":2, \"x\":1}, \"prompt\":\"café\",\t\"custom_id\":\"a\"} ");
    assertThat(bulk.run().upToDate()).isTrue();

    bulk.input("{\"custom_id\":\"a\",\"prompt\":\"cafe\",\"n\":{\"x\":1,\"y\":2}}");
    refused(
        BatchException.Kind.INPUT_CHANGED, bulk::run, "\"a\"", "line 1", "then", "now", "--fresh");
    assertThat(bulk.script.requests).hasSize(1);
  }

  @Test
  void runsACorrectedLineThatWasNeverSent() {
    bulk.input(Bulk.prompt("a", "x"), "{\"custom_id\":\"b\",\"prompt\":5}");
    assertThat(bulk.run().failed()).isEqualTo(1);

    bulk.input(Bulk.prompt("a", "x"), Bulk.prompt("b", "five"));
    Summary summary = bulk.run();

    assertThat(summary.end()).isEqualTo(Summary.End.DONE);
    assertThat(bulk.results()).hasSize(2);
    assertThat(bulk.script.prompts()).containsExactly("x", "five");
    assertThat(bulk.errors()).doesNotExist();
  }

  @Test
  void runsNewRowsAndPreservesTheLinesOfRemovedRows() {
    bulk.input(Bulk.prompt("a", "x"), Bulk.prompt("b", "y"));
    bulk.run();
    bulk.input(Bulk.prompt("c", "z"), Bulk.prompt("b", "y"));

    Summary summary = bulk.run();

    assertThat(summary.rowsNotInInput()).isEqualTo(1);
    assertThat(summary.total()).isEqualTo(2);
    assertThat(bulk.results().keySet()).containsExactly("a", "b", "c");
    assertThat(bulk.script.requests).hasSize(3);
  }

  @Test
  void refusesChangedSettingsAndReportsBothValues() {
    bulk.input(Bulk.prompts(2));
    bulk.run();

    refused(
        BatchException.Kind.SETTINGS_CHANGED,
        () -> bulk.run(o -> o.model("other").temperature(0.5)),
        "model was \"m\" and is now \"other\"",
        "temperature was not set and is now \"0.5\"",
        "--fresh");
    assertThat(bulk.run(o -> o.concurrency(3).limit(1)).upToDate()).isTrue();
  }

  @Test
  void renamesOldResultsInAFreshRunAndNeverDeletesThem() throws IOException {
    bulk.input(Bulk.prompts(2));
    bulk.run();
    byte[] paid = Files.readAllBytes(bulk.out);

    bulk.run(o -> o.model("other").fresh(true));
    bulk.run(o -> o.model("third").fresh(true));

    assertThat(bulk.script.requests).hasSize(6);
    assertThat(Files.readAllBytes(bulk.beside("out.jsonl.1"))).isEqualTo(paid);
    assertThat(bulk.beside("out.jsonl.1.job.json")).exists();
    assertThat(bulk.beside("out.jsonl.2")).exists();
  }

  @Test
  void leavesOldResultsUnchangedWhenAFreshRunCannotStart() {
    bulk.input(Bulk.prompts(2));
    bulk.run();
    bulk.input(Bulk.prompt("a", "x"), Bulk.prompt("a", "y"));

    refused(BatchException.Kind.DUPLICATE_ID, () -> bulk.run(o -> o.fresh(true)), "\"a\"");

    assertThat(bulk.results()).hasSize(2);
    assertThat(bulk.beside("out.jsonl.1")).doesNotExist();
  }

  @Test
  void refusesAnOutputThatNoRunWrote() throws IOException {
    bulk.input(Bulk.prompts(2));
    Files.writeString(bulk.out, "my diary\n");

    refused(BatchException.Kind.OUTPUT_FOREIGN, bulk::run, "out.jsonl.job.json", "--fresh");

    assertThat(bulk.out).content().isEqualTo("my diary\n");
  }

  @Test
  void acceptsAnEmptyOutput() throws IOException {
    bulk.input(Bulk.prompts(2));
    Files.createFile(bulk.out);

    assertThat(bulk.run().answered()).isEqualTo(2);
  }

  @Test
  void refusesDuplicateIdsBeforeTheFirstCallAndReportsBothLines() {
    bulk.input(Bulk.prompt("a", "x"), "", Bulk.prompt("b", "y"), "{\"id\":\"a\",\"prompt\":\"z\"}");

    refused(BatchException.Kind.DUPLICATE_ID, bulk::run, "lines 1 and 4", "\"a\"");

    assertThat(bulk.script.requests).isEmpty();
    assertThat(bulk.out).doesNotExist();
  }

  @Test
  void refusesTheInputAsOutputEvenThroughLinks() throws IOException {
    bulk.input(Bulk.prompts(1));
    Path soft = Files.createSymbolicLink(directory.resolve("soft"), bulk.in);
    Path hard = Files.createLink(directory.resolve("hard"), bulk.in);
    byte[] before = Files.readAllBytes(bulk.in);

    for (Path out : List.of(bulk.in, soft, hard)) {
      refused(
          BatchException.Kind.OUTPUT_IS_INPUT,
          () -> bulk.begin(out, o -> o.fresh(true)).run(),
          "is the input");
    }
    assertThat(Files.readAllBytes(bulk.in)).isEqualTo(before);
  }

  @Test
  void describesAMissingInputAndAnUnwritableOutputInOneSentence() throws IOException {
    refused(BatchException.Kind.INPUT_UNREADABLE, bulk::run, "in.jsonl", "does not exist");
    bulk.input(Bulk.prompts(1));

    refused(
        BatchException.Kind.OUTPUT_UNWRITABLE,
        () -> bulk.begin(bulk.in.resolve("sub/out.jsonl"), o -> {}).run(),
        "cannot write");
    refused(
        BatchException.Kind.OUTPUT_UNWRITABLE,
        () -> bulk.begin(Path.of("/proc/out.jsonl"), o -> {}).run(),
        "cannot write");
    assertThat(bulk.script.requests).isEmpty();
  }

  @Test
  void resolvesLinksOfTheOutputToOneJob() throws IOException {
    bulk.input(Bulk.prompts(6));
    Path real = Files.createDirectory(directory.resolve("real")).resolve("r.jsonl");
    Files.createSymbolicLink(bulk.out, real);

    bulk.run(o -> o.limit(2));
    bulk.begin(real, o -> o.limit(4)).run();
    bulk.run();

    assertThat(bulk.script.requests).hasSize(6);
    assertThat(Files.isSymbolicLink(bulk.out)).isTrue();
    assertThat(bulk.results()).hasSize(6);
    assertThat(real.resolveSibling("r.jsonl.job.json")).exists();
  }

  @Test
  void refusesASecondRunUnderAnyNameOfTheOutput() throws Exception {
    bulk.input(Bulk.prompts(4));
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    bulk.script.on(
        "p0",
        request -> {
          begun.countDown();
          await(go);
          return Script.answer("P0");
        });
    CompletableFuture<Summary> first = CompletableFuture.supplyAsync(() -> bulk.run());
    await(begun);
    Path soft = Files.createSymbolicLink(directory.resolve("soft"), bulk.out);
    Path hard = Files.createLink(directory.resolve("hard"), bulk.out);

    for (Path name : List.of(bulk.out, soft, hard)) {
      refused(
          BatchException.Kind.OUTPUT_LOCKED, () -> bulk.begin(name, o -> {}).run(), "another run");
    }
    go.countDown();

    assertThat(first.get().answered()).isEqualTo(4);
    assertThat(bulk.script.requests).hasSize(4);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void detectsAnotherWriterBeforeTheNextLine() {
    bulk.input(Bulk.prompts(4));
    bulk.script.on("p2", request -> meddled(out -> append(out, "intruder\n")));

    refused(
        BatchException.Kind.OUTPUT_LOST,
        () -> bulk.run(o -> o.concurrency(1)),
        "something else writes to it");

    assertThat(bulk.out).content().endsWith("intruder\n");
    bulk.script.on("p2", request -> Script.answer("P2"));
    assertThat(bulk.run().end()).isEqualTo(Summary.End.DONE);
    assertThat(bulk.results()).hasSize(4);
  }

  @Test
  void stopsWhenTheOutputIsMoved() {
    bulk.input(Bulk.prompts(4));
    bulk.script.on("p2", request -> meddled(this::moveAway));

    refused(
        BatchException.Kind.OUTPUT_LOST, () -> bulk.run(o -> o.concurrency(1)), "moved or deleted");
  }

  private dev.synthlab.llm.Outcome<dev.synthlab.llm.Completion> meddled(Consumer<Path> meddle) {
    meddle.accept(bulk.out);
    return Script.answer("P2");
  }

  private void moveAway(Path out) {
    try {
      Files.move(out, directory.resolve("elsewhere"));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static void append(Path file, String text) {
    try {
      Files.writeString(file, text, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void resumesWhenStandardInputIsGivenAgain() {
    String input = String.join("\n", Bulk.prompts(5));
    assertThat(fromStream(input, 2).ended()).isEqualTo(2);
    bulk.script.fails("p4", Fault.Kind.BAD_REQUEST);

    Summary rest = fromStream(input, 5);

    assertThat(rest.ended()).isEqualTo(3);
    assertThat(bulk.script.requests).hasSize(5);
    assertThat(bulk.errors()).content().isEqualTo(Bulk.prompt("r4", "p4") + "\n");
    assertThat(bulk.beside(".out.jsonl.stdin")).doesNotExist();
    refused(
        BatchException.Kind.INPUT_CHANGED,
        () -> fromStream(input.replace("p3", "changed"), 5),
        "\"r3\"");
  }

  private Summary fromStream(String input, int limit) {
    BulkOptions options =
        BulkOptions.builder(
                new BulkOptions.Source.Stream(
                    new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8))),
                new BulkOptions.Target.File(bulk.out))
            .limit(limit)
            .build();
    return BulkRun.of(options, bulk.script, Timer.system(), note -> {}).run();
  }

  @Test
  void refusesANewerOrDamagedJobFile() throws IOException {
    bulk.input(Bulk.prompts(1));
    bulk.run();
    Path job = bulk.beside("out.jsonl.job.json");
    String text = Files.readString(job);

    Files.writeString(job, text.replace("\"format\" : 1", "\"format\" : 2"));
    refused(BatchException.Kind.OUTPUT_FOREIGN, bulk::run, "newer version");

    Files.writeString(job, "{");
    refused(BatchException.Kind.OUTPUT_FOREIGN, bulk::run, "damaged");
  }
}
