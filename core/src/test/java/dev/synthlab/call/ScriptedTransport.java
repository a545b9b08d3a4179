package dev.synthlab.call;

import dev.synthlab.http.Headers;
import dev.synthlab.http.Request;
import dev.synthlab.http.Response;
import dev.synthlab.http.Transport;
import dev.synthlab.http.TransportException;
import dev.synthlab.http.TransportException.Phase;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** A transport without sockets that does what it was told, the last of it again and again. */
final class ScriptedTransport implements Transport {

  /** What happens to one request. */
  @FunctionalInterface
  interface Step {
    Response send(Request request, Duration within) throws IOException, InterruptedException;
  }

  /** A body that knows whether it was closed. */
  static final class Bytes extends ByteArrayInputStream {
    private volatile boolean closed;

    Bytes(String text) {
      super(text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  /** Every request that was sent, and the time each was given. */
  final List<Request> sent = new ArrayList<>();

  final List<Duration> times = new ArrayList<>();
  private final List<Bytes> bodies = new ArrayList<>();
  private final Deque<Step> steps = new ArrayDeque<>();

  ScriptedTransport does(Step... more) {
    steps.addAll(List.of(more));
    return this;
  }

  ScriptedTransport answers(int status, String body, String... headers) {
    return does((request, within) -> answer(status, body, headers));
  }

  /** Every request breaks off at this point. */
  ScriptedTransport breaks(Phase phase, boolean reusedConnection) {
    IOException reason = new IOException("why");
    return does(
        (request, within) -> {
          throw new TransportException(phase, reusedConnection, "broke in " + phase, reason);
        });
  }

  Response answer(int status, String body, String... headers) {
    Bytes bytes = new Bytes(body);
    bodies.add(bytes);
    return new Response(status, Headers.of(headers), bytes);
  }

  /** An answer whose body breaks when it is read. */
  static Response broken(String words) {
    InputStream body =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException(words);
          }
        };
    return new Response(200, Headers.NONE, body);
  }

  boolean allClosed() {
    return bodies.stream().allMatch(body -> body.closed);
  }

  @Override
  public Response send(Request request, Duration within) throws IOException, InterruptedException {
    sent.add(request);
    times.add(within);
    Step step = steps.size() > 1 ? steps.remove() : steps.element();
    return step.send(request, within);
  }
}
