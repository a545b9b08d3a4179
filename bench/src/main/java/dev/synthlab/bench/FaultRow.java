package dev.synthlab.bench;

import static dev.synthlab.test.Replies.bytes;
import static dev.synthlab.test.Replies.chat;
import static dev.synthlab.test.Replies.completion;
import static dev.synthlab.test.Replies.delta;
import static dev.synthlab.test.Replies.error;
import static dev.synthlab.test.Replies.events;
import static dev.synthlab.test.Replies.finish;
import static dev.synthlab.test.Replies.json;
import static dev.synthlab.test.Replies.silence;
import static dev.synthlab.test.Replies.stall;
import static dev.synthlab.test.Replies.truncated;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.synthlab.test.Replies;
import dev.synthlab.test.ScriptedServer.Reply;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * One thing that goes wrong, and what is right then.
 *
 * @param name what the server does
 * @param streamed whether the answer is asked for piece by piece
 * @param deadline the longest time of the whole call, or zero for the default; libraries that know
 *     none are left out then
 * @param replies what the server does in turn, the last for ever
 * @param right what must hold for ours
 */
record FaultRow(
    String name, boolean streamed, Duration deadline, List<Reply> replies, Consumer<Check> right) {
  /** A key of a usual form. */
  static final String KEY = "sk-proj-B3nchB3nchB3nchB3nchB3nch0123456789";

  /** The one setting that is given to every library. */
  static final Duration TIMEOUT = Duration.ofSeconds(3);

  // Three attempts of the timeout, a second of grace each, pauses of at most 1 s and 2 s.
  private static final Duration THREE_ATTEMPTS =
      TIMEOUT.plusSeconds(1).multipliedBy(3).plusSeconds(3);

  private static final String[] TOKENS = {delta("one "), delta("two "), delta("three")};

  static List<FaultRow> all(Duration retryAfter) {
    return Stream.of(refused(retryAfter), slow(), broken(), brokenStreams())
        .flatMap(List::stream)
        .toList();
  }

  private static List<FaultRow> refused(Duration retryAfter) {
    String seconds = String.valueOf(retryAfter.toSeconds());
    return List.of(
        whole(
            "429 + `Retry-After: " + seconds + "`, then 200",
            right -> right.answers("fine").sends(2).waits(retryAfter, retryAfter.plusMillis(3_500)),
            error(429, "rate_limit_exceeded", "Rate limit reached", "retry-after", seconds),
            chat("fine")),
        whole(
            "429 `insufficient_quota`",
            right -> right.fails("QuotaExceeded").sends(1).within(Duration.ofSeconds(1)),
            error(429, "insufficient_quota", "You exceeded your current quota")),
        whole(
            "401 that echoes the key",
            right -> right.fails("Authentication").sends(1).within(Duration.ofSeconds(1)),
            error(401, "invalid_api_key", "Incorrect API key provided: " + KEY)),
        whole(
            "500 always",
            right -> right.fails("ServerFailed").says("500").sends(3),
            error(500, "server_error", "The server had an error")));
  }

  private static List<FaultRow> slow() {
    return List.of(
        whole(
            "accepts, never answers",
            right -> right.fails("DeadlineExceeded").sends(3).within(THREE_ATTEMPTS),
            silence()),
        new FaultRow(
            "the same, with 5 s for the whole call",
            false,
            Duration.ofSeconds(5),
            List.of(silence()),
            right -> right.fails("DeadlineExceeded").within(Duration.ofMillis(5_500))),
        whole(
            "200, headers + 5 bytes, then stalls",
            right -> right.fails("DeadlineExceeded").sends(3).within(THREE_ATTEMPTS),
            stall("{\"id\"")),
        whole(
            "200, body drips 1 byte/s for 25 s",
            right -> right.fails("DeadlineExceeded").sends(3).within(THREE_ATTEMPTS),
            drip(25)));
  }

  private static List<FaultRow> broken() {
    return List.of(
        whole(
            "connection cut before `Content-Length`, JSON whole",
            right -> right.fails("ConnectionFailed").sends(3),
            truncated(completion("cut", "stop"))),
        whole(
            "200 + HTML",
            right -> right.fails("MalformedResponse").says("<html>").sends(3),
            bytes(200, "text/html", "<html><body>Gateway</body></html>".getBytes(UTF_8))),
        whole(
            "200 with `choices: []`",
            right -> right.fails("MalformedResponse").says("choices").sends(3),
            json(
                200,
                "{\"id\":\"c\",\"object\":\"chat.completion\",\"created\":1,"
                    + "\"model\":\"m\",\"choices\":[]}")));
  }

  private static List<FaultRow> brokenStreams() {
    Reply good = events(delta("fine"), finish("stop"), "[DONE]");
    return List.of(
        stream(
            "SSE: 3 tokens, then cut",
            right ->
                right
                    .fails("StreamInterrupted")
                    .delivers("one two three")
                    .keeps("one two three")
                    .sends(1),
            cutAfter(TOKENS)),
        stream(
            "SSE: cut before the 1st token",
            right -> right.answers("fine").sends(2),
            cutAfter(),
            good),
        stream(
            "SSE: 503 before the stream",
            right -> right.answers("fine").sends(2),
            error(503, "overloaded", "Try again"),
            good),
        stream(
            "SSE: 200 + `data: {\"error\": ...}`",
            right ->
                right
                    .fails("ServerFailed", "MalformedResponse")
                    .says("server had an error")
                    .sends(3),
            events(
                "{\"error\":{\"message\":\"The server had an error\",\"type\":\"server_error\","
                    + "\"param\":null,\"code\":null}}")));
  }

  private static FaultRow whole(String name, Consumer<Check> right, Reply... replies) {
    return new FaultRow(name, false, Duration.ZERO, List.of(replies), right);
  }

  private static FaultRow stream(String name, Consumer<Check> right, Reply... replies) {
    return new FaultRow(name, true, Duration.ZERO, List.of(replies), right);
  }

  private static Reply drip(int seconds) {
    byte[] body = completion("dripped", "stop").getBytes(UTF_8);
    return (socket, out) -> {
      String head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ";
      out.write((head + body.length + "\r\n\r\n").getBytes(UTF_8));
      out.write(body, 0, body.length - seconds);
      for (int i = body.length - seconds; i < body.length; i++) {
        out.flush();
        Thread.sleep(1_000);
        out.write(body[i]);
      }
      return true;
    };
  }

  private static Reply cutAfter(String... data) {
    return (socket, out) -> {
      String head = "content-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
      out.write(("HTTP/1.1 200 OK\r\n" + head).getBytes(UTF_8));
      out.flush();
      for (String one : data) {
        Replies.chunk(out, "data: " + one + "\n\n");
      }
      return false;
    };
  }
}
