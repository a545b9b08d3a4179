package dev.synthlab.test;

import static dev.synthlab.test.Failure.badKey;
import static dev.synthlab.test.Failure.brokenConnection;
import static dev.synthlab.test.Failure.brokenStream;
import static dev.synthlab.test.Failure.contentFiltered;
import static dev.synthlab.test.Failure.overloaded;
import static dev.synthlab.test.Failure.quotaExceeded;
import static dev.synthlab.test.Failure.rateLimited;
import static dev.synthlab.test.Failure.refused;
import static dev.synthlab.test.Failure.serverError;
import static dev.synthlab.test.Failure.timeout;
import static dev.synthlab.test.Failure.truncated;
import static dev.synthlab.test.Failure.unreadable;
import static dev.synthlab.test.RequestMatcher.anyRequest;
import static dev.synthlab.test.RequestMatcher.promptContains;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synthlab.llm.AnswerException;
import dev.synthlab.llm.LlmClient;
import dev.synthlab.llm.Message;
import dev.synthlab.llm.Tool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Ten tests of a service: each verb, each kind of failure. Shown in docs/testing.md. */
@ExtendWith(SynthlabExtension.class)
class InterviewsTest {
  // tag::first[]
  @Test
  void summarises(FakeLlm llm, LlmClient client) {
    llm.answers("Two friends meet.");

    String summary = new Interviews(client).summary("a long text");

    assertThat(summary).isEqualTo("Two friends meet.");
    assertThat(llm.requests().getFirst().messages())
        .containsExactly(Message.user("Summarise: a long text"));
  }

  // end::first[]

  // tag::typed[]
  @Test
  void scores(FakeLlm llm, LlmClient client) {
    llm.answers(new Interviews.Score(7, "lively"));

    assertThat(new Interviews(client).score("a text").points()).isEqualTo(7);
    assertThat(llm.requests().getFirst().schema()).isPresent();
  }

  // end::typed[]

  // tag::stream[]
  @Test
  void showsTheTextAsItComes(FakeLlm llm, LlmClient client) {
    llm.streams("Two ", "friends").fails(brokenStream("Two "));
    List<String> screen = new ArrayList<>();

    new Interviews(client).read("a text", screen::add);
    new Interviews(client).read("a text", screen::add);

    assertThat(screen).containsExactly("Two ", "friends", "Two ", " (interrupted)");
  }

  // end::stream[]

  // tag::tool[]
  @Test
  void asksTheArchive(FakeLlm llm, LlmClient client) {
    llm.callsTool("archive", new Interviews.Question("Oslo")).answers("In 2019.");
    Tool archive =
        Tool.of("archive", Interviews.Question.class, question -> question.topic() + ": 2019");

    assertThat(new Interviews(client).answer("When was Oslo?", archive)).isEqualTo("In 2019.");
    assertThat(llm.requests().getLast().prompt()).contains("Oslo: 2019");
  }

  // end::tool[]

  // tag::rules[]
  @Test
  void findsTitles(FakeLlm llm, LlmClient client) {
    llm.when(promptContains("Oslo")).fails(rateLimited(Duration.ofSeconds(30))).answers("Snow");
    llm.when(anyRequest()).answers("Other");

    List<String> titles = new Interviews(client).titles(List.of("in Rome", "in Oslo"));

    assertThat(titles).containsExactly("Other", "Snow");
  }

  // end::rules[]

  // tag::vectors[]
  @Test
  void comparesAndDraws(FakeLlm llm, LlmClient client) {
    byte[] png = {(byte) 0x89, 'P', 'N', 'G'};
    llm.embeds(new float[] {1, 0}, new float[] {0, 1}).draws(png);

    assertThat(new Interviews(client).likeness("a", "b")).isZero();
    assertThat(new Interviews(client).portrait("Ada")).isEqualTo(png);
  }

  // end::vectors[]

  // tag::retries[]
  @Test
  void survivesTransientFailures(FakeLlm llm, LlmClient client) {
    llm.fails(rateLimited(Duration.ofMinutes(1))).fails(brokenConnection()).answers("late");

    assertThat(new Interviews(client).summary("a text")).isEqualTo("late");
    assertThat(llm.requests()).hasSize(3);
    assertThat(llm.timer().pauses().getFirst()).isGreaterThanOrEqualTo(Duration.ofMinutes(1));
  }

  // end::retries[]

  // tag::outage[]
  @Test
  void givesUpInAnOutage(FakeLlm llm, LlmClient client) {
    llm.when(promptContains("first"))
        .fails(serverError(500))
        .fails(overloaded())
        .fails(unreadable());
    llm.when(promptContains("second")).fails(timeout());

    assertThat(new Interviews(client).summary("the first")).isEqualTo("(later)");
    assertThat(new Interviews(client).summary("the second")).isEqualTo("(later)");
  }

  // end::outage[]

  // tag::permanent[]
  @Test
  void stopsWhereARetryCannotHelp(FakeLlm llm, LlmClient client) {
    llm.fails(badKey()).fails(quotaExceeded()).fails(refused("I cannot summarise this."));
    Interviews interviews = new Interviews(client);

    assertThatThrownBy(() -> interviews.summary("a")).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> interviews.summary("b")).isInstanceOf(IllegalStateException.class);
    assertThat(interviews.summary("c")).isEqualTo("(refused)");
  }

  // end::permanent[]

  // tag::answers[]
  @Test
  void passesOnUnusableAnswers(FakeLlm llm, LlmClient client) {
    llm.fails(contentFiltered("Two f")).fails(truncated("{\"points\":"));
    Interviews interviews = new Interviews(client);

    assertThatThrownBy(() -> interviews.summary("a"))
        .isInstanceOf(AnswerException.ContentFiltered.class);
    assertThatThrownBy(() -> interviews.score("b")).isInstanceOf(AnswerException.Truncated.class);
  }

  // end::answers[]
}
