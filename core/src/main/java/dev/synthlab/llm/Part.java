package dev.synthlab.llm;

import dev.synthlab.logging.Redactor;
import java.io.IOException;
import java.net.URI;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Objects;

/** A part of a message: text, image, tool call or tool result. Immutable. */
public sealed interface Part {

  /**
   * A text.
   *
   * @param text any text
   */
  record Text(String text) implements Part {
    /** Refuses null. */
    public Text {
      Objects.requireNonNull(text);
    }
  }

  /**
   * An image.
   *
   * @param address {@code https:}, or {@code data:} with the bytes in it
   */
  record Image(URI address) implements Part {
    /** Refuses null. */
    public Image {
      Objects.requireNonNull(address);
    }

    /**
     * An image in memory.
     *
     * @param bytes of the image file
     * @param mediaType for example {@code image/png}
     * @return a part
     */
    public static Image of(byte[] bytes, String mediaType) {
      String text = Base64.getEncoder().encodeToString(bytes);
      return new Image(URI.create("data:" + mediaType + ";base64," + text));
    }

    /**
     * An image in a file whose name has the extension of its type.
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
   * A tool call that the model requests.
   *
   * @param id of the call
   * @param tool the name of the tool
   * @param arguments a JSON object as the model wrote it; may be invalid JSON
   */
  record ToolCall(String id, String tool, String arguments) implements Part {
    /** Refuses null. */
    public ToolCall {
      Objects.requireNonNull(id);
      Objects.requireNonNull(tool);
      Objects.requireNonNull(arguments);
    }
  }

  /**
   * The result of a tool call.
   *
   * @param callId the id of the {@link ToolCall}
   * @param text the result that the model gets
   */
  record ToolResult(String callId, String text) implements Part {
    /** Refuses null. */
    public ToolResult {
      Objects.requireNonNull(callId);
      Objects.requireNonNull(text);
    }
  }
}
