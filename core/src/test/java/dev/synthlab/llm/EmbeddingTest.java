package dev.synthlab.llm;

import static dev.synthlab.test.Replies.error;
import static dev.synthlab.test.Replies.json;
import static dev.synthlab.test.Replies.silence;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.synthlab.call.CallException;
import dev.synthlab.json.Json;
import dev.synthlab.test.ScriptedServer.Reply;
import dev.synthlab.test.ScriptedServer.Seen;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Texts to vectors, over a real socket. */
@Timeout(30)
class EmbeddingTest {
  private ClientFixture rig = ClientFixture.of((seen, number) -> answered(seen));

  @AfterEach
  void close() {
    rig.close();
  }

  private LlmClient client(Reply... replies) {
    rig.close();
    rig = ClientFixture.inTurn(replies);
    return rig.client();
  }

  /** A vector for each input: its length in characters, and the place it has in the request. */
  private static Reply answered(Seen seen) {
    return json(200, answer(inputs(seen), EmbeddingTest::base64));
  }

  private static List<String> inputs(Seen seen) {
    List<String> inputs = new ArrayList<>();
    body(seen).path("input").forEach(input -> inputs.add(input.stringValue()));
    return inputs;
  }

  private static JsonNode body(Seen seen) {
    return Json.mapper().readTree(seen.body());
  }

  private static String answer(List<String> inputs, Function<float[], String> form) {
    List<String> items = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      float[] vector = {inputs.get(i).length(), i, 0.1f};
      items.add("{\"index\":%d,\"embedding\":%s}".formatted(i, form.apply(vector)));
    }
    Collections.reverse(items);
    return """
        {"object":"list","model":"embedder-1","data":[%s],
         "usage":{"prompt_tokens":%d,"total_tokens":%d}}
        """
        .formatted(String.join(",", items), 3 * inputs.size(), 3 * inputs.size());
  }

  private static String base64(float[] vector) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * vector.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(vector);
    return "\"" + Base64.getEncoder().encodeToString(bytes.array()) + "\"";
  }

  private static String list(float[] vector) {
    return java.util.Arrays.toString(vector);
  }

  @Test
  void requestsBase64AndReadsItExactly() {
    float[] vector = rig.client().embed("abc");

    assertThat(vector).containsExactly(3f, 0f, 0.1f);
    Seen seen = rig.server.seen().getFirst();
    assertThat(seen.path()).endsWith("/embeddings");
    assertThat(body(seen))
        .isEqualTo(
            Json.mapper()
                .readTree(
                    "{\"model\":\"text-embedding-3-small\",\"input\":[\"abc\"],"
                        + "\"encoding_format\":\"base64\"}"));
  }

  @Test
  void ordersVectorsByTheirIndexField() {
    Embeddings all = rig.client().embed(List.of("a", "bbbb", "cc"));

    assertThat(all.vectors()).extracting(vector -> vector[0]).containsExactly(1f, 4f, 2f);
    assertThat(all.usage()).isEqualTo(new Usage(9, 0, 0, 0, true));
    assertThat(all.report().spend().inputTokens()).isEqualTo(9);
    assertThat(all.requestedModel()).isEqualTo("text-embedding-3-small");
    assertThat(all.respondedModel()).isEqualTo("embedder-1");
    assertThat(all).hasToString("3 vectors of 3 numbers by embedder-1");
  }

  @Test
  void reportsItsCostAndEstimatesMissingTokenCounts() {
    Embeddings counted = rig.client().embed(List.of("a", "b"));
    LlmClient client = client(json(200, "{\"data\":[{\"index\":0,\"embedding\":[1]}]}"));
    Embeddings estimated =
        client.embed(EmbeddingRequest.of("x".repeat(40)).withModel("unheard-of"));

    assertThat(counted.costUsd().orElseThrow()).isEqualByComparingTo("0.00000012");
    assertThat(client.maxCostUsd(EmbeddingRequest.of("x".repeat(400))).orElseThrow())
        .isEqualByComparingTo("0.000004");
    assertThat(estimated.usage()).isEqualTo(new Usage(10, 0, 0, 0, false));
    assertThat(estimated.costUsd()).isEmpty();
  }

  @Test
  void readsVectorsAsListsOfNumbers() {
    LlmClient client = client(json(200, answer(List.of("ab"), EmbeddingTest::list)));

    assertThat(client.embed("ab")).containsExactly(2f, 0f, 0.1f);
  }

  @Test
  void sendsModelDimensionsAndParametersOfTheRequest() {
    rig.client()
        .embed(EmbeddingRequest.of("a").withModel("big").withDimensions(256).with("user", "u-1"));

    JsonNode body = body(rig.server.seen().getFirst());
    assertThat(body.path("model").stringValue()).isEqualTo("big");
    assertThat(body.path("dimensions").intValue()).isEqualTo(256);
    assertThat(body.path("user").stringValue()).isEqualTo("u-1");
  }

  @Test
  void omitsAnEncodingThatTheServerRefusesAndRemembersIt() {
    Reply refusal =
        json(
            400,
            "{\"error\":{\"message\":\"Unknown\",\"param\":\"encoding_format\","
                + "\"code\":\"unknown_parameter\"}}");
    Reply plain = json(200, answer(List.of("a"), EmbeddingTest::list));
    LlmClient client = client(refusal, plain, plain);

    client.embed("a");
    client.embed("b");

    assertThat(rig.server.seen())
        .extracting(seen -> body(seen).has("encoding_format"))
        .containsExactly(true, false, false);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"data\":[{\"index\":0,\"embedding\":[1]}]}",
        "{\"data\":[{\"index\":0,\"embedding\":[1]},{\"index\":0,\"embedding\":[1]}]}",
        "{\"data\":[{\"index\":0,\"embedding\":[1]},{\"embedding\":[1]}]}",
        "{\"data\":[{\"index\":0,\"embedding\":[1]},{\"index\":2,\"embedding\":[1]}]}",
        "{\"data\":[{\"index\":0,\"embedding\":[1]},{\"index\":1,\"embedding\":[]}]}",
        "{\"data\":[{\"index\":0,\"embedding\":[1]},{\"index\":1,\"embedding\":[1,2]}]}",
        "{\"data\":[{\"index\":0,\"embedding\":[1]},{\"index\":1,\"embedding\":\"AAA=\"}]}",
        "{\"data\":[{\"index\":0,\"embedding\":[1]},{\"index\":1,\"embedding\":\"%%%\"}]}",
        "{\"data\":[{\"index\":0,\"embedding\":[1]},{\"index\":1,\"embedding\":[1e99]}]}",
        "{\"data\":[{\"index\":0,\"embedding\":[1]},{\"index\":1,\"embedding\":[null]}]}",
        "{\"data\":[{\"index\":0,\"embedding\":[1]},{\"index\":1}]}",
        "{\"data\":[1,2]}",
        "{\"data\":{}}",
        "{\"data\":[{\"index\":0,\"embed",
        "[]",
        "{} {}",
        "<html>",
        ""
      })
  void retriesAnUnusableEmbeddingAnswerTwice(String body) {
    LlmClient client = client(json(200, body));

    assertThatExceptionOfType(CallException.MalformedResponse.class)
        .isThrownBy(() -> client.embed(List.of("a", "b")));
    assertThat(rig.requests()).isEqualTo(3);
  }

  @Test
  void acceptsTheAnswerAfterAnUnusableOne() {
    LlmClient client =
        client(json(200, "{}"), json(200, answer(List.of("a"), EmbeddingTest::base64)));

    assertThat(client.embed("a")).hasSize(3);
  }

  @Test
  void classifiesAnErrorInAnEmbeddingAnswerByItsCode() {
    LlmClient client =
        client(json(200, "{\"error\":{\"message\":\"no money\",\"code\":\"insufficient_quota\"}}"));

    assertThatExceptionOfType(CallException.QuotaExceeded.class)
        .isThrownBy(() -> client.embed("a"));
  }

  @Test
  void splitsLargeInputsAndJoinsTheVectorsInOrder() {
    List<String> inputs = IntStream.range(0, 5_000).mapToObj(i -> "x".repeat(1 + i % 97)).toList();

    Embeddings all = rig.client().embed(inputs);

    assertThat(all.vectors())
        .extracting(vector -> (int) vector[0])
        .isEqualTo(inputs.stream().map(String::length).toList());
    assertThat(rig.server.seen())
        .extracting(seen -> inputs(seen).size())
        .containsExactlyInAnyOrder(2_048, 2_048, 904);
    assertThat(all.usage().inputTokens()).isEqualTo(15_000);
    assertThat(all.report().attempts()).hasSize(3);
    assertThat(all.report().spend().inputTokens()).isEqualTo(15_000);
  }

  @Test
  void limitsTheTokensPerRequestAndSendsALongTextAlone() {
    String page = "x".repeat(30_000);
    String book = "y".repeat(40_000);
    List<String> inputs = new ArrayList<>(Collections.nCopies(40, page));
    inputs.add(3, book);

    rig.client().embed(inputs);

    List<Integer> sizes = rig.server.seen().stream().map(seen -> inputs(seen).size()).toList();
    assertThat(sizes).containsExactlyInAnyOrder(3, 1, 26, 11);
    assertThat(rig.server.seen())
        .filteredOn(seen -> inputs(seen).contains(book))
        .allMatch(seen -> inputs(seen).size() == 1);
  }

  @Test
  void limitsItsRequestsInFlight() throws Exception {
    AtomicInteger underWay = new AtomicInteger();
    AtomicInteger max = new AtomicInteger();
    CountDownLatch full = new CountDownLatch(EmbeddingCall.CONCURRENCY);
    rig.close();
    rig =
        ClientFixture.of(
            (seen, number) ->
                (socket, out) -> {
                  max.accumulateAndGet(underWay.incrementAndGet(), Math::max);
                  full.countDown();
                  await(full);
                  underWay.decrementAndGet();
                  return answered(seen).write(socket, out);
                });

    rig.client().embed(Collections.nCopies(9 * EmbeddingCall.MAX_INPUTS, "a"));

    assertThat(max).hasValue(EmbeddingCall.CONCURRENCY);
    assertThat(rig.requests()).isEqualTo(9);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void cancelsTheOtherRequestsWhenOneFails() {
    rig.close();
    rig =
        ClientFixture.of(
            (seen, number) -> number < 3 ? silence() : error(400, "bad", "no such thing"));
    LlmClient client = rig.client();

    assertThatExceptionOfType(CallException.BadRequest.class)
        .isThrownBy(() -> client.embed(Collections.nCopies(2 * EmbeddingCall.MAX_INPUTS + 1, "a")))
        .withMessageContaining("no such thing");
    while (rig.server.clientCloses() < 2) {
      Thread.onSpinWait();
    }
  }

  @Test
  void appliesOneDeadlineToAllItsRequests() {
    rig.close();
    rig = ClientFixture.of((seen, number) -> silence()).inRealTime();
    LlmClient client = rig.client();
    EmbeddingRequest request =
        EmbeddingRequest.of(Collections.nCopies(9 * EmbeddingCall.MAX_INPUTS, "a"))
            .withDeadline(Duration.ofMillis(500));

    long begin = System.nanoTime();
    assertThatExceptionOfType(CallException.DeadlineExceeded.class)
        .isThrownBy(() -> client.embed(request));
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(3));
  }

  @Test
  void cancelsAllItsRequestsWhenInterrupted() throws Exception {
    rig.close();
    rig = ClientFixture.of((seen, number) -> silence());
    LlmClient client = rig.client();
    List<Throwable> thrown = Collections.synchronizedList(new ArrayList<>());
    Thread caller =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    client.embed(Collections.nCopies(3 * EmbeddingCall.MAX_INPUTS, "a"));
                  } catch (CallException e) {
                    thrown.add(e);
                  }
                });
    rig.awaitRequests(3);

    caller.interrupt();
    caller.join();

    assertThat(thrown).singleElement().isInstanceOf(CallException.Cancelled.class);
    assertThat(rig.untilClosed()).isLessThan(Duration.ofSeconds(2));
  }

  @Test
  void reportsTheServersMessageForATextThatIsTooLong() {
    LlmClient client = client(error(400, "context_length_exceeded", "at most 8192 tokens"));

    assertThatExceptionOfType(CallException.BadRequest.class)
        .isThrownBy(() -> client.embed("x".repeat(50_000)))
        .withMessageContaining("at most 8192 tokens");
  }

  @Test
  void refusesAnOversizedAnswerWithoutReadingItCompletely() {
    byte[] endless = new byte[65 << 20];
    java.util.Arrays.fill(endless, (byte) ' ');
    endless[0] = '{';
    rig.close();
    rig = ClientFixture.inTurn(dev.synthlab.test.Replies.bytes(200, "application/json", endless));
    LlmClient client = rig.inRealTime().client();

    assertThatExceptionOfType(CallException.ResponseTooLarge.class)
        .isThrownBy(() -> client.embed("a"));
  }

  @Test
  void refusesEmptyRequests() {
    LlmClient client = rig.client();

    assertThatIllegalArgumentException()
        .isThrownBy(() -> client.embed(List.of()))
        .withMessageContaining("at least one text");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> client.embed(List.of("a", " \n")))
        .withMessageContaining("input 1 is blank");
    assertThat(rig.requests()).isZero();
  }

  @Test
  void computesCosineSimilarity() {
    assertThat(Embeddings.cosine(new float[] {1, 2}, new float[] {2, 4}))
        .isCloseTo(1, within(1e-9));
    assertThat(Embeddings.cosine(new float[] {1, 0}, new float[] {0, 5})).isZero();
    assertThat(Embeddings.cosine(new float[] {1, 0}, new float[] {-3, 0})).isEqualTo(-1);
    assertThat(Embeddings.cosine(new float[] {0, 0}, new float[] {1, 1})).isZero();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Embeddings.cosine(new float[1], new float[2]));
  }
}
