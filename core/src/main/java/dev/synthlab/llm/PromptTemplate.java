package dev.synthlab.llm;

import dev.synthlab.json.Json;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A prompt with variables: {@code Summarise {{review}} for {{customer.name}}}. Immutable.
 *
 * <p>The name of a variable is between two braces; white space around it is ignored. A name with
 * dots that is not a key itself is looked up in nested maps. Values are inserted as they are:
 * nothing is escaped, and braces in them have no meaning. Lists and maps are inserted as JSON. A
 * backslash before two braces makes them text: {@code \{{name}}} becomes <code>{{name}}</code>. Of
 * three or more braces the inner two count, so that JSON can surround a variable.
 */
public final class PromptTemplate {
  private static final String OPEN = "{{";
  private static final String CLOSE = "}}";
  private static final int NAMES_SHOWN = 20;

  private final String text;
  private final List<Piece> deltas;

  private PromptTemplate(String text) {
    this.text = text;
    this.deltas = List.copyOf(deltas(text));
  }

  private sealed interface Piece {
    record Plain(String text) implements Piece {}

    record Variable(String name) implements Piece {}
  }

  /**
   * Reads a template.
   *
   * @param text with or without variables
   * @return the template
   * @throws IllegalArgumentException when braces are not closed or have no name between them; the
   *     message has the position
   */
  public static PromptTemplate of(String text) {
    return new PromptTemplate(text);
  }

  private static List<Piece> deltas(String text) {
    List<Piece> deltas = new ArrayList<>();
    StringBuilder plain = new StringBuilder();
    int at = 0;
    for (int open = text.indexOf(OPEN); open >= 0; open = text.indexOf(OPEN, at)) {
      if (open > at && text.charAt(open - 1) == '\\') {
        plain.append(text, at, open - 1).append(OPEN);
        at = open + OPEN.length();
        continue;
      }
      if (text.startsWith("{", open + OPEN.length())) {
        plain.append(text, at, open + 1);
        at = open + 1;
        continue;
      }
      plain.append(text, at, open);
      int close = text.indexOf(CLOSE, open);
      deltas.add(new Piece.Plain(plain.toString()));
      deltas.add(new Piece.Variable(name(text, open, close)));
      plain.setLength(0);
      at = close + CLOSE.length();
    }
    deltas.add(new Piece.Plain(plain.append(text, at, text.length()).toString()));
    return deltas;
  }

  private static String name(String text, int open, int close) {
    int next = text.indexOf(OPEN, open + OPEN.length());
    if (close < 0 || (next >= 0 && next < close)) {
      throw new IllegalArgumentException(
          "the {{ at character " + (open + 1) + " of the template is not closed by }}");
    }
    String name = text.substring(open + OPEN.length(), close).strip();
    if (name.isEmpty()) {
      throw new IllegalArgumentException(
          "the {{ at character " + (open + 1) + " of the template holds no name");
    }
    return name;
  }

  /**
   * The text of the template.
   *
   * @return the text
   */
  public String text() {
    return text;
  }

  /**
   * The names of the variables.
   *
   * @return each name once, in the order of the template
   */
  public Set<String> variables() {
    Set<String> names = new LinkedHashSet<>();
    for (Piece delta : deltas) {
      if (delta instanceof Piece.Variable variable) {
        names.add(variable.name());
      }
    }
    return names;
  }

  /**
   * The prompt with the values inserted.
   *
   * @param values by name; others are ignored
   * @return the text
   * @throws IllegalArgumentException when a value is missing; the message has its name
   */
  public String fill(Map<String, ?> values) {
    StringBuilder filled = new StringBuilder();
    for (Piece delta : deltas) {
      switch (delta) {
        case Piece.Plain plain -> filled.append(plain.text());
        case Piece.Variable variable ->
            filled.append(
                value(variable.name(), values)
                    .map(PromptTemplate::shown)
                    .orElseThrow(() -> missing(variable.name(), values.keySet())));
      }
    }
    return filled.toString();
  }

  private static Optional<Object> value(String name, Map<?, ?> values) {
    Object whole = values.get(name);
    if (whole != null) {
      return Optional.of(whole);
    }
    for (int dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
      if (values.get(name.substring(0, dot)) instanceof Map<?, ?> inner) {
        Optional<Object> found = value(name.substring(dot + 1), inner);
        if (found.isPresent()) {
          return found;
        }
      }
    }
    return Optional.empty();
  }

  private static String shown(Object value) {
    return value instanceof Map<?, ?> || value instanceof Collection<?>
        ? Json.mapper().writeValueAsString(value)
        : value.toString();
  }

  private static IllegalArgumentException missing(String name, Set<String> there) {
    String names =
        there.isEmpty()
            ? "nothing"
            : there.stream().limit(NAMES_SHOWN).collect(Collectors.joining(", "));
    String more = there.size() > NAMES_SHOWN ? ", …" : "";
    return new IllegalArgumentException(
        "there is no value for {{" + name + "}}; there is " + names + more);
  }

  @Override
  public String toString() {
    return text;
  }
}
