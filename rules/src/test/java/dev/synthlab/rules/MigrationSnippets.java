package dev.synthlab.rules;

import dev.synthlab.llm.CompletionRequest;
import dev.synthlab.llm.LlmClient;
import dev.synthlab.spans.Tracing;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The blocks of docs/migration.md, so that they compile. */
abstract class MigrationSnippets {

  // tag::rules[]
  @Test
  void passesTheChecklist() {
    Checklist.of("com.acme").withInfrastructure("com.acme.infrastructure..").check();
  }

  // end::rules[]

  // tag::baseline[]
  @Test
  void addsNoNewViolations() {
    Checklist.of("com.acme")
        .withInfrastructure("com.acme.infrastructure..")
        .withConfiguration("com.acme.config..")
        .withSources(Path.of("src/main/java"), Path.of("src/main/resources"))
        .withBaseline(Path.of("checklist.txt"))
        .check();
  }

  // end::baseline[]

  // tag::exception[]
  @Test
  void passesTheChecklistExceptForTheClock() {
    Checklist.of("com.acme")
        .except(Rule.NO_SLEEP, "com.acme.jobs.Clock", "it is the clock of the batch jobs")
        .check();
  }

  // end::exception[]

  static String once(String prompt) {
    // tag::once[]
    String answer = LlmClient.get().complete(prompt);
    // end::once[]
    return answer;
  }

  static String bounded(String prompt) {
    // tag::bounded[]
    CompletionRequest request =
        CompletionRequest.of(prompt).withDeadline(Duration.ofSeconds(20)).withModel("gpt-4o-mini");
    String answer = LlmClient.get().ask(request).text();
    // end::bounded[]
    return answer;
  }

  static String traced(String prompt) {
    // tag::traced[]
    String report = Tracing.chain("report", () -> LlmClient.get().complete(prompt));
    // end::traced[]
    return report;
  }
}
