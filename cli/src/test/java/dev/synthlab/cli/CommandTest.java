package dev.synthlab.cli;

import static dev.synthlab.test.Replies.chat;
import static dev.synthlab.test.Replies.delta;
import static dev.synthlab.test.Replies.error;
import static dev.synthlab.test.Replies.events;
import static dev.synthlab.test.Replies.finish;
import static dev.synthlab.test.Replies.usage;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.synthlab.cli.Synth.Ended;
import dev.synthlab.cli.Synth.Running;
import dev.synthlab.test.Replies;
import dev.synthlab.test.ScriptedServer;
import dev.synthlab.test.ScriptedServer.Reply;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class CommandTest {
  private static final String KEY = "sk-canary-0123456789abcdefghijklmnop";

  @TempDir private Path directory = Path.of("");
  private Synth synth = new Synth(directory);
  private ScriptedServer server = ScriptedServer.inTurn(chat("hello"));

  @BeforeEach
  void begin() {
    synth = new Synth(directory);
  }

  @AfterEach
  void close() {
    server.close();
  }

  private Synth against(Reply... replies) {
    server.close();
    server = ScriptedServer.inTurn(replies);
    return synth.with("OPENAI_BASE_URL", server.base().toString());
  }

  private static String[] prompts(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> "{\"custom_id\": \"p" + i + "\", \"prompt\": \"number " + i + "\"}")
        .toArray(String[]::new);
  }

  @Test
  void reportsTheMissingKeyAndSendsNothing() {
    synth.file("in.jsonl", prompts(3));

    Ended ended = synth.run("run", "in.jsonl", "-o", "out.jsonl");

    assertThat(ended.exit()).isEqualTo(4);
    assertThat(ended.err()).contains("OPENAI_API_KEY", "--local").doesNotContain("\tat ");
    assertThat(synth.path("out.jsonl")).doesNotExist();
  }

  @Test
  void sendsAWrongKeyOnce() {
    synth.file("in.jsonl", prompts(200));

    Ended ended =
        against(error(401, "invalid_api_key", "Incorrect API key provided: " + KEY))
            .with("OPENAI_API_KEY", KEY)
            .run("run", "in.jsonl", "-o", "out.jsonl", "-c", "64");

    assertThat(ended.exit()).isEqualTo(4);
    assertThat(ended.err()).contains("401 invalid_api_key", "synthlab doctor");
    assertThat(server.seen()).hasSize(1);
    assertThat(synth.lines("out.jsonl")).isEmpty();
  }

  @Test
  void answersEveryRowOfAServerThatNeedsNoKey() {
    synth.file("in.jsonl", prompts(30));

    Ended ended = against(chat("hello")).run("run", "in.jsonl", "-o", "out.jsonl", "-c", "4");

    assertThat(ended.exit()).isZero();
    assertThat(synth.lines("out.jsonl")).hasSize(30).allMatch(line -> line.contains("\"hello\""));
    assertThat(ended.err()).contains("30/30 rows in", "answered 30", "failed 0");
    assertThat(ended.out()).isEmpty();
    assertThat(server.seen()).allMatch(seen -> seen.header("authorization").isEmpty());

    Ended again = synth.run("run", "in.jsonl", "-o", "out.jsonl", "-c", "4");

    assertThat(again.exit()).isZero();
    assertThat(again.err()).contains("nothing to do");
    assertThat(server.seen()).hasSize(30);
  }

  @Test
  void readsTheAnswersOfARunFromStreams() {
    synth.file("in.jsonl", prompts(5));

    Ended ended =
        against(events(delta("Hel"), delta("lo"), finish("stop"), usage(), "[DONE]"))
            .run("run", "in.jsonl", "-o", "out.jsonl", "--stream");

    assertThat(ended.exit()).isZero();
    assertThat(synth.lines("out.jsonl")).hasSize(5).allMatch(line -> line.contains("\"Hello\""));
  }

  @Test
  void writesResultsToStdoutForAPipe() {
    synth.file("in.jsonl", prompts(3));

    Ended ended =
        against(chat("hello"))
            .run("run", "in.jsonl", "-o", "-", "--format", "jsonl", "--progress", "none");

    assertThat(ended.exit()).isZero();
    assertThat(ended.out().lines())
        .hasSize(3)
        .allMatch(line -> line.contains("\"output\":\"hello\""));
  }

  @Test
  void suggestsALocaleForANameThatItCannotEncode() {
    assumeThat(System.getProperty("sun.jnu.encoding")).isEqualTo("UTF-8");
    synth.file("in.jsonl", prompts(1));

    Ended ended =
        against(chat("x"))
            .with("LC_ALL", "C")
            .run("run", "in.jsonl", "-o", "gr\u00f6\u00dfe.jsonl");

    assertThat(ended.exit()).isEqualTo(2);
    assertThat(ended.err()).contains("LC_ALL=C.UTF-8");
    assertThat(ended.err().lines()).hasSize(1);
    assertThat(server.seen()).isEmpty();
  }

  @Test
  void cancelsCallsInFlightAtTheSecondSignal() {
    synth.file("in.jsonl", prompts(2));
    Running running = against(Replies.silence()).start("run", "in.jsonl", "-o", "out.jsonl");
    await(running, () -> !server.seen().isEmpty());

    running.process().destroy();
    await(running, () -> read(running.err()).contains("a second signal cancels them"));
    running.process().destroy();
    Ended ended = running.end();

    assertThat(ended.exit()).isEqualTo(143);
    assertThat(ended.err())
        .containsOnlyOnce("a second signal cancels them")
        .contains("calls in flight are cancelled", "stopped: a signal came; 2 rows are open");
  }

  private static void await(Running running, BooleanSupplier reached) {
    while (!reached.getAsBoolean() && running.process().isAlive()) {
      Thread.onSpinWait();
    }
  }

  @Test
  void refusesAMissingInput() {
    Ended ended = against(chat("x")).run("run", "none.jsonl", "-o", "out.jsonl");

    assertThat(ended.exit()).isEqualTo(2);
    assertThat(ended.err()).contains("none.jsonl");
    assertThat(ended.err().lines()).hasSize(1);
    assertThat(synth.run("run", "none.jsonl", "-o", "out.jsonl", "--local").err())
        .isEqualTo(ended.err());
  }

  @Test
  void refusesDuplicateIdsAndReportsBothLines() {
    synth.file(
        "in.jsonl",
        "{\"id\": \"a\", \"prompt\": \"1\"}",
        "{\"id\": \"b\", \"prompt\": \"2\"}",
        "{\"id\": \"a\", \"prompt\": \"3\"}");

    Ended ended = against(chat("x")).run("run", "in.jsonl", "-o", "out.jsonl");

    assertThat(ended.exit()).isEqualTo(2);
    assertThat(ended.err()).contains("1", "3", "a");
    assertThat(server.seen()).isEmpty();
  }

  @Test
  void answersTheOtherRowsOfAnInputWithAMalformedLine() {
    synth.file("in.jsonl", "{\"prompt\": \"1\"}", "{\"prompt\": ", "{\"prompt\": \"3\"}");

    Ended ended = against(chat("hello")).run("run", "in.jsonl", "-o", "out.jsonl");

    assertThat(ended.exit()).isEqualTo(3);
    assertThat(synth.lines("out.jsonl")).hasSize(3);
    assertThat(synth.lines("out.jsonl"))
        .filteredOn(line -> line.contains("invalid_line"))
        .hasSize(1);
    assertThat(ended.err()).contains("invalid_line 1");
    assertThat(server.seen()).hasSize(2);
  }

  @Test
  void refusesToOverwriteItsInput() throws IOException {
    Path in = synth.file("in.jsonl", prompts(2));
    String before = Files.readString(in);

    Ended ended = against(chat("x")).run("run", "in.jsonl", "-o", "./in.jsonl");

    assertThat(ended.exit()).isEqualTo(2);
    assertThat(Files.readString(in)).isEqualTo(before);
    assertThat(server.seen()).isEmpty();
  }

  @Test
  void refusesADirectoryThatCannotBeWritten() {
    synth.file("in.jsonl", prompts(2));

    Ended ended = against(chat("x")).run("run", "in.jsonl", "-o", "/proc/none/out.jsonl");

    assertThat(ended.exit()).isEqualTo(2);
    assertThat(ended.err()).contains("/proc/none");
    assertThat(server.seen()).isEmpty();
  }

  @Test
  void refusesASecondRunOnTheSameOutput() {
    synth.file("in.jsonl", prompts(2));
    Running first = against(Replies.silence()).start("run", "in.jsonl", "-o", "out.jsonl");
    while (server.seen().isEmpty()) {
      Thread.onSpinWait();
    }

    Ended second = synth.run("run", "in.jsonl", "-o", "out.jsonl");

    assertThat(second.exit()).isEqualTo(2);
    assertThat(second.err()).contains(Long.toString(first.process().pid()));
    assertThat(server.seen()).hasSize(1);
    first.process().destroyForcibly();
  }

  @Test
  void refusesChangedInputAndChangedSettings() {
    synth.file("in.jsonl", prompts(2));
    against(chat("x")).run("run", "in.jsonl", "-o", "out.jsonl", "-m", "model-a");

    Ended otherModel = synth.run("run", "in.jsonl", "-o", "out.jsonl", "-m", "model-b");
    synth.file("in.jsonl", prompts(2)[0], "{\"custom_id\": \"p1\", \"prompt\": \"changed\"}");
    Ended otherInput = synth.run("run", "in.jsonl", "-o", "out.jsonl", "-m", "model-a");

    assertThat(otherModel.exit()).isEqualTo(2);
    assertThat(otherModel.err()).contains("model-a", "model-b", "--fresh");
    assertThat(otherInput.exit()).isEqualTo(2);
    assertThat(otherInput.err()).contains("p1");
    assertThat(server.seen()).hasSize(2);
  }

  @Test
  void stopsAtAFullDiskAndResumes() throws IOException {
    synth.file("in.jsonl", prompts(60));
    against(chat("a long answer ".repeat(100)));

    Ended full =
        synth
            .start(
                List.of("bash", "-c", "ulimit -f 32; exec \"$@\"", "bash"),
                "run",
                "in.jsonl",
                "-o",
                "out.jsonl",
                "-c",
                "4")
            .end();

    assertThat(full.exit()).isEqualTo(5);
    assertThat(full.err()).contains("the same command resumes the run");
    int kept = synth.lines("out.jsonl").size();
    assertThat(kept).isBetween(1, 59);
    assertThat(Files.readString(synth.path("out.jsonl"))).endsWith("\n");

    Ended later = synth.run("run", "in.jsonl", "-o", "out.jsonl", "-c", "4");

    assertThat(later.exit()).isZero();
    assertThat(synth.lines("out.jsonl")).hasSize(60);
  }

  @Test
  void writesFailedRowsToAFileThatCanBeRun() {
    server.close();
    server =
        ScriptedServer.start(
            (request, number) ->
                request.body().contains("number 1") ? error(400, "bad", "no") : chat("hello"));
    synth.with("OPENAI_BASE_URL", server.base().toString()).file("in.jsonl", prompts(3));

    Ended ended = synth.run("run", "in.jsonl", "-o", "out.jsonl");

    assertThat(ended.exit()).isEqualTo(3);
    assertThat(ended.err()).contains("bad_request 1", "out.jsonl.errors.jsonl");
    assertThat(synth.lines("out.jsonl.errors.jsonl"))
        .hasSize(1)
        .first()
        .asString()
        .contains("number 1");
    assertThat(synth.run("run", "out.jsonl.errors.jsonl", "-o", "more.jsonl").exit()).isEqualTo(3);
    assertThat(synth.run("run", "in.jsonl", "-o", "out.jsonl", "--retry-failed=all").exit())
        .isEqualTo(3);
    assertThat(synth.lines("out.jsonl")).hasSize(3);
  }

  @Test
  void streamsOneAnswerToStdout() {
    Ended ended =
        against(events(delta("Pa"), delta("ris"), finish("stop"), usage(), "[DONE]"))
            .run("ask", "-u", "Capital", "of", "France?");

    assertThat(ended.exit()).isZero();
    assertThat(ended.out()).isEqualTo("Paris\n");
    assertThat(ended.err()).contains("7 in, 5 out", "test-model-1");
    assertThat(server.seen().getFirst().body()).contains("Capital of France?");
  }

  @Test
  void showsNoKeyInAnyEncodingThatTheServerEchoes() throws IOException {
    String password = "pa55-canary-word";
    String base64 =
        Base64.getEncoder().encodeToString(("x" + KEY).getBytes(StandardCharsets.UTF_8));
    String encoded = URLEncoder.encode(KEY + "/" + password, StandardCharsets.UTF_8);
    String echo = KEY + " " + password + " " + base64 + " " + encoded;
    server.close();
    server =
        ScriptedServer.start(
            (request, number) ->
                switch (number % 3) {
                  case 0 ->
                      error(401, KEY, "Incorrect API key provided: " + echo, "x-request-id", KEY);
                  case 1 -> chat("you sent " + echo);
                  default -> error(400, "bad", echo);
                });
    String base = server.base().toString().replace("http://", "http://user:" + password + "@");
    synth.with("OPENAI_BASE_URL", base).with("OPENAI_API_KEY", KEY).file("in.jsonl", prompts(9));

    StringBuilder said = new StringBuilder();
    for (String level : List.of("-v", "-vv", "--log-format=json")) {
      said.append(
          synth.run("run", "in.jsonl", "-o", level.replace("-", "") + ".jsonl", level).all());
      said.append(synth.run("ask", "--no-stream", "hi", level).all());
      said.append(synth.run("config", "show", level).all());
      said.append(synth.run("doctor", level).all());
    }
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        said.append(Files.readString(file));
      }
    }

    assertThat(said.toString())
        .contains("****")
        .doesNotContain(KEY)
        .doesNotContain(password)
        .doesNotContain(base64)
        .doesNotContain(Base64.getEncoder().encodeToString(KEY.getBytes(StandardCharsets.UTF_8)))
        .doesNotContain(URLEncoder.encode(KEY, StandardCharsets.UTF_8));
  }

  @Test
  void showsNoKeyThatIsSplitAcrossStreamChunks() {
    String[] pieces =
        Stream.concat(
                KEY.chars().mapToObj(c -> delta(String.valueOf((char) c))),
                Stream.of(finish("stop"), "[DONE]"))
            .toArray(String[]::new);

    Ended ended = against(events(pieces)).with("OPENAI_API_KEY", KEY).run("ask", "hi");

    assertThat(ended.exit()).isZero();
    assertThat(ended.out()).isEqualTo("****\n");
  }

  @Test
  void reportsAllConfigurationErrorsTogether() {
    Ended ended =
        synth
            .with("SYNTHLAB_TIMEOUT", "soon")
            .with("OPENAI_BASE_URL", "ftp://x")
            .with("LOG_LEVEL", "loud")
            .run("ask", "hi");

    assertThat(ended.exit()).isEqualTo(4);
    assertThat(ended.err()).contains("SYNTHLAB_TIMEOUT", "soon", "OPENAI_BASE_URL", "LOG_LEVEL");
  }

  @Test
  void showsExamplesInTheHelpOfEveryCommand() {
    CommandLine all = Main.commandLine("help");
    all.getSubcommands()
        .forEach(
            (name, command) -> {
              if (!command.getCommandSpec().usageMessage().hidden() && !name.equals("help")) {
                assertThat(command.getUsageMessage(CommandLine.Help.Ansi.OFF))
                    .contains("Example", "synthlab " + name)
                    .doesNotContain("${", "so many", "goes on", "anew", "mended");
              }
            });
    assertThat(all.getSubcommands()).containsKeys("run", "ask", "extract", "embed", "config");

    Ended ended = synth.run("run", "--help");
    assertThat(ended.exit()).isZero();
    assertThat(ended.out()).contains("Example", "synthlab run");
    assertThat(synth.run("rum").exit()).isEqualTo(2);
    assertThat(synth.run("rum").err()).contains("run", "--help");
  }

  @Test
  void printsACompletionScript() {
    assertThat(synth.run("completion", "bash").out()).contains("complete -F", "--concurrency");
  }

  @Test
  void reportsTheFlagOfAnInvalidOptionValueBeforeAnyCall() {
    synth.file("in.jsonl", prompts(1));
    against(chat("x"));
    Map<String, String> wrong = new LinkedHashMap<>();
    wrong.put("--concurrency=0", "--concurrency is 0, must be");
    wrong.put("--temperature=NaN", "--temperature is NaN");
    wrong.put("--max-tokens=0", "--max-tokens is 0");
    wrong.put("--limit=0", "--limit is 0");
    wrong.put("--fail-on-error=1.5", "--fail-on-error is 1.5, must be");
    wrong.put("--deadline=0", "--deadline is 0");
    wrong.put("-P=stream=true", "-P cannot set stream");
    wrong.put("-P=model=a", "--model");
    wrong.put("-P==a", "-P needs a name");

    wrong.forEach(
        (option, sentence) -> {
          Ended ended = synth.run("run", "in.jsonl", "-o", "out.jsonl", option);

          assertThat(ended.exit()).as(option).isEqualTo(2);
          assertThat(ended.err()).as(option).contains(sentence);
        });

    assertThat(synth.run("run", "in.jsonl", "-o", "").err()).contains("OUT is empty");
    assertThat(synth.run("run", "in.jsonl", "-o", "-", "--fresh").exit()).isEqualTo(2);
    assertThat(synth.run("ask", "--max-tokens", "0", "hi").exit()).isEqualTo(2);
    assertThat(server.seen()).isEmpty();
  }

  @Test
  void readsTheArgumentAfterRetryFailedAsTheInput() {
    synth.file("in.jsonl", prompts(2));

    Ended ended = against(chat("x")).run("run", "--retry-failed", "in.jsonl", "-o", "out.jsonl");

    assertThat(ended.exit()).isZero();
    assertThat(synth.lines("out.jsonl")).hasSize(2);
    assertThat(synth.run("run", "in.jsonl", "-o", "out.jsonl", "--retry-failed=all").exit())
        .isZero();
  }

  @Test
  void acceptsTheOldNameOfTransientAndRefusesOtherValues() {
    synth.file("in.jsonl", prompts(1));
    against(chat("x"));

    Ended old = synth.run("run", "in.jsonl", "-o", "out.jsonl", "--retry-failed=passing");
    Ended current = synth.run("run", "in.jsonl", "-o", "out.jsonl", "--retry-failed=transient");
    Ended wrong = synth.run("run", "in.jsonl", "-o", "out.jsonl", "--retry-failed=some");

    assertThat(old.exit()).isZero();
    assertThat(current.exit()).isZero();
    assertThat(wrong.exit()).isEqualTo(2);
    assertThat(wrong.err()).contains("--retry-failed", "must be transient or all, was some");
  }

  @Test
  void stopsWhenStdoutIsFull() {
    synth.file("in.jsonl", prompts(50));
    against(chat("x"));
    List<String> toFull = List.of("bash", "-c", "exec \"$@\" >/dev/full", "bash");

    Ended full = synth.start(toFull, "run", "in.jsonl", "-o", "-").end();

    assertThat(full.exit()).isEqualTo(5);
    assertThat(full.err())
        .contains("No space left", "1 paid answers could not be saved")
        .doesNotContain("same command");
    assertThat(server.seen()).hasSize(1);
    for (String word : List.of("--version", "config show", "ask --no-stream hi")) {
      Ended ended = synth.start(toFull, word.split(" ")).end();

      assertThat(ended.exit()).as(word).isEqualTo(5);
      assertThat(ended.err()).as(word).contains("cannot write to standard output: No space left");
    }
  }

  @Test
  void exitsWithoutAMessageWhenTheReaderClosesThePipe() {
    synth.file("in.jsonl", prompts(500));
    List<String> toHead = List.of("bash", "-c", "\"$@\" | head -1; exit ${PIPESTATUS[0]}", "bash");

    Ended ended =
        against(chat("x".repeat(4_000))).start(toHead, "run", "in.jsonl", "-o", "-", "-q").end();

    assertThat(ended.exit()).isEqualTo(5);
    assertThat(ended.err()).isEmpty();
    assertThat(ended.out().lines()).hasSize(1);
    assertThat(server.seen()).hasSizeLessThan(500);
  }

  @Test
  void exitsPromptlyOnASignalWhileReadingStdin() throws IOException {
    List<String> fromSilence =
        List.of("bash", "-c", "exec 3< <(sleep 600); exec \"$@\" <&3", "bash");
    Running running = against(chat("x")).start(fromSilence, "run", "-", "-o", "out.jsonl");
    Path spool = synth.path("..out.jsonl.stdin.tmp");
    while (!Files.exists(spool) && running.process().isAlive()) {
      Thread.onSpinWait();
    }

    running.process().destroy();

    Ended ended = running.end();
    assertThat(ended.exit()).isEqualTo(143);
    assertThat(ended.err()).contains("nothing was sent");
    assertThat(spool).doesNotExist();
  }

  @Test
  void cancelsWaitingCallsAtTheFirstSignalAndAllAtTheSecond() {
    synth.file("in.jsonl", prompts(3));
    Running waiting =
        against(error(429, "rate_limit", "slow down", "retry-after", "600"))
            .start("run", "in.jsonl", "-o", "out.jsonl");
    awaitSeen(1);
    long at = System.nanoTime();
    waiting.process().destroy();
    Ended held = waiting.end();
    Duration heldFor = Duration.ofNanos(System.nanoTime() - at);
    Running running = against(Replies.silence()).start("run", "in.jsonl", "-o", "other.jsonl");
    awaitSeen(1);
    running.process().destroy();
    while (read(running.err()).lines().noneMatch(line -> line.contains("stopping"))) {
      Thread.onSpinWait();
    }

    long from = System.nanoTime();
    running.process().destroy();
    Ended cut = running.end();

    assertThat(held.exit()).isEqualTo(143);
    assertThat(held.err()).contains("3 rows are open");
    assertThat(heldFor).isLessThan(Duration.ofSeconds(15));
    assertThat(cut.exit()).isEqualTo(143);
    assertThat(Duration.ofNanos(System.nanoTime() - from)).isLessThan(Duration.ofSeconds(15));
  }

  private void awaitSeen(int count) {
    while (server.seen().size() < count) {
      Thread.onSpinWait();
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void printsEachNoteOnceAndOnlyErrorsWhenQuiet() {
    synth.file("in.jsonl", prompts(2));
    against(error(400, "bad", "no"));

    Ended told = synth.run("run", "in.jsonl", "-o", "-");
    Ended quiet = synth.run("run", "in.jsonl", "-o", "out.jsonl", "-q");
    Ended again = synth.run("run", "in.jsonl", "-o", "out.jsonl");
    Ended againQuiet = synth.run("run", "in.jsonl", "-o", "out.jsonl", "-q");

    assertThat(told.err().lines().filter(line -> line.contains("go to a stream"))).hasSize(1);
    assertThat(quiet.exit()).isEqualTo(3);
    assertThat(quiet.err()).isEmpty();
    assertThat(again.err()).contains("--retry-failed=all sends");
    assertThat(againQuiet.err()).isEmpty();
  }

  @Test
  void reportsAnEmptyInput() throws IOException {
    Files.createFile(synth.path("in.jsonl"));

    Ended ended = against(chat("x")).run("run", "in.jsonl", "-o", "out.jsonl");

    assertThat(ended.exit()).isZero();
    assertThat(ended.err()).contains("in.jsonl has no rows").doesNotContain("nothing to do");
  }

  @Test
  void reportsAnUnusableModelFile() {
    Ended ended = synth.with("SYNTHLAB_LOCAL_MODEL", "/none.gguf").run("ask", "--local", "hi");

    assertThat(ended.exit()).isEqualTo(4);
    assertThat(ended.err()).contains("/none.gguf").doesNotContain("\tat ", "Exception");
  }
}
