package dev.synthlab.llm;

import static dev.synthlab.test.Replies.chat;
import static dev.synthlab.test.Replies.completion;
import static dev.synthlab.test.Replies.error;
import static dev.synthlab.test.Replies.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.synthlab.call.CallException;
import dev.synthlab.error.SynthlabException;
import dev.synthlab.test.ScriptedServer.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the verbs of a client return and throw. */
@Timeout(30)
class VerbsTest {
  private static final Reply CUT_OFF = json(200, completion("Half a", "length"));
  private static final String CITIES = "{\"items\":[{\"name\":\"Oslo\"},{\"name\":\"Rome\"}]}";

  record City(String name) {}

  record Place(String name, int visits) {}

  @Test
  void throwsIfTheTextIsCutOffAndReturnsItWithTheCompletion() {
    try (ClientFixture rig = ClientFixture.of((request, number) -> CUT_OFF)) {
      LlmClient llm = rig.client();

      assertThatExceptionOfType(AnswerException.Truncated.class)
          .isThrownBy(() -> llm.complete("hi"))
          .satisfies(e -> assertThat(e.partial()).isEqualTo("Half a"))
          .satisfies(e -> assertThat(e.completion().usage().known()).isTrue());
      assertThatExceptionOfType(AnswerException.Truncated.class)
          .isThrownBy(() -> llm.complete(CompletionRequest.of("hi")));
      assertThat(llm.ask("hi").truncated()).isTrue();
      assertThat(llm.askOutcome("hi").get().text()).isEqualTo("Half a");
    }
  }

  @Test
  void readsListsAndGenericTypes() {
    try (ClientFixture rig = ClientFixture.of((request, number) -> chat(CITIES))) {
      LlmClient llm = rig.client();
      TypeRef<List<City>> cities = new TypeRef<>() {};
      List<City> both = List.of(new City("Oslo"), new City("Rome"));

      assertThat(llm.complete("Which cities?", cities)).isEqualTo(both);
      assertThat(llm.completeList("Which cities?", City.class)).isEqualTo(both);
      assertThat(llm.ask("Which?", cities).value()).isEqualTo(both);
      assertThat(llm.ask(CompletionRequest.of("Which?"), cities).value()).isEqualTo(both);
      assertThat(llm.askOutcome(CompletionRequest.of("Which?"), cities).get().value())
          .isEqualTo(both);
    }
    try (ClientFixture rig = ClientFixture.inTurn(chat("{\"value\":{\"a\":1}}"))) {
      assertThat(rig.client().complete("Counts?", new TypeRef<Map<String, Integer>>() {}))
          .isEqualTo(Map.of("a", 1));
    }
  }

  @Test
  @SuppressWarnings("rawtypes") // refused
  void refusesATypeRefWithoutItsType() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TypeRef() {})
        .withMessageContaining("new TypeRef<List<String>>() {}");
  }

  @Test
  void returnsAnOutcomeOfATypeForEachRequest() {
    try (ClientFixture rig =
        ClientFixture.of(
            (request, number) -> {
              if (request.body().contains("first")) {
                return chat("{\"name\":\"Oslo\",\"visits\":3}");
              }
              return request.body().contains("second")
                  ? chat("{\"name\":\"Oslo\"}")
                  : error(401, "invalid_api_key", "no");
            })) {
      List<CompletionRequest> requests =
          List.of(
              CompletionRequest.of("first"),
              CompletionRequest.of("second"),
              CompletionRequest.of("third"));
      List<Integer> told = new ArrayList<>();

      List<Outcome<TypedCompletion<Place>>> all =
          rig.client()
              .askAll(
                  requests,
                  Place.class,
                  ParallelOptions.DEFAULT,
                  (index, outcome) -> told.add(index));

      assertThat(told).containsExactlyInAnyOrder(0, 1, 2);
      assertThat(all.getFirst().get().value()).isEqualTo(new Place("Oslo", 3));
      assertThat(all.get(1))
          .isInstanceOfSatisfying(
              Outcome.Rejected.class,
              rejected -> {
                assertThat(rejected.exception()).isInstanceOf(StructuredOutputException.class);
                assertThat(rejected.exception().completion().text())
                    .isEqualTo("{\"name\":\"Oslo\"}");
                assertThat(rejected.exception().completion().earlier()).hasSize(1);
              });
      assertThat(all.get(2))
          .isInstanceOfSatisfying(
              Outcome.Failed.class,
              failed ->
                  assertThat(failed.exception()).isInstanceOf(CallException.Authentication.class));
      assertThat(rig.client().askAll(requests, new TypeRef<Place>() {}).getFirst().get().value())
          .isEqualTo(new Place("Oslo", 3));
    }
  }

  @Test
  void readsAValueAfterToolsHaveRun() {
    String call =
        "{\"choices\":[{\"index\":0,\"finish_reason\":\"tool_calls\",\"message\":{\"role\":"
            + "\"assistant\",\"content\":null,\"tool_calls\":[{\"id\":\"c1\",\"type\":"
            + "\"function\",\"function\":{\"name\":\"visits\",\"arguments\":"
            + "\"{\\\"name\\\":\\\"Oslo\\\"}\"}}]}}]}";
    Tool visits = Tool.of("visits", "Counts visits.", City.class, city -> "3");
    try (ClientFixture rig =
        ClientFixture.inTurn(json(200, call), chat("{\"name\":\"Oslo\",\"visits\":3}"))) {

      Place place = rig.client().complete("How often was Oslo visited?", Place.class, visits);

      assertThat(place).isEqualTo(new Place("Oslo", 3));
      assertThat(rig.requests()).isEqualTo(2);
    }
  }

  @Test
  void throwsExceptionsOfOneRoot() {
    try (ClientFixture rig = ClientFixture.inTurn(error(401, "invalid_api_key", "no"))) {
      assertThatExceptionOfType(SynthlabException.class)
          .isThrownBy(() -> rig.client().complete("hi"));
    }
  }
}
