package dev.synthlab.external;

import dev.synthlab.http.Body;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;

/**
 * A {@code multipart/form-data} body (RFC 7578). Files are streamed, and read again for each
 * attempt. For one thread.
 */
public final class Multipart {
  private final String boundary = "synthlab-" + UUID.randomUUID();
  private final List<Body.Replayable> parts = new ArrayList<>();

  /** A form without parts. */
  public Multipart() {}

  /**
   * Adds a field.
   *
   * @param name of the field
   * @param value its text
   * @return this
   */
  public Multipart field(String name, String value) {
    partHeader("form-data; name=" + quoted(name), "");
    return append(value.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Adds a file.
   *
   * @param name of the field
   * @param path the file
   * @param contentType its media type
   * @return this
   */
  public Multipart file(String name, Path path, String contentType) {
    Path last = path.getFileName();
    String fileName = last == null ? "file" : last.toString();
    partHeader("form-data; name=" + quoted(name) + "; filename=" + quoted(fileName), contentType);
    parts.add(file(path, contentType));
    return this;
  }

  /** A file as a body. */
  static Body.Replayable file(Path path, String contentType) {
    try {
      return new Body.Replayable(Files.size(path), () -> Files.newInputStream(path), contentType);
    } catch (IOException e) {
      throw new UncheckedIOException("the file " + path + " cannot be read", e);
    }
  }

  Body body() {
    List<Body.Replayable> all = new ArrayList<>(parts);
    all.add(bytes((parts.isEmpty() ? "" : "\r\n") + "--" + boundary + "--\r\n"));
    long length = all.stream().mapToLong(Body.Replayable::length).sum();
    return new Body.Replayable(
        length, () -> open(all), "multipart/form-data; boundary=" + boundary);
  }

  private static InputStream open(List<Body.Replayable> all) throws IOException {
    List<InputStream> streams = new ArrayList<>();
    try {
      for (Body.Replayable one : all) {
        streams.add(one.source().open());
      }
    } catch (IOException e) {
      for (InputStream open : streams) {
        open.close();
      }
      throw e;
    }
    return new SequenceInputStream(Collections.enumeration(streams));
  }

  private void partHeader(String disposition, String contentType) {
    String type = contentType.isEmpty() ? "" : "\r\ncontent-type: " + contentType;
    parts.add(
        bytes(
            (parts.isEmpty() ? "" : "\r\n")
                + "--"
                + boundary
                + "\r\ncontent-disposition: "
                + disposition
                + type
                + "\r\n\r\n"));
  }

  private Multipart append(byte[] bytes) {
    parts.add(bytes(bytes));
    return this;
  }

  private static Body.Replayable bytes(String text) {
    return bytes(text.getBytes(StandardCharsets.UTF_8));
  }

  private static Body.Replayable bytes(byte[] bytes) {
    return new Body.Replayable(bytes.length, () -> new java.io.ByteArrayInputStream(bytes), "");
  }

  /** Percent-encodes what would end the name, as browsers do. */
  private static String quoted(String name) {
    return '"' + name.replace("\"", "%22").replace("\r", "%0D").replace("\n", "%0A") + '"';
  }
}
