package dev.synthlab.llm;

import dev.synthlab.call.AttemptResult;
import dev.synthlab.http.BodyReader;
import dev.synthlab.json.Json;
import dev.synthlab.logging.Redactor;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * The server-sent events of a response, byte for byte as they arrive, each as soon as it is
 * complete. Only an event that is an error is redacted. For one reader.
 */
final class PassThroughEvents extends InputStream {
  private final InputStream source;
  private final AnswerReader reader;
  private final Runnable onEvent;
  private final ByteArrayOutputStream raw = new ByteArrayOutputStream();
  private byte[] ready = new byte[0];
  private int at;
  private boolean readerIsDone;
  private boolean skipLineFeed;

  private PassThroughEvents(InputStream body, AnswerReader reader, Runnable onEvent) {
    this.source = new BufferedInputStream(body, 1024);
    this.reader = reader;
    this.onEvent = onEvent;
  }

  /** Reads until the answer has begun; what was read is the beginning of the stream. */
  static PassThroughEvents open(AttemptResult.ResponseReceived head, AnswerReader reader)
      throws IOException, UnusableResponseException {
    PassThroughEvents events = new PassThroughEvents(head.body(), reader, head.onEvent());
    ByteArrayOutputStream beginning = new ByteArrayOutputStream();
    while (!reader.hasBegun()) {
      Optional<Event> next = events.next();
      if (next.isEmpty()) {
        throw new UnusableResponseException("a stream without text");
      }
      events.observe(next.get());
      beginning.write(next.get().raw());
    }
    events.ready = beginning.toByteArray();
    return events;
  }

  /** An event, and the bytes that it came in. */
  @SuppressWarnings("ArrayRecordComponent") // nobody else has it
  private record Event(String name, String data, byte[] raw) {}

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (at == ready.length) {
      Optional<Event> next = next();
      if (next.isEmpty()) {
        return -1;
      }
      ready = passed(next.get());
      at = 0;
    }
    int count = Math.min(length, ready.length - at);
    System.arraycopy(ready, at, into, offset, count);
    at += count;
    return count;
  }

  @Override
  public int available() {
    return ready.length - at;
  }

  @Override
  public void close() throws IOException {
    source.close();
  }

  /** What of an event after the beginning the library gets. */
  private byte[] passed(Event event) {
    if (!event.data().isEmpty() && !readerIsDone) {
      try {
        observe(event);
      } catch (UnusableResponseException | JacksonException | BodyReader.TooLargeException e) {
        readerIsDone = true; // the library has its own opinion of such an event
      }
    }
    return isError(event) ? redacted(event) : event.raw();
  }

  private void observe(Event event) throws UnusableResponseException, BodyReader.TooLargeException {
    if (!event.data().isEmpty()) {
      reader.event(event.name(), event.data());
      onEvent.run();
    }
  }

  private static boolean isError(Event event) {
    if (event.name().equals("error")) {
      return true;
    }
    if (!event.data().contains("\"error\"")) {
      return false;
    }
    try {
      JsonNode json = Json.mapper().readTree(event.data());
      String type = json.path("type").asString("");
      return json.hasNonNull("error") || type.equals("error") || type.equals("response.failed");
    } catch (JacksonException e) {
      return true;
    }
  }

  private static byte[] redacted(Event event) {
    StringBuilder text = new StringBuilder();
    if (!event.name().isEmpty()) {
      text.append("event: ").append(event.name()).append('\n');
    }
    Redactor.redact(event.data())
        .lines()
        .forEach(line -> text.append("data: ").append(line).append('\n'));
    return text.append('\n').toString().getBytes(StandardCharsets.UTF_8);
  }

  /** The next event, or the rest of the body; an event without data keeps a connection alive. */
  private Optional<Event> next() throws IOException {
    raw.reset();
    StringBuilder data = new StringBuilder();
    String name = "";
    while (true) {
      Optional<String> line = line();
      if (line.isEmpty()) {
        return raw.size() == 0 ? Optional.empty() : Optional.of(new Event("", "", bytes()));
      }
      String text = line.get();
      if (text.isEmpty()) {
        return Optional.of(new Event(name, data.toString().strip(), bytes()));
      }
      if (text.startsWith("data:")) {
        data.append(data.isEmpty() ? "" : "\n").append(value(text));
      } else if (text.startsWith("event:")) {
        name = value(text);
      }
    }
  }

  private byte[] bytes() {
    return raw.toByteArray();
  }

  private static String value(String line) {
    return line.substring(line.indexOf(':') + 1).strip();
  }

  /** The next line without its end, or empty at the end of the body. */
  private Optional<String> line() throws IOException {
    int from = raw.size();
    while (true) {
      int next = source.read();
      if (next < 0) {
        return Optional.empty();
      }
      raw.write(next);
      boolean second = next == '\n' && skipLineFeed;
      skipLineFeed = next == '\r';
      if (second) {
        from = raw.size();
      } else if (next == '\n' || next == '\r') {
        byte[] all = raw.toByteArray();
        return Optional.of(new String(all, from, all.length - from - 1, StandardCharsets.UTF_8));
      }
      if (raw.size() > BodyReader.MAX_BYTES) {
        throw new BodyReader.TooLargeException("an event", BodyReader.MAX_BYTES);
      }
    }
  }
}
