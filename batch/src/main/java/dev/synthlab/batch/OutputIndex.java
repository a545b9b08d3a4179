package dev.synthlab.batch;

import dev.synthlab.files.PrivateFiles;
import dev.synthlab.json.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** Reads OUT when a run resumes: cuts off an incomplete last line, and finds the done rows. */
final class OutputIndex {
  private final OutputFiles files;
  private final RowTable table;
  private final RowStatuses statuses;
  private int unreadable;
  private BigDecimal costUsd = BigDecimal.ZERO;

  OutputIndex(OutputFiles files, RowTable table, RowStatuses statuses) {
    this.files = files;
    this.table = table;
    this.statuses = statuses;
  }

  /** The row and the status of a line. */
  private record Seen(String id, long hash, short end, BigDecimal costUsd) {}

  /** Reads every line and returns the number of unreadable ones, which are marked as superseded. */
  int read() throws IOException {
    cutAfter(look());
    return unreadable;
  }

  /** Reads every line, changes nothing, and returns the end of the last complete one. */
  long look() throws IOException {
    table.clear();
    unreadable = 0;
    costUsd = BigDecimal.ZERO;
    long whole = 0;
    try (LineReader lines = LineReader.ofResults(files.out())) {
      while (lines.next()) {
        if (!lines.ended()) {
          break;
        }
        note(lines);
        whole = lines.nextOffset();
      }
    }
    return whole;
  }

  /** The cost of all answers in OUT, superseded ones included. */
  BigDecimal costUsd() {
    return costUsd;
  }

  private void note(LineReader lines) {
    Optional<Seen> seen = lines.tooLong() ? Optional.empty() : seen(lines);
    if (seen.isEmpty()) {
      unreadable += lines.blank() ? 0 : 1;
      table.supersede(lines.offset());
      return;
    }
    costUsd = costUsd.add(seen.get().costUsd());
    long id = ByteScan.hash(seen.get().id());
    int row = table.find(id);
    if (row < 0) {
      row = table.add(id, seen.get().hash());
    }
    table.hash(row, seen.get().hash());
    table.place(row, lines.offset(), seen.get().end());
  }

  /** Cuts off bytes after the last newline: a killed run did not complete that line. */
  private void cutAfter(long whole) throws IOException {
    if (Files.size(files.out()) > whole) {
      try (FileChannel channel = PrivateFiles.open(files.out(), StandardOpenOption.WRITE)) {
        channel.truncate(whole);
        channel.force(true);
      }
    }
  }

  private Optional<Seen> seen(LineReader lines) {
    byte[] bytes = lines.bytes();
    int from = lines.from();
    if (from >= lines.to() || bytes[from] != '{') {
      return Optional.empty();
    }
    try (JsonParser parser = Json.mapper().createParser(bytes, from, lines.to() - from)) {
      return seen(parser);
    } catch (JacksonException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private Optional<Seen> seen(JsonParser parser) {
    String id = "";
    String hash = "";
    boolean truncated = false;
    BigDecimal cost = BigDecimal.ZERO;
    Optional<String> error = Optional.empty();
    parser.nextToken();
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = parser.currentName();
      JsonToken value = parser.nextToken();
      if (name.equals("custom_id") && value == JsonToken.VALUE_STRING) {
        id = parser.getString();
      } else if (name.equals("error") && value == JsonToken.START_OBJECT) {
        error = Optional.of(member(parser, "code"));
      } else if (name.equals("synthlab") && value == JsonToken.START_OBJECT) {
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
          String inner = parser.currentName();
          JsonToken token = parser.nextToken();
          if (inner.equals("hash") && token == JsonToken.VALUE_STRING) {
            hash = parser.getString();
          } else if (inner.equals("finish_reason") && token == JsonToken.VALUE_STRING) {
            truncated = parser.getString().equals("length");
          } else if (inner.equals("cost_usd") && token.isNumeric()) {
            cost = parser.getDecimalValue();
          } else {
            parser.skipChildren();
          }
        }
      } else {
        parser.skipChildren();
      }
    }
    if (parser.currentToken() != JsonToken.END_OBJECT
        || parser.nextToken() != null
        || hash.isEmpty()) {
      return Optional.empty();
    }
    short answered = truncated ? RowStatuses.TRUNCATED : RowStatuses.ANSWERED;
    short end = error.isPresent() ? statuses.failed(error.get()) : answered;
    return Optional.of(new Seen(id, HexFormat.fromHexDigitsToLong(hash), end, cost));
  }

  private static String member(JsonParser parser, String wanted) {
    String found = "unknown";
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = parser.currentName();
      JsonToken token = parser.nextToken();
      if (name.equals(wanted) && token == JsonToken.VALUE_STRING) {
        found = parser.getString();
      } else {
        parser.skipChildren();
      }
    }
    return found;
  }

  /** Copies the unreadable lines to their own file, durably, before they are removed from OUT. */
  void keepUnreadable() throws IOException {
    long[] offsets = table.superseded();
    try (LineReader lines = LineReader.ofResults(files.out());
        FileChannel bad =
            PrivateFiles.open(
                files.unreadable(), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      OutputStream out = Channels.newOutputStream(bad);
      while (lines.next()) {
        boolean marked = java.util.Arrays.binarySearch(offsets, lines.offset()) >= 0;
        if (marked && !lines.blank() && (lines.tooLong() || seen(lines).isEmpty())) {
          out.write(lines.bytes(), lines.from(), lines.to() - lines.from());
          out.write('\n');
        }
      }
      bad.force(true);
    }
    OutputFiles.syncDirectory(files.unreadable());
  }

  /** The id of the line at an offset, for messages. */
  static String idAt(Path out, long place) throws IOException {
    try (FileChannel channel = FileChannel.open(out, StandardOpenOption.READ)) {
      channel.position(place);
      ByteBuffer start = ByteBuffer.allocate(1 << 16);
      channel.read(start);
      RowHasher scan = new RowHasher();
      scan.scan(start.array(), 0, start.position());
      return scan.id(0);
    }
  }
}
