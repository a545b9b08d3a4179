package dev.synthlab.spans;

import java.util.List;
import java.util.Optional;

/**
 * A message as a span shows it.
 *
 * @param role in lower case
 * @param parts texts and pictures
 * @param calls tools that are asked for
 * @param callId the call that this is the result of
 */
public record SpanMessage(
    String role, List<Part> parts, List<ToolCall> calls, Optional<String> callId) {

  /** Keeps copies. */
  public SpanMessage {
    parts = List.copyOf(parts);
    calls = List.copyOf(calls);
  }

  /** A text, or the address of a picture. */
  public sealed interface Part {
    /**
     * Text.
     *
     * @param text any text
     */
    record Text(String text) implements Part {}

    /**
     * A picture.
     *
     * @param address where it is, or its bytes in a {@code data:} address
     */
    record Image(String address) implements Part {}
  }

  /**
   * A tool that is asked for.
   *
   * @param id the call's name
   * @param tool the tool's name
   * @param arguments JSON as text
   */
  public record ToolCall(String id, String tool, String arguments) {}
}
