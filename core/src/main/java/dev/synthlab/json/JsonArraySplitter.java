package dev.synthlab.json;

import dev.synthlab.Internal;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A splitter of a streamed JSON array into its elements: of the array that the text is, or that is
 * a member of its object. It reads each character once. For one text and one thread.
 */
@Internal
public final class JsonArraySplitter {
  private static final Pattern THOUGHT =
      Pattern.compile("\\A\\s*<(think|thinking|thought|reasoning)>");
  private static final int MAX_TAG = 16;

  private final StringBuilder text = new StringBuilder();
  private final StringBuilder element = new StringBuilder();
  private State state = State.START;
  private int at;
  private int depth;
  private boolean quoted;
  private boolean escaped;

  private enum State {
    START,
    THINKING,
    BEFORE,
    ELEMENTS,
    AFTER
  }

  /** A splitter that has read nothing. */
  public JsonArraySplitter() {}

  /**
   * Whether the array has begun.
   *
   * @return whether it has
   */
  public boolean opened() {
    return state == State.ELEMENTS || state == State.AFTER;
  }

  /**
   * Whether the array is whole.
   *
   * @return whether it is
   */
  public boolean closed() {
    return state == State.AFTER;
  }

  /**
   * The elements that the next piece of the text completes, as text.
   *
   * @param delta what follows in the text
   * @return the elements in order; empty when none is complete
   */
  public List<String> cut(String delta) {
    List<String> whole = new ArrayList<>();
    text.append(delta);
    if (state == State.START) {
      begin();
    }
    while (at < text.length() && state != State.START && state != State.AFTER) {
      char c = text.charAt(at);
      at++;
      switch (state) {
        case THINKING -> think(c);
        case BEFORE -> before(c);
        case ELEMENTS -> element(c, whole);
        case START, AFTER -> throw new IllegalStateException("the loop is over");
      }
    }
    if (state != State.START) {
      text.delete(0, Math.max(0, at - MAX_TAG));
      at = Math.min(at, MAX_TAG);
    }
    return whole;
  }

  /** A model that thinks aloud may write drafts: they are no elements. */
  private void begin() {
    int start = 0;
    while (start < text.length() && Character.isWhitespace(text.charAt(start))) {
      start++;
    }
    text.delete(0, start); // or many pieces of blanks would be looked at again with every piece
    String known = text.toString();
    boolean mayBeTag = known.isEmpty() || known.charAt(0) == '<';
    if (THOUGHT.matcher(known).find()) {
      state = State.THINKING;
    } else if (!mayBeTag || known.length() >= MAX_TAG) {
      state = State.BEFORE;
    }
  }

  private void think(char c) {
    if (c == '>') {
      String tag = text.substring(Math.max(0, at - MAX_TAG), at);
      if (tag.matches("(?s).*</(think|thinking|thought|reasoning)>")) {
        state = State.BEFORE;
      }
    }
  }

  /** Outside of strings, the first bracket is that of the array. */
  private void before(char c) {
    if (depth > 0 && inString(c)) {
      return;
    }
    if (c == '{') {
      depth++;
    } else if (c == '}') {
      depth = Math.max(0, depth - 1);
    } else if (c == '[') {
      state = State.ELEMENTS;
      depth = 0;
    }
  }

  /** Whether the character is a part of a string, its quotes included. */
  private boolean inString(char c) {
    if (escaped) {
      escaped = false;
    } else if (quoted && c == '\\') {
      escaped = true;
    } else if (c == '"') {
      quoted = !quoted;
    } else {
      return quoted;
    }
    return true;
  }

  private void element(char c, List<String> whole) {
    boolean string = inString(c);
    if (!string && depth == 0 && (c == ',' || c == ']')) {
      hand(whole);
      state = c == ']' ? State.AFTER : state;
      return;
    }
    element.append(c);
    if (!string && (c == '{' || c == '[')) {
      depth++;
    } else if (!string && (c == '}' || c == ']')) {
      depth--;
      if (depth == 0) {
        hand(whole);
      }
    }
  }

  private void hand(List<String> whole) {
    if (!element.toString().isBlank()) {
      whole.add(element.toString());
    }
    element.setLength(0);
  }
}
