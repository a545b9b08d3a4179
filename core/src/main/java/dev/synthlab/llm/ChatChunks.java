package dev.synthlab.llm;

import dev.synthlab.http.BodyBuffer;
import dev.synthlab.http.BodyReader;
import dev.synthlab.http.Headers;
import dev.synthlab.http.SseReader;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;

/**
 * The parts of the body of a chat completion: the events of a stream, or one JSON text. What
 * arrives decides which of the two it is, not what was requested. For one thread.
 */
final class ChatChunks {
  private static final List<String> FIELDS = List.of(":", "data", "event", "id", "retry");
  private static final int LONGEST_FIELD = 5;

  /** The room for a body whose length is not known. */
  private static final int ANSWER_BYTES = 2 * 1024;

  private static final int STREAM_BYTES = 8 * 1024;

  /** The digits of the longest body for which there is room at once. */
  private static final int DIGITS = 5;

  private final BodyBuffer body;
  private final boolean streamRequested;
  private Optional<SseReader> events = Optional.empty();
  private boolean begun;
  private boolean endStated;

  /** The kinds of parts: the whole body, an event, and an event that the server calls an error. */
  enum Kind {
    BODY,
    EVENT,
    ERROR
  }

  /**
   * One part.
   *
   * @param data JSON, unless it is an error or broken
   */
  record Chunk(Kind kind, String data) {}

  /** The parts of an open body, which is not closed. */
  ChatChunks(InputStream body, Headers headers, boolean streamRequested) {
    this.body = new BodyBuffer(body, streamRequested ? STREAM_BYTES : length(headers));
    this.streamRequested = streamRequested;
  }

  /** The length of a body, and one more byte so that its end is seen without more room. */
  private static int length(Headers headers) {
    String stated = headers.first("content-length").orElse("");
    boolean isShort = stated.length() <= DIGITS && !stated.isEmpty();
    for (int i = 0; isShort && i < stated.length(); i++) {
      isShort = stated.charAt(i) >= '0' && stated.charAt(i) <= '9';
    }
    return isShort ? Integer.parseInt(stated) + 1 : ANSWER_BYTES;
  }

  /** The next part, or empty at the end. */
  Optional<Chunk> next() throws IOException {
    if (!begun) {
      begun = true;
      if (isStream()) {
        events = Optional.of(new SseReader(body));
      } else {
        // Bytes that are not UTF-8 are replaced: a parser of bytes would refuse the whole answer.
        return Optional.of(new Chunk(Kind.BODY, body.rest(BodyReader.MAX_BYTES)));
      }
    }
    return events.isPresent() ? event(events.get()) : Optional.empty();
  }

  /** Whether the body is a stream of events; known after the first part. */
  boolean isEventStream() {
    return events.isPresent();
  }

  /** Whether the server has marked the end of its events. */
  boolean endStated() {
    return endStated;
  }

  private Optional<Chunk> event(SseReader from) throws IOException {
    while (!endStated) {
      Optional<SseReader.ServerEvent> next = from.next();
      if (next.isEmpty()) {
        return Optional.empty();
      }
      String data = next.get().data().strip();
      String name = next.get().name();
      endStated = data.equals("[DONE]");
      boolean isError = name.equals("error");
      boolean isJson = data.startsWith("{") || data.startsWith("[");
      // Events such as ping keep a connection alive; what they carry is no part of the answer.
      boolean isPart = isJson || isError || name.equals("message") || name.isEmpty();
      if (!endStated && isPart && !data.isEmpty()) {
        return Optional.of(new Chunk(isError ? Kind.ERROR : Kind.EVENT, data));
      }
    }
    return Optional.empty();
  }

  private boolean isStream() throws IOException {
    skipSpace();
    while (body.size() < LONGEST_FIELD && body.fill()) {
      // The name of the first field may arrive in pieces.
    }
    for (String field : FIELDS) {
      if (body.startsWith(field)) {
        return true;
      }
    }
    return streamRequested && body.size() > 0 && "{[<".indexOf(body.get(0)) < 0;
  }

  /** Skips a byte order mark, and the blanks that servers send while they compute an answer. */
  private void skipSpace() throws IOException {
    int skipped = 0;
    while (body.size() > 0 || body.fill()) {
      if (body.size() > 0 && !isSkipped(body.get(0))) {
        return;
      }
      int count = Math.min(1, body.size());
      body.take(count);
      skipped += count;
      if (skipped > BodyReader.MAX_BYTES) {
        throw new BodyReader.TooLargeException(
            "the blank beginning of the body", BodyReader.MAX_BYTES);
      }
    }
  }

  private static boolean isSkipped(byte next) {
    return switch (next) {
      case ' ', '\t', '\r', '\n', (byte) 0xEF, (byte) 0xBB, (byte) 0xBF -> true;
      default -> false;
    };
  }
}
