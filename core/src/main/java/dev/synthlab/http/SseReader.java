package dev.synthlab.http;

import dev.synthlab.Internal;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A parser of server-sent events. Lines end with LF, CR or CRLF; comments, {@code id} and {@code
 * retry} are skipped; characters may be split over chunks. For one thread.
 *
 * @see <a href="https://html.spec.whatwg.org/multipage/server-sent-events.html">the HTML
 *     standard</a>
 */
@Internal
public final class SseReader {
  private static final int BUFFER = 8 * 1024;

  /** The bytes of a byte order mark. */
  private static final String MARK = "\u00EF\u00BB\u00BF";

  private final BodyBuffer body;
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
    this(new BodyBuffer(bytes, BUFFER));
  }

  /**
   * Creates a reader.
   *
   * @param body the open body
   */
  public SseReader(BodyBuffer body) {
    this.body = body;
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
      int length = awaitLine();
      if (length > 0) {
        add(length, fields);
      } else if (!fields.data().isBlank()) {
        takeLine(length);
        return Optional.of(fields.event());
      } else if (length < 0) {
        return Optional.empty();
      } else {
        fields = new Fields();
      }
      takeLine(length);
    }
  }

  /** The fields of an event that is not complete. */
  private static final class Fields {
    private String name = "";
    private @Nullable String line;
    private @Nullable StringBuilder lines;

    void addData(String value) throws BodyReader.TooLargeException {
      if (line == null) {
        line = value;
        return;
      }
      lines = lines == null ? new StringBuilder(line) : lines;
      lines.append('\n').append(value);
      if (lines.length() > BodyReader.MAX_BYTES) {
        throw new BodyReader.TooLargeException(BodyReader.MAX_BYTES);
      }
    }

    String data() {
      return lines == null ? Objects.requireNonNullElse(line, "") : lines.toString();
    }

    ServerEvent event() {
      return new ServerEvent(name.isEmpty() ? "message" : name, data());
    }
  }

  private void add(int length, Fields fields) throws BodyReader.TooLargeException {
    if (isField("data", length)) {
      fields.addData(value("data", length));
    } else if (isField("event", length)) {
      fields.name = value("event", length);
    }
  }

  private boolean isField(String name, int length) {
    return length >= name.length()
        && body.startsWith(name)
        && (length == name.length() || body.get(name.length()) == ':');
  }

  /** What follows the colon and one space. */
  private String value(String name, int length) {
    int from = Math.min(length, name.length() + 1);
    return body.text(from < length && body.get(from) == ' ' ? from + 1 : from, length);
  }

  /** Waits for a whole line. Returns its length, or -1 at the end of the body. */
  private int awaitLine() throws IOException {
    int length = 0;
    while (true) {
      if (skipLineFeed && body.size() > 0) {
        skipLineFeed = false;
        body.take(body.get(0) == '\n' ? 1 : 0);
      }
      length = body.lineEnd(length);
      if (length > BodyReader.MAX_BYTES) {
        throw new BodyReader.TooLargeException(BodyReader.MAX_BYTES);
      }
      if (length < body.size()) {
        return length - skippedMark(length);
      }
      if (!body.fill()) {
        return -1;
      }
    }
  }

  /** Skips a byte order mark before the first line. Returns the bytes that it has. */
  private int skippedMark(int length) {
    boolean isMark = first && length >= MARK.length() && body.startsWith(MARK);
    first = false;
    body.take(isMark ? MARK.length() : 0);
    return isMark ? MARK.length() : 0;
  }

  private void takeLine(int length) {
    if (length >= 0) {
      skipLineFeed = body.get(length) == '\r';
      body.take(length + 1);
    }
  }
}
