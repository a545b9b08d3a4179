package dev.synthlab.llm;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * One turn of a conversation. Immutable.
 *
 * @param role who speaks
 * @param parts what is said, at least one part
 */
public record Message(Role role, List<Part> parts) {

  /** Who speaks. */
  public enum Role {
    /** Sets the rules. */
    SYSTEM,
    /** Sets the rules, as newer models call it. */
    DEVELOPER,
    /** Asks. */
    USER,
    /** Answers, and asks for tools. */
    ASSISTANT,
    /** Brings what tools gave. */
    TOOL
  }

  /** Checks that something is said. */
  public Message {
    Objects.requireNonNull(role);
    parts = List.copyOf(parts);
    if (parts.isEmpty()) {
      throw new IllegalArgumentException("a message has at least one part");
    }
  }

  /**
   * The rules.
   *
   * @param text what holds for the whole conversation
   * @return a message
   */
  public static Message system(String text) {
    return new Message(Role.SYSTEM, List.of(new Part.Text(text)));
  }

  /**
   * A question.
   *
   * @param text what is asked
   * @return a message
   */
  public static Message user(String text) {
    return new Message(Role.USER, List.of(new Part.Text(text)));
  }

  /**
   * An earlier answer.
   *
   * @param text what was answered
   * @return a message
   */
  public static Message assistant(String text) {
    return new Message(Role.ASSISTANT, List.of(new Part.Text(text)));
  }

  /**
   * A question about pictures.
   *
   * @param text what is asked
   * @param images what it is about
   * @return a message
   */
  public static Message user(String text, Part.Image... images) {
    List<Part> parts = new ArrayList<>(List.of(new Part.Text(text)));
    parts.addAll(List.of(images));
    return new Message(Role.USER, parts);
  }

  /**
   * Its text, without pictures.
   *
   * @return the text parts, one after the other
   */
  public String text() {
    return parts.stream()
        .filter(Part.Text.class::isInstance)
        .map(part -> ((Part.Text) part).text())
        .collect(Collectors.joining());
  }
}
