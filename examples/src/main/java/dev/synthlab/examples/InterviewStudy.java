package dev.synthlab.examples;

import static java.util.concurrent.CompletableFuture.supplyAsync;

import dev.synthlab.Synthlab;
import dev.synthlab.config.Environment;
import dev.synthlab.config.Settings;
import dev.synthlab.json.Constraints;
import dev.synthlab.json.Description;
import dev.synthlab.llm.CompletionRequest;
import dev.synthlab.llm.Conversation;
import dev.synthlab.llm.LlmClient;
import dev.synthlab.llm.Message;
import dev.synthlab.llm.Outcome;
import dev.synthlab.llm.Part;
import dev.synthlab.llm.PromptTemplate;
import dev.synthlab.llm.TextStream;
import dev.synthlab.llm.TypedCompletion;
import dev.synthlab.spans.Labels;
import dev.synthlab.spans.Tracing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/**
 * A research service: interviews, a report, a chat, images. It gets its client and its threads from
 * outside. For one thread.
 */
final class InterviewStudy {
  private static final PromptTemplate PERSONA =
      PromptTemplate.of("You are {{name}}, {{background}}. Answer in one short sentence.");
  private static final PromptTemplate REPORT =
      PromptTemplate.of("People were asked: {{question}}\nThey said:\n{{answers}}\nReport on it.");

  private final LlmClient llm;
  private final Executor threads;
  private Conversation chat = Conversation.within(3_000).system("You know this study. Be brief.");

  InterviewStudy(LlmClient llm, ExecutorService threads) {
    this.llm = llm;
    this.threads = Tracing.wrap(threads);
  }

  /** A person who is interviewed. */
  record Persona(String name, String background) {}

  /** The answer of a person. */
  record Answer(@Description("one short sentence") String text, Mood mood) {}

  /** The mood of people. */
  enum Mood {
    GOOD,
    MIXED,
    BAD
  }

  /** A topic that people mention. */
  enum Theme {
    PRICE,
    TRUST,
    EFFORT,
    OTHER
  }

  /** The part of a report that can be counted over many studies. */
  record Findings(
      @Description("of most of them") Mood mood,
      @Constraints(minItems = 1, maxItems = 3) @Description("most named first")
          List<Theme> themes) {}

  /** The report of the interviews. */
  record Report(String summary, Findings findings) {}

  /**
   * Interviews all people in parallel, in one trace; each interview is passed on when it ends, on
   * its thread.
   */
  List<Interview> interviews(String question, List<Persona> people, Consumer<Interview> ended) {
    Tracing.Work<List<Interview>, RuntimeException> interviews =
        () ->
            people.stream()
                .map(who -> supplyAsync(() -> interview(question, who, ended), threads))
                .toList() // all have begun before the first is waited for
                .stream()
                .map(CompletableFuture::join)
                .toList();
    return Tracing.with(
        Labels.NONE.withComponent("interviews"),
        () -> Tracing.chain("interviews", question, interviews));
  }

  private Interview interview(String question, Persona who, Consumer<Interview> ended) {
    String rules = PERSONA.fill(Map.of("name", who.name(), "background", who.background()));
    CompletionRequest request = CompletionRequest.of(question).withSystem(rules).withMaxTokens(100);
    Interview interview =
        switch (llm.askOutcome(request.withOperation("interview"), Answer.class)) {
          case Outcome.Answered<TypedCompletion<Answer>> answered ->
              new Interview.Held(who, answered.value().value());
          case Outcome.Rejected<TypedCompletion<Answer>> rejected ->
              new Interview.Missed(who, String.valueOf(rejected.exception().getMessage()));
          case Outcome.Failed<TypedCompletion<Answer>> failed ->
              new Interview.Missed(who, String.valueOf(failed.exception().getMessage()));
        };
    ended.accept(interview);
    return interview;
  }

  /** Summarises the interviews; the chat includes the report from then on. */
  Report report(String question, List<Interview> interviews) {
    List<String> answers = new ArrayList<>();
    for (Interview each : interviews) {
      if (each instanceof Interview.Held held) {
        answers.add(held.who().name() + ": " + held.answer().text());
      }
    }
    String said = String.join("\n", answers);
    String prompt = REPORT.fill(Map.of("question", question, "answers", said));
    CompletionRequest request =
        CompletionRequest.of(prompt)
            .withTemperature(0.3)
            .withMaxTokens(300)
            .withOperation("report");
    CompletableFuture<Findings> findings = llm.async(it -> it.complete(request, Findings.class));
    Report report = new Report(llm.ask(request).text(), findings.join());
    chat = chat.system("The report: " + report);
    return report;
  }

  /** One turn of the chat; each delta is passed on when it arrives. */
  String say(String text, Consumer<String> piece) {
    Conversation asked = chat.user(text);
    try (TextStream answer = llm.stream(asked.request().withOperation("chat"))) {
      answer.forEach(piece);
      // A turn that failed is not added: it can be repeated.
      chat = asked.and(answer.completion());
      return answer.completion().text();
    }
  }

  /** Describes an image that people are shown. */
  String describe(Part.Image material) {
    return llm.complete(
        CompletionRequest.of(List.of(Message.user("Describe what this shows.", material))));
  }

  /** Generates a cover for a report. */
  byte[] cover(Report report) {
    return llm.generateImage("A calm cover without text for a report: " + report.summary());
  }

  public static void main(String[] args) throws IOException {
    List<String> words = new ArrayList<>(List.of(args));
    boolean local = words.remove("--local");
    Environment embedded = Environment.of(Map.of("SYNTHLAB_PROVIDER", "local"));
    Settings settings = local ? Settings.from(embedded) : Settings.get();
    try (ExecutorService threads = Executors.newFixedThreadPool(10);
        Synthlab lab = Synthlab.builder().settings(settings).build()) {
      // On Ctrl-C and SIGTERM: calls in flight may end, no other call begins.
      Thread stop = Thread.ofPlatform().unstarted(() -> lab.shutdown(Duration.ofSeconds(20)));
      Runtime.getRuntime().addShutdownHook(stop);
      InterviewStudy study = new InterviewStudy(lab.llm(), threads);
      String question = "Why did you stop using the app?";
      List<Persona> people =
          List.of(
              new Persona("Maria", "34, a nurse in Dublin who shops online"),
              new Persona("Tomas", "61, a retired teacher"),
              new Persona("Aiko", "22, a student of design"));
      Path kept = Files.createTempFile("interviews", ".jsonl");
      List<Interview> all = study.interviews(question, people, each -> each.keep(kept));
      System.out.println(all.size() + " interviews in " + kept);
      Report report = study.report(question, all);
      System.out.println(report);
      study.say("What should we fix first?", System.out::print);
      System.out.println();
      for (String material : words) {
        System.out.println(study.describe(Part.Image.of(Path.of(material))));
      }
      if (!local) {
        Path cover = Files.createTempFile("cover", ".png");
        System.out.println("cover: " + Files.write(cover, study.cover(report)));
      }
    }
  }
}
