package dev.synthlab.llm;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A message of a conversation. Immutable.
 *
 * @param role of the author
 * @param parts the content, at least one part
 */
public record Message(Role role, List<Part> parts) {

  /** The role of the author of a message. */
  public enum Role {
    /** Instructions for the whole conversation. */
    SYSTEM("system"),
    /** Instructions, by the name that newer models use. */
    DEVELOPER("developer"),
    /** The user. */
    USER("user"),
    /** The model: its answers and tool calls. */
    ASSISTANT("assistant"),
    /** The results of tool calls. */
    TOOL("tool");

    private final String wire;

    Role(String wire) {
      this.wire = wire;
    }

    /** Its name in the API. */
    String wire() {
      return wire;
    }
  }

  /** Checks that there is at least one part. */
  public Message {
    Objects.requireNonNull(role);
    parts = List.copyOf(parts);
    if (parts.isEmpty()) {
      throw new IllegalArgumentException("a message has at least one part");
    }
  }

  /**
   * A system message.
   *
   * @param text the instructions for the whole conversation
   * @return a message
   */
  public static Message system(String text) {
    return new Message(Role.SYSTEM, List.of(new Part.Text(text)));
  }

  /**
   * A user message.
   *
   * @param text of the message
   * @return a message
   */
  public static Message user(String text) {
    return new Message(Role.USER, List.of(new Part.Text(text)));
  }

  /**
   * An assistant message: an earlier answer.
   *
   * @param text of the answer
   * @return a message
   */
  public static Message assistant(String text) {
    return new Message(Role.ASSISTANT, List.of(new Part.Text(text)));
  }

  /**
   * A user message with images.
   *
   * @param text of the message
   * @param images the images
   * @return a message
   */
  public static Message user(String text, Part.Image... images) {
    List<Part> parts = new ArrayList<>(List.of(new Part.Text(text)));
    parts.addAll(List.of(images));
    return new Message(Role.USER, parts);
  }

  /**
   * The text of the message, without images and tool calls.
   *
   * @return the text parts, one after the other
   */
  public String text() {
    if (parts.size() == 1 && parts.getFirst() instanceof Part.Text only) {
      return only.text();
    }
    StringBuilder text = new StringBuilder();
    for (Part part : parts) {
      if (part instanceof Part.Text some) {
        text.append(some.text());
      }
    }
    return text.toString();
  }
}
