package dev.synthlab.spans;

import dev.synthlab.Internal;
import java.util.List;
import java.util.Optional;

/**
 * A chat message as span attributes.
 *
 * @param role the role, in lower case
 * @param parts texts and images
 * @param calls the tool calls of an assistant message
 * @param callId the id of the tool call, for a tool message
 */
@Internal
public record SpanMessage(
    String role, List<Part> parts, List<ToolCall> calls, Optional<String> callId) {

  /** Copies the lists. */
  public SpanMessage {
    parts = List.copyOf(parts);
    calls = List.copyOf(calls);
  }

  /** A part of a message: a text or an image. */
  public sealed interface Part {
    /**
     * A text.
     *
     * @param text any text
     */
    record Text(String text) implements Part {}

    /**
     * An image.
     *
     * @param url its URL; a {@code data:} URL contains the bytes
     */
    record Image(String url) implements Part {}
  }

  /**
   * A tool call.
   *
   * @param id the id of the call
   * @param tool the name of the tool
   * @param arguments the arguments as JSON
   */
  public record ToolCall(String id, String tool, String arguments) {}
}
