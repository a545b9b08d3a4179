package dev.synthlab.llm;

import dev.synthlab.call.CallException;
import dev.synthlab.call.CallReport;
import dev.synthlab.call.Fault;
import dev.synthlab.call.Spend;
import dev.synthlab.http.Headers;
import dev.synthlab.http.TransportException;
import dev.synthlab.http.TransportException.Phase;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A successful response to a request of another client library. A live body ends the call when it
 * is closed or read to its end; one thread reads it, any thread may close it.
 */
final class PassThroughBody {
  private final int status;
  private final Headers headers;
  private final PassThroughPrompt prompt;
  private final AnswerReader reader;
  private final InputStream bytes;
  private final boolean live;
  private final AtomicBoolean over = new AtomicBoolean();
  private volatile @Nullable Recorded recorded;
  private volatile Optional<Fault> broken = Optional.empty();
  private volatile boolean whole;

  /** The span of the call, and its report so far. */
  private record Recorded(LlmSpan span, CallReport report) {}

  private PassThroughBody(PassThroughExchange.Answer answer, InputStream bytes, boolean live) {
    this.status = answer.head().status();
    this.headers = answer.head().headers();
    this.prompt = answer.prompt();
    this.reader = answer.reader();
    this.bytes = bytes;
    this.live = live;
  }

  static PassThroughBody whole(PassThroughExchange.Answer answer, byte[] bytes) {
    return new PassThroughBody(answer, new ByteArrayInputStream(bytes), false);
  }

  static PassThroughBody live(PassThroughExchange.Answer answer, InputStream bytes) {
    return new PassThroughBody(answer, bytes, true);
  }

  int status() {
    return status;
  }

  Headers headers() {
    return headers;
  }

  boolean isLive() {
    return live;
  }

  AnswerReader reader() {
    return reader;
  }

  Spend spend() {
    return prompt.kind() == PassThroughPrompt.Kind.OTHER
        ? Spend.NONE
        : prompt.known().spend(prompt.route().resource(), reader.model(), reader.usage());
  }

  /** The fault that ended a live body early. */
  Optional<Fault> brokenBy() {
    return broken;
  }

  /** The call has an answer: the span ends now, or with the live body. */
  void answeredWithin(LlmSpan span, CallReport report) {
    if (!live) {
      reader.show(span, report);
      return;
    }
    if (prompt.streamed()) {
      span.firstToken();
    }
    recorded = new Recorded(span, report);
  }

  InputStream stream() {
    return live ? new LiveStream() : bytes;
  }

  private void close() {
    if (!over.compareAndSet(false, true)) {
      return;
    }
    Recorded on = recorded;
    if (on == null) {
      endExchange();
    } else {
      // Observers of the end log and record within the span of the call.
      on.span().within(this::endExchange);
      show(on);
    }
  }

  private void endExchange() {
    try {
      bytes.close();
    } catch (IOException e) {
      // The exchange is over either way.
    }
  }

  private void show(Recorded on) {
    CallReport report = on.report().with(spend(), broken);
    if (broken.isPresent()) {
      on.span().failed(CallException.of(broken.get(), report));
    } else if (isWhole()) {
      reader.show(on.span(), report);
    } else {
      on.span().cancelled(reader.text(), reader.usage());
    }
  }

  /** Whether the answer was read to its end, which the library may know before the connection. */
  private boolean isWhole() {
    return whole || (prompt.kind() != PassThroughPrompt.Kind.OTHER && reader.isComplete());
  }

  /** What the other library reads. */
  private final class LiveStream extends InputStream {
    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      if (over.get()) {
        return end();
      }
      int count;
      try {
        count = bytes.read(into, offset, length);
      } catch (IOException e) {
        throw broken(e);
      }
      if (count < 0) {
        whole = true;
        if (!reader.isComplete()) {
          throw broken(new IOException("it ended before it said so"));
        }
        close();
      }
      return count;
    }

    /** A body that was closed says so, as it would without this layer. */
    private int end() throws IOException {
      if (whole && broken.isEmpty()) {
        return -1;
      }
      throw new IOException(broken.map(Fault::message).orElse("the stream was closed"));
    }

    private IOException broken(IOException e) {
      boolean closed = e instanceof TransportException failed && failed.phase() == Phase.CLOSED;
      boolean cancelled = closed || over.get() || Thread.currentThread().isInterrupted();
      String reason = String.valueOf(e.getMessage());
      Fault fault =
          (cancelled
                  ? Fault.of(Fault.Kind.CANCELLED, "the body was cancelled: " + reason)
                  : Fault.of(Fault.Kind.STREAM_INTERRUPTED, "the body broke: " + reason))
              .because(e)
              .withPartial(reader.text());
      broken = Optional.of(fault);
      PassThroughBody.this.close();
      Recorded on = recorded;
      return on == null
          ? e
          : new IOException(
              fault.message(),
              CallException.of(fault, on.report().with(spend(), Optional.of(fault))));
    }

    @Override
    public void close() {
      PassThroughBody.this.close();
    }
  }
}
