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
  private static final String MESSAGE = "message";

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
    String name = "";
    StringBuilder data = new StringBuilder();
    boolean any = false;
    while (true) {
      Optional<String> read = line();
      String text = read.orElse("");
      if (text.isEmpty()) {
        String all = data.toString();
        if (!all.isBlank()) {
          return Optional.of(new ServerEvent(name.isEmpty() ? MESSAGE : name, all));
        }
        if (read.isEmpty()) {
          return Optional.empty();
        }
        name = "";
        data.setLength(0);
        any = false;
        continue;
      }
      int colon = text.indexOf(':');
      String field = colon < 0 ? text : text.substring(0, colon);
      String value = colon < 0 ? "" : text.substring(colon + 1);
      value = value.startsWith(" ") ? value.substring(1) : value;
      if (field.equals("data")) {
        if (any) {
          data.append('\n');
        }
        any = true;
        data.append(value);
        if (data.length() > BodyReader.MAX_BYTES) {
          throw new BodyReader.TooLargeException(BodyReader.MAX_BYTES);
        }
      } else if (field.equals("event")) {
        name = value;
      }
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
