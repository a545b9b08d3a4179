package dev.synthlab.examples;

import dev.synthlab.Synthlab;
import dev.synthlab.config.Environment;
import dev.synthlab.config.Settings;
import dev.synthlab.json.Constraints;
import dev.synthlab.json.Description;
import dev.synthlab.llm.Completion;
import dev.synthlab.llm.CompletionRequest;
import dev.synthlab.llm.Conversation;
import dev.synthlab.llm.LlmClient;
import dev.synthlab.llm.Message;
import dev.synthlab.llm.Outcome;
import dev.synthlab.llm.ParallelOptions;
import dev.synthlab.llm.Part;
import dev.synthlab.llm.PromptTemplate;
import dev.synthlab.llm.TextStream;
import dev.synthlab.spans.Tracing;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import tools.jackson.databind.json.JsonMapper;

/** A research service: interviews, a report, a chat, images. For one thread. */
final class InterviewStudy {
  private static final PromptTemplate PERSONA =
      PromptTemplate.of("You are {{name}}, {{background}}. Answer in one short sentence.");
  private static final PromptTemplate REPORT =
      PromptTemplate.of("People were asked: {{question}}\nThey said:\n{{answers}}\nReport on it.");

  private final LlmClient llm;
  private Conversation chat = Conversation.within(3_000).system("You know this study. Be brief.");

  InterviewStudy(LlmClient llm) {
    this.llm = llm;
  }

  /** A person who is interviewed. */
  record Persona(String name, String background) {}

  /** The end of an interview. */
  sealed interface Interview {
    /** The person answered. */
    record Held(Persona who, String answer) implements Interview {}

    /** The interview failed. */
    record Missed(Persona who, String reason) implements Interview {}
  }

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

  /** Interviews all people in parallel; each interview is passed on when it ends. */
  List<Interview> interviews(String question, List<Persona> people, Consumer<Interview> ended) {
    List<CompletionRequest> requests =
        people.stream().map(who -> request(question, who).withOperation("interview")).toList();
    ParallelOptions options =
        ParallelOptions.DEFAULT.withConcurrency(10).withDeadline(Duration.ofMinutes(10));
    ParallelOptions.Listener<Completion> listener =
        (index, outcome) -> ended.accept(interview(people.get(index), outcome));
    List<Outcome<Completion>> outcomes =
        Tracing.chain("interviews", question, () -> llm.askAll(requests, options, listener));
    return IntStream.range(0, people.size())
        .mapToObj(i -> interview(people.get(i), outcomes.get(i)))
        .toList();
  }

  private static CompletionRequest request(String question, Persona who) {
    String rules = PERSONA.fill(Map.of("name", who.name(), "background", who.background()));
    return CompletionRequest.of(question).withSystem(rules).withMaxTokens(60);
  }

  private static Interview interview(Persona who, Outcome<Completion> outcome) {
    return switch (outcome) {
      case Outcome.Answered<Completion> answered ->
          new Interview.Held(who, answered.value().text());
      case Outcome.Rejected<Completion> rejected ->
          new Interview.Missed(who, String.valueOf(rejected.exception().getMessage()));
      case Outcome.Failed<Completion> failed ->
          new Interview.Missed(who, String.valueOf(failed.exception().getMessage()));
    };
  }

  /** Summarises the interviews; the chat includes the report from then on. */
  Report report(String question, List<Interview> interviews) {
    List<String> answers = new ArrayList<>();
    for (Interview each : interviews) {
      if (each instanceof Interview.Held held) {
        answers.add(held.who().name() + ": " + held.answer());
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

  /** Writes an interview as one line of JSON. */
  static void keep(Path file, Interview interview) {
    String line = JsonMapper.shared().writeValueAsString(interview) + "\n";
    try {
      Files.writeString(file, line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static void main(String[] args) throws IOException {
    List<String> words = new ArrayList<>(List.of(args));
    boolean local = words.remove("--local");
    Environment embedded = Environment.of(Map.of("SYNTHLAB_PROVIDER", "local"));
    try (Synthlab layer = Synthlab.of(local ? Settings.from(embedded) : Settings.get())) {
      InterviewStudy study = new InterviewStudy(layer.llm());
      String question = "Why did you stop using the app?";
      List<Persona> people =
          List.of(
              new Persona("Maria", "34, a nurse in Dublin who shops online"),
              new Persona("Tomas", "61, a retired teacher"),
              new Persona("Aiko", "22, a student of design"));
      Path kept = Files.createTempFile("interviews", ".jsonl");
      List<Interview> all = study.interviews(question, people, each -> keep(kept, each));
      System.out.println(all.size() + " interviews in " + kept);
      Report report = study.report(question, all);
      System.out.println(report);
      study.say("What should we mend first?", System.out::print);
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
