package dev.synthlab.http;

import dev.synthlab.Internal;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * A parser of server-sent events. Lines end with LF, CR or CRLF; comments, {@code id} and {@code
 * retry} are skipped; characters may be split over chunks. For one thread.
 *
 * @see <a href="https://html.spec.whatwg.org/multipage/server-sent-events.html">the HTML
 *     standard</a>
 */
@Internal
public final class SseReader {
  private final InputStream bytes;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream(256);
  private boolean skipLineFeed;
  private boolean first = true;

  /**
   * One server-sent event.
   *
   * @param name the event type; {@code message} if the server named none
   * @param data its data lines, joined with LF
   */
  public record ServerEvent(String name, String data) {}

  /**
   * Creates a reader.
   *
   * @param bytes the open body; the reader does not close it
   */
  public SseReader(InputStream bytes) {
    this.bytes = new BufferedInputStream(bytes, 4096);
  }

  /**
   * Reads the next event; blocks until it is complete. Events without data, or with nothing but
   * white space, are skipped: servers send them to keep the connection open.
   *
   * @return the event, or empty at the end of the body; an incomplete last line is discarded
   * @throws BodyReader.TooLargeException if an event is larger than {@link BodyReader#MAX_BYTES}
   * @throws IOException if the body cannot be read
   */
  public Optional<ServerEvent> next() throws IOException {
    Fields fields = new Fields();
    while (true) {
      Optional<String> line = line();
      if (line.filter(text -> !text.isEmpty()).isPresent()) {
        fields.add(line.get());
      } else if (!fields.data.toString().isBlank()) {
        return Optional.of(fields.event());
      } else if (line.isEmpty()) {
        return Optional.empty();
      } else {
        fields = new Fields();
      }
    }
  }

  /** The fields of an event that is not complete. */
  private static final class Fields {
    private final StringBuilder data = new StringBuilder();
    private String name = "";
    private boolean any;

    void add(String line) throws BodyReader.TooLargeException {
      int colon = line.indexOf(':');
      String field = colon < 0 ? line : line.substring(0, colon);
      String value = colon < 0 ? "" : line.substring(colon + 1);
      value = value.startsWith(" ") ? value.substring(1) : value;
      if (field.equals("data")) {
        data.append(any ? "\n" : "").append(value);
        any = true;
        if (data.length() > BodyReader.MAX_BYTES) {
          throw new BodyReader.TooLargeException(BodyReader.MAX_BYTES);
        }
      } else if (field.equals("event")) {
        name = value;
      }
    }

    ServerEvent event() {
      return new ServerEvent(name.isEmpty() ? "message" : name, data.toString());
    }
  }

  private Optional<String> line() throws IOException {
    line.reset();
    while (true) {
      int next = bytes.read();
      if (next < 0) {
        return Optional.empty();
      }
      if (next == '\n' && skipLineFeed) {
        skipLineFeed = false;
        continue;
      }
      skipLineFeed = next == '\r';
      if (next == '\n' || next == '\r') {
        return Optional.of(text());
      }
      line.write(next);
      if (line.size() > BodyReader.MAX_BYTES) {
        throw new BodyReader.TooLargeException(BodyReader.MAX_BYTES);
      }
    }
  }

  private String text() {
    String text = line.toString(StandardCharsets.UTF_8);
    if (first) {
      first = false;
      return text.startsWith("\uFEFF") ? text.substring(1) : text;
    }
    return text;
  }
}
