package dev.synthlab.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.synthlab.Synthlab;
import dev.synthlab.config.Environment;
import dev.synthlab.config.Settings;
import dev.synthlab.llm.Completion;
import dev.synthlab.llm.CompletionRequest;
import dev.synthlab.llm.LlmClient;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/** The code of docs/testing.md compiles and runs; its messages are those of the code. */
@Timeout(60)
class TestingPageTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Path HERE = ROOT.resolve("test/src/test/java/dev/synthlab/test");
  private static final Pattern LINK = Pattern.compile("]\\(([^)#:]+)\\)");
  private static final Pattern BLOCK =
      Pattern.compile("<!-- (\\S+) (\\S+) -->\n```java\n(.*?)\n```", Pattern.DOTALL);
  private static final Pattern REGION =
      Pattern.compile("// tag::(\\S+)\\[]\n(.*?)\n *// end::\\1\\[]", Pattern.DOTALL);

  @TempDir Path directory;

  private static String page() throws IOException {
    return Files.readString(ROOT.resolve("docs/testing.md"));
  }

  private static String block(String language) throws IOException {
    return Pattern.compile("```" + language + "\n(.*?)\n```", Pattern.DOTALL)
        .matcher(page())
        .results()
        .map(block -> block.group(1))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void showsCodeThatIsCompiled() throws IOException {
    Map<String, String> regions = new HashMap<>();
    for (String source : List.of("Interviews", "InterviewsTest", "TestingPageTest")) {
      REGION
          .matcher(Files.readString(HERE.resolve(source + ".java")))
          .results()
          .forEach(region -> regions.put(source + " " + region.group(1), plain(region.group(2))));
    }

    List<MatchResult> blocks = BLOCK.matcher(page()).results().toList();

    assertThat(page().split("```java", -1)).hasSize(blocks.size() + 1);
    assertThat(blocks).hasSize(regions.size()).hasSizeGreaterThan(8);
    for (MatchResult block : blocks) {
      assertThat(regions)
          .containsEntry(block.group(1) + " " + block.group(2), plain(block.group(3)));
    }
  }

  @Test
  void linksToFilesThatExist() throws IOException {
    for (String link : LINK.matcher(page()).results().map(link -> link.group(1)).toList()) {
      assertThat(ROOT.resolve("docs").resolve(link)).exists();
    }
  }

  @Test
  void namesEveryReplyAndFailure() throws IOException {
    List<String> names =
        Stream.concat(Stream.of(Script.class), Stream.of(Failure.class))
            .flatMap(type -> Stream.of(type.getDeclaredMethods()))
            .filter(method -> Modifier.isPublic(method.getModifiers()) && !method.isBridge())
            .map(Method::getName)
            .filter(name -> !name.equals("toString"))
            .distinct()
            .toList();

    assertThat(names).hasSizeGreaterThan(20);
    assertThat(page()).contains(names.stream().map(name -> "`" + name + "(").toList());
  }

  @Test
  void namesTheArtifact() throws IOException {
    assertThat(Files.readString(ROOT.resolve("test/pom.xml")))
        .contains(
            block("xml")
                .lines()
                .filter(line -> line.contains("artifactId"))
                .findFirst()
                .get()
                .strip());
  }

  @Test
  void runsTenTestsWithoutWaiting() {
    SummaryGeneratingListener listener = new SummaryGeneratingListener();

    LauncherFactory.create()
        .execute(
            LauncherDiscoveryRequestBuilder.request()
                .selectors(selectClass(InterviewsTest.class))
                .build(),
            listener);

    TestExecutionSummary summary = listener.getSummary();
    assertThat(summary.getTestsSucceededCount()).isEqualTo(10);
    assertThat(summary.getTestsFoundCount()).isEqualTo(10);
    // Some 0.2 s; in real time, the waits of these tests would take minutes.
    assertThat(summary.getTimeFinished() - summary.getTimeStarted()).isLessThan(20_000);
  }

  @Test
  void showsTheMessageOfARequestWithoutAReply() throws IOException {
    FakeLlm llm = FakeLlm.create().answers("Two friends meet.");
    Interviews interviews = new Interviews(llm.client());
    interviews.summary("a long text");

    String message = block("text");

    assertThatThrownBy(() -> interviews.titles(List.of("in Oslo")))
        .isInstanceOf(AssertionError.class)
        .hasMessage(message);
  }

  // tag::clock[]
  @Test
  void cancels() throws InterruptedException {
    try (FakeLlm llm = FakeLlm.create(ManualTimer.stopped()).hangs()) {
      CompletableFuture<Completion> answer =
          llm.client().askAsync(CompletionRequest.of("Summarise: a text"));
      llm.awaitRequests(1);

      answer.cancel(true);

      assertThatExceptionOfType(CancellationException.class).isThrownBy(answer::join);
    }
  }

  // end::clock[]

  @Test
  void recordsAndReplays() throws IOException {
    Path file = directory.resolve("summary.jsonl");
    try (ScriptedServer server = ScriptedServer.inTurn(Replies.chat("Two friends meet."))) {
      record(file, settings(server));
    }
    replay(file, Settings.from(Environment.of(Map.of("OPENAI_BASE_URL", "http://h.invalid/v1"))));
  }

  private static Settings settings(ScriptedServer server) {
    return Settings.from(Environment.of(Map.of("OPENAI_BASE_URL", server.base().toString())));
  }

  private static void record(Path file, Settings settings) throws IOException {
    // tag::record[]
    try (LlmClient client =
        LlmClient.builder()
            .settings(settings.llm())
            .owning(RecordingTransport.recording(file))
            .build()) {
      new Interviews(client).summary("a text");
    }
    // end::record[]
  }

  private static void replay(Path file, Settings settings) throws IOException {
    // tag::replay[]
    try (LlmClient client =
        LlmClient.builder()
            .settings(settings.llm())
            .owning(RecordingTransport.replaying(file))
            .build()) {
      assertThat(new Interviews(client).summary("a text")).isEqualTo("Two friends meet.");
    }
    // end::replay[]
  }

  // tag::server[]
  @Test
  void sendsTheKey() {
    try (ScriptedServer server = ScriptedServer.inTurn(Replies.chat("hello"))) {
      Map<String, String> variables =
          Map.of("OPENAI_BASE_URL", server.base().toString(), "OPENAI_API_KEY", "a-test-key");

      assertThat(summary(variables)).isEqualTo("hello");
      assertThat(server.seen().getFirst().header("Authorization")).isEqualTo("Bearer a-test-key");
    }
  }

  // end::server[]

  private static String summary(Map<String, String> variables) {
    try (Synthlab lab = Synthlab.of(Settings.from(Environment.of(variables)))) {
      return new Interviews(lab.llm()).summary("a text");
    }
  }

  private static String plain(String code) {
    return code.stripTrailing().stripIndent();
  }
}
