package dev.synthlab.llm;

import static dev.synthlab.test.Replies.awaitClose;
import static dev.synthlab.test.Replies.chunk;
import static dev.synthlab.test.Replies.delta;
import static dev.synthlab.test.Replies.error;
import static dev.synthlab.test.Replies.events;
import static dev.synthlab.test.Replies.finish;
import static dev.synthlab.test.Replies.usage;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synthlab.call.CallException;
import dev.synthlab.llm.StreamEvent.Completed;
import dev.synthlab.llm.StreamEvent.ReasoningDelta;
import dev.synthlab.llm.StreamEvent.TextDelta;
import dev.synthlab.test.ScriptedServer.Reply;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class StreamEventsTest {
  private static final String HEAD =
      "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
  private static final Duration SECOND = Duration.ofSeconds(1);

  private static String thought(String text) {
    return "{\"choices\":[{\"delta\":{\"reasoning_content\":\"" + text + "\"}}]}";
  }

  private static String asks(String tool, String arguments) {
    return "{\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"c1\",\"function\":"
        + ("{\"name\":\"" + tool + "\",\"arguments\":\"" + arguments + "\"}}]}}]}");
  }

  private static Reply answer() {
    return events(
        thought("So "),
        thought("far"),
        delta("Hel"),
        delta("lo"),
        finish("stop"),
        usage(),
        "[DONE]");
  }

  private static Reply firstTextThenSilence() {
    return (socket, out) -> {
      out.write(HEAD.getBytes(StandardCharsets.US_ASCII));
      chunk(out, "data: " + delta("Once") + "\n\n");
      return awaitClose(socket);
    };
  }

  private static String told(StreamEvent event) {
    return switch (event) {
      case TextDelta text -> "text " + text.text();
      case ReasoningDelta thought -> "thought " + thought.text();
      case StreamEvent.ToolCall asked -> "call " + asked.call().tool() + asked.call().arguments();
      case Completed end -> "completed " + end.completion().text();
    };
  }

  private static CompletionRequest withWeather() {
    return CompletionRequest.of("Weather?")
        .withTools(Tool.of("weather", "Tells the weather.", City.class, city -> "rain"));
  }

  record City(String city) {}

  private static Reply[] twoRounds() {
    return new Reply[] {
      events(
          delta("Let me look. "),
          asks("weather", "{\\\"city\\\":\\\"Oslo\\\"}"),
          finish("tool_calls"),
          "[DONE]"),
      events(delta("Rain."), finish("stop"), "[DONE]")
    };
  }

  @Test
  void handsOutReasoningTextAndTheWholeAnswer() {
    try (ClientFixture rig = ClientFixture.inTurn(answer());
        TextStream stream = rig.client().stream("hi");
        Stream<StreamEvent> events = stream.events()) {
      assertThat(events.map(StreamEventsTest::told))
          .containsExactly("thought So far", "text Hel", "text lo", "completed Hello");
      assertThat(stream.completion().reasoning()).isEqualTo("So far");
    }
  }

  @Test
  void handsOutToolCallsBeforeTheyRunAndCompletesOnce() {
    try (ClientFixture rig = ClientFixture.inTurn(twoRounds());
        TextStream stream = rig.client().stream(withWeather())) {
      assertThat(stream.events().map(StreamEventsTest::told))
          .containsExactly(
              "text Let me look. ",
              "call weather{\"city\":\"Oslo\"}",
              "text Rain.",
              "completed Rain.");
    }
  }

  @Test
  void isReadOnce() {
    try (ClientFixture rig = ClientFixture.inTurn(answer());
        TextStream stream = rig.client().stream("hi")) {
      assertThat(stream.stream()).containsExactly("Hel", "lo");

      assertThatThrownBy(stream::events).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(stream::iterator).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(stream::stream).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void endsTheCallWhenTheStreamOfItsTextsIsClosed() {
    try (ClientFixture rig = ClientFixture.inTurn(firstTextThenSilence())) {
      try (Stream<String> texts = rig.client().stream("hi").stream()) {
        assertThat(texts.findFirst()).contains("Once");
      }

      assertThat(rig.untilClosed()).isLessThan(SECOND);
    }
  }

  @Test
  void publishesTheEventsAsTheyAreDemanded() throws Exception {
    try (ClientFixture rig = ClientFixture.inTurn(twoRounds())) {
      Flow.Publisher<StreamEvent> publisher = rig.client().publish(withWeather());
      Collected seen = new Collected();
      publisher.subscribe(seen);
      assertThat(rig.requests()).isZero();

      seen.subscription.request(1);
      assertThat(seen.take()).isEqualTo("text Let me look. ");
      assertThat(rig.requests()).isEqualTo(1);
      assertThat(seen.signals).isEmpty();

      seen.subscription.request(Long.MAX_VALUE);
      assertThat(seen.end.get()).isEqualTo("complete");
      assertThat(seen.signals)
          .containsExactly("call weather{\"city\":\"Oslo\"}", "text Rain.", "completed Rain.");
    }
  }

  @Test
  void makesOneCallForEachSubscription() throws Exception {
    try (ClientFixture rig = ClientFixture.of((request, number) -> answer())) {
      Flow.Publisher<StreamEvent> publisher = rig.client().publish("hi");
      for (int calls = 1; calls <= 3; calls++) {
        Collected seen = new Collected();
        publisher.subscribe(seen);
        seen.subscription.request(100);

        assertThat(seen.end.get()).isEqualTo("complete");
        assertThat(rig.requests()).isEqualTo(calls);
      }
    }
  }

  @Test
  void closesTheSocketWhenASubscriptionIsCancelled() throws Exception {
    try (ClientFixture rig = ClientFixture.inTurn(firstTextThenSilence())) {
      Collected seen = new Collected();
      rig.client().publish("hi").subscribe(seen);
      seen.subscription.request(Long.MAX_VALUE);
      assertThat(seen.take()).isEqualTo("text Once");

      seen.subscription.cancel();

      assertThat(rig.untilClosed()).isLessThan(SECOND);
      assertThat(seen.end).isNotDone();
    }
  }

  @Test
  void closesTheSocketWhenASubscriptionIsCancelledBeforeTheFirstText() throws Exception {
    try (ClientFixture rig = ClientFixture.inTurn((socket, out) -> awaitClose(socket))) {
      Collected seen = new Collected();
      rig.client().publish("hi").subscribe(seen);
      seen.subscription.request(1);
      rig.awaitRequests(1);

      seen.subscription.cancel();

      assertThat(rig.untilClosed()).isLessThan(SECOND);
      assertThat(rig.requests()).isEqualTo(1);
    }
  }

  @Test
  void signalsTheFailureOfTheCall() throws Exception {
    try (ClientFixture rig = ClientFixture.inTurn(error(401, "invalid_api_key", "no such key"))) {
      Collected seen = new Collected();
      rig.client().publish("hi").subscribe(seen);
      seen.subscription.request(1);

      assertThatThrownBy(seen.end::get).hasCauseInstanceOf(CallException.Authentication.class);
      assertThat(seen.signals).isEmpty();
    }
  }

  @Test
  void sendsNothingThroughAClosedClient() throws Exception {
    try (ClientFixture rig = ClientFixture.inTurn(answer())) {
      LlmClient client = rig.client();
      Flow.Publisher<StreamEvent> publisher = client.publish("hi");
      client.close();
      Collected seen = new Collected();
      publisher.subscribe(seen);
      seen.subscription.request(1);

      assertThatThrownBy(seen.end::get).hasCauseInstanceOf(CallException.Cancelled.class);
      assertThat(rig.requests()).isZero();
    }
  }

  @Test
  void cancelsTheCallOfASubscriberThatFails() {
    try (ClientFixture rig = ClientFixture.inTurn(firstTextThenSilence())) {
      Collected seen =
          new Collected() {
            @Override
            public void onNext(StreamEvent event) {
              throw new IllegalStateException("of the subscriber");
            }
          };
      rig.client().publish("hi").subscribe(seen);
      seen.subscription.request(5);

      assertThat(rig.untilClosed()).isLessThan(SECOND);
    }
  }

  /** A subscriber that demands nothing by itself. */
  private static class Collected implements Flow.Subscriber<StreamEvent> {
    final BlockingQueue<String> signals = new LinkedBlockingQueue<>();
    final CompletableFuture<String> end = new CompletableFuture<>();
    Flow.Subscription subscription;

    String take() throws InterruptedException {
      return signals.poll(20, TimeUnit.SECONDS);
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
      subscription = given;
    }

    @Override
    public void onNext(StreamEvent event) {
      signals.add(told(event));
    }

    @Override
    public void onError(Throwable failure) {
      end.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
      end.complete("complete");
    }
  }
}
