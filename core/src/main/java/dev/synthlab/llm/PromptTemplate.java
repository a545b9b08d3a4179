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
 * A prompt with places for values: {@code Summarise {{review}} for {{customer.name}}}. Immutable.
 *
 * <p>A name stands between two braces; white space around it does not count. It is looked up as it
 * is, else its dots lead into maps within maps. Values are put in as they are: nothing in them is
 * escaped, and braces in them mean nothing. Lists and maps are put in as JSON. A backslash before
 * two braces makes them text: {@code \{{name}}} stays <code>{{name}}</code>. Of three braces or
 * more the inner two count, so that JSON can be written around a value.
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
   * @param text with names between double braces, or without any
   * @return the template
   * @throws IllegalArgumentException when braces are not closed or hold no name, saying where
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
   * The template as it was read.
   *
   * @return its text
   */
  public String text() {
    return text;
  }

  /**
   * The names that must have a value.
   *
   * @return each once, in the order of the template
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
   * The prompt with its values.
   *
   * @param values by name; more than are needed do no harm
   * @return the text
   * @throws IllegalArgumentException when a value is missing, naming it and what there is
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
