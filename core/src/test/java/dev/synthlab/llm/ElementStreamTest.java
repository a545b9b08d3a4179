package dev.synthlab.llm;

import static dev.synthlab.test.Replies.chunk;
import static dev.synthlab.test.Replies.delta;
import static dev.synthlab.test.Replies.events;
import static dev.synthlab.test.Replies.finish;
import static dev.synthlab.test.Replies.usage;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.synthlab.test.ScriptedServer.Reply;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ElementStreamTest {
  private final List<ClientFixture> rigs = new ArrayList<>();

  record Person(String name, int age) {}

  @AfterEach
  void close() {
    rigs.forEach(ClientFixture::close);
  }

  private LlmClient client(Reply reply) {
    ClientFixture rig = ClientFixture.inTurn(reply);
    rigs.add(rig);
    return rig.client();
  }

  private static Reply saying(String... deltas) {
    return events(
        Stream.concat(
                Arrays.stream(deltas).map(delta -> delta(delta)),
                Stream.of(finish("stop"), usage(), "[DONE]"))
            .toArray(String[]::new));
  }

  private <T> List<T> all(Reply reply, Class<T> type) {
    List<T> all = new ArrayList<>();
    try (ElementStream<T> elements = client(reply).streamList("q", type)) {
      elements.forEach(all::add);
    }
    return all;
  }

  @Test
  void emitsEachElementAsSoonAsItIsComplete() {
    CountDownLatch taken = new CountDownLatch(1);
    Reply reply =
        (socket, out) -> {
          out.write(
              "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
          chunk(out, "data: " + delta("{\"items\":[{\"name\":\"A, [b]\",\"age\":1}") + "\n\n");
          if (!taken.await(20, TimeUnit.SECONDS)) {
            return false;
          }
          chunk(out, "data: " + delta(",{\"name\":\"B\",\"age\":2}]}") + "\n\n");
          chunk(out, "data: " + finish("stop") + "\n\ndata: " + usage() + "\n\ndata: [DONE]\n\n");
          chunk(out, "");
          return true;
        };

    try (ElementStream<Person> people = client(reply).streamList("q", Person.class)) {
      Iterator<Person> each = people.iterator();
      assertThat(each.next()).isEqualTo(new Person("A, [b]", 1));
      assertThatIllegalStateException().isThrownBy(people::completion);
      taken.countDown();
      assertThat(each.next()).isEqualTo(new Person("B", 2));
      assertThat(each.hasNext()).isFalse();
      assertThat(people.completion().usage()).isEqualTo(new Usage(7, 5, 0, 0, true));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"items\":[{\"name\":\"A\",\"age\":1},{\"name\":\"B\",\"age\":2}]}",
        "[{\"name\":\"A\",\"age\":1},{\"name\":\"B\",\"age\":2}]",
        "```json\n{ \"items\" : [ {'name':'A', 'age':1,} , {name:\"B\",age:2}, ] }\n```\nDone.",
        "<think>[{\"name\":\"X\",\"age\":9}]</think> {\"items\":[{\"name\":\"A\",\"age\":1}\n"
            + "{\"name\":\"B\",\"age\":2}]}",
        "<b>Here:</b> {\"items\":[{\"name\":\"A\",\"age\":1},{\"name\":\"B\",\"age\":2}]}"
      })
  void readsTheSameElementsForAnyDivisionIntoDeltas(String text) {
    List<Person> people = List.of(new Person("A", 1), new Person("B", 2));

    assertThat(all(saying(text), Person.class)).isEqualTo(people);
    assertThat(all(saying(text.split("")), Person.class)).isEqualTo(people);
    assertThat(all(saying(text.split("(?<=\\G.{7})")), Person.class)).isEqualTo(people);
  }

  @Test
  void streamsTextsAndNumbers() {
    assertThat(all(saying("{\"items\":[\"a, {\\\"b\\\": 1}\",", "\"c\"]}"), String.class))
        .containsExactly("a, {\"b\": 1}", "c");
    assertThat(all(saying("{\"items\":[1, 2", "3,4]}"), Integer.class)).containsExactly(1, 23, 4);
    assertThat(all(saying("{\"items\":[]}"), Integer.class)).isEmpty();
  }

  @Test
  void failsAtAnElementThatDoesNotFit() {
    Reply reply = saying("{\"items\":[{\"name\":\"A\",\"age\":1},{\"name\":\"B\"}]}");
    List<Person> good = new ArrayList<>();

    assertThatExceptionOfType(StructuredOutputException.class)
        .isThrownBy(
            () -> {
              try (ElementStream<Person> people = client(reply).streamList("q", Person.class)) {
                people.forEach(good::add);
              }
            })
        .satisfies(e -> assertThat(e.violations()).containsExactly("$.items[1].age is missing"));
    assertThat(good).containsExactly(new Person("A", 1));
  }

  @Test
  void reportsThatTheAnswerHasNoArray() {
    assertThatExceptionOfType(StructuredOutputException.class)
        .isThrownBy(() -> all(saying("I know nobody."), Person.class))
        .withMessageContaining("there is no array of elements in the answer");
    assertThatExceptionOfType(StructuredOutputException.class)
        .isThrownBy(() -> all(saying("{\"items\":[{\"name\":\"A\",\"age\":1}"), Person.class))
        .withMessageContaining("does not end");
  }

  @Test
  void reportsThatTheListWasTruncated() {
    Reply reply =
        events(delta("{\"items\":[{\"name\":\"A\",\"age\":1},{\"na"), finish("length"), "[DONE]");

    assertThatExceptionOfType(AnswerException.Truncated.class)
        .isThrownBy(() -> all(reply, Person.class));
  }
}
