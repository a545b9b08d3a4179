package dev.synthlab.test;

import dev.synthlab.http.Headers;
import dev.synthlab.http.Request;
import dev.synthlab.http.Response;
import dev.synthlab.http.Transport;
import dev.synthlab.http.TransportException;
import dev.synthlab.http.TransportException.Phase;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** A transport in memory: turns the replies of a script into the bytes of a server. */
final class FakeTransport implements Transport {
  private final ManualTimer timer;
  private final Function<LlmRequest, Reply> script;
  private final Set<Thread> waiting = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  FakeTransport(ManualTimer timer, Function<LlmRequest, Reply> script) {
    this.timer = timer;
    this.script = script;
  }

  @Override
  public Response send(Request request, Duration within) throws IOException, InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    if (closed) {
      throw closed();
    }
    LlmRequest typed = LlmRequest.of(request);
    return switch (script.apply(typed)) {
      case Reply.Text text -> chat(typed, text);
      case Reply.ToolCall call -> chat(typed, call);
      case Reply.BrokenText text -> brokenChat(typed, text);
      case Reply.Vectors vectors -> json(200, ReplyBody.vectors(typed, vectors.vectors()));
      case Reply.Pictures pictures -> json(200, ReplyBody.images(pictures.images()));
      case Reply.ErrorStatus error -> error(error);
      case Reply.Unreadable unreadable -> response(200, "text/html", bytes(unreadable.text()));
      case Reply.Broken broken -> throw broken(broken.phase(), broken.message());
      case Reply.TimedOut timeout -> {
        timer.push(within);
        throw timedOut(within);
      }
      case Reply.Silence silence -> {
        hang(within);
        throw timedOut(within);
      }
    };
  }

  private void hang(Duration within) throws IOException, InterruptedException {
    waiting.add(Thread.currentThread());
    try {
      if (!closed) {
        timer.pause(within);
      }
    } catch (InterruptedException e) {
      if (!closed) {
        throw e;
      }
    } finally {
      waiting.remove(Thread.currentThread());
    }
    if (closed) {
      throw closed();
    }
  }

  private static Response chat(LlmRequest request, Reply reply) {
    return request.streamed()
        ? response(200, "text/event-stream", bytes(ReplyBody.events(request, reply)))
        : json(200, ReplyBody.chat(request, reply));
  }

  private static Response brokenChat(LlmRequest request, Reply.BrokenText reply) {
    String begun =
        request.streamed() ? ReplyBody.events(request, reply) : ReplyBody.chat(request, reply);
    String part = request.streamed() ? begun : begun.substring(0, begun.length() / 2);
    InputStream end =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw broken(Phase.BODY, "the connection was reset");
          }

          @Override
          public int read(byte[] into, int offset, int length) throws IOException {
            return read();
          }
        };
    return response(
        200,
        request.streamed() ? "text/event-stream" : "application/json",
        new SequenceInputStream(bytes(part), end));
  }

  private static Response error(Reply.ErrorStatus error) {
    Response plain = json(error.status(), ReplyBody.error(error));
    return error
        .retryAfter()
        .map(
            wait ->
                new Response(
                    plain.status(),
                    plain.headers().with("retry-after-ms", Long.toString(wait.toMillis())),
                    plain.body()))
        .orElse(plain);
  }

  private static Response json(int status, String body) {
    return response(status, "application/json", bytes(body));
  }

  private static Response response(int status, String type, InputStream body) {
    return new Response(
        status, Headers.of("content-type", type, "x-request-id", "fake-request"), body);
  }

  private static InputStream bytes(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }

  private static TransportException closed() {
    return broken(Phase.CLOSED, "the fake model was closed");
  }

  private static TransportException timedOut(Duration within) {
    return broken(Phase.TIMEOUT, "no response within " + within.toMillis() + " ms");
  }

  private static TransportException broken(Phase phase, String message) {
    return new TransportException(phase, false, message, new IOException(message));
  }

  @Override
  public void close() {
    closed = true;
    waiting.forEach(Thread::interrupt);
  }
}
