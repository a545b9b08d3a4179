package dev.synthlab.llm;

import dev.synthlab.logging.Redactor;
import java.io.IOException;
import java.net.URI;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Objects;

/** A piece of a message. */
public sealed interface Part {

  /**
   * Text.
   *
   * @param text any text
   */
  record Text(String text) implements Part {
    /** Refuses what is missing. */
    public Text {
      Objects.requireNonNull(text);
    }
  }

  /**
   * A picture.
   *
   * @param address {@code https:}, or {@code data:} with the bytes in it
   */
  record Image(URI address) implements Part {
    /** Refuses what is missing. */
    public Image {
      Objects.requireNonNull(address);
    }

    /**
     * A picture in memory.
     *
     * @param bytes the file's bytes
     * @param mediaType for example {@code image/png}
     * @return a part
     */
    public static Image of(byte[] bytes, String mediaType) {
      String text = Base64.getEncoder().encodeToString(bytes);
      return new Image(URI.create("data:" + mediaType + ";base64," + text));
    }

    /**
     * A picture in a file, known by the end of its name.
     *
     * @param file a PNG, JPEG, GIF or WebP
     * @return a part
     * @throws IOException when it cannot be read
     */
    public static Image of(Path file) throws IOException {
      String name = String.valueOf(file.getFileName());
      String type =
          name.endsWith(".webp") ? "image/webp" : URLConnection.guessContentTypeFromName(name);
      if (type == null || !type.startsWith("image/")) {
        throw new IllegalArgumentException("not the name of a PNG, JPEG, GIF or WebP: " + file);
      }
      return of(Files.readAllBytes(file), type);
    }

    @Override
    public String toString() {
      String text = address.toString();
      return "Image[" + Redactor.redactBeginning(text, 60) + (text.length() > 60 ? "…" : "") + "]";
    }
  }

  /**
   * The model's wish that a tool be called.
   *
   * @param id its name for this call
   * @param tool which tool
   * @param arguments one JSON object as the model wrote it, which may not be JSON
   */
  record ToolCall(String id, String tool, String arguments) implements Part {
    /** Refuses what is missing. */
    public ToolCall {
      Objects.requireNonNull(id);
      Objects.requireNonNull(tool);
      Objects.requireNonNull(arguments);
    }
  }

  /**
   * What a tool brought.
   *
   * @param callId the {@link ToolCall} it answers
   * @param text what the model is told
   */
  record ToolResult(String callId, String text) implements Part {
    /** Refuses what is missing. */
    public ToolResult {
      Objects.requireNonNull(callId);
      Objects.requireNonNull(text);
    }
  }
}
