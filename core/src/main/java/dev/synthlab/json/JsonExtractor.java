package dev.synthlab.json;

import dev.synthlab.Internal;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.ObjectReader;

/**
 * A reader of the JSON in the text of a model: the whole text if it is JSON, else the longest
 * object or array in it, without the model's thoughts before it and the words around it. Its time
 * is linear in the length of the text.
 */
@Internal
public sealed interface JsonExtractor {

  /**
   * There is JSON in it.
   *
   * @param value maps, lists, strings, booleans; numbers exact: Integer, Long, BigInteger,
   *     BigDecimal
   */
  record Tree(Object value) implements JsonExtractor {}

  /**
   * There is none.
   *
   * @param reason in words
   */
  record Unreadable(String reason) implements JsonExtractor {}

  /**
   * Reads a text that is whole.
   *
   * @param text of a model
   * @return the JSON in it
   */
  static JsonExtractor read(String text) {
    return new Search(false).in(text);
  }

  /**
   * Reads a text that may end early; what it leaves open is closed.
   *
   * @param text of a model
   * @return the JSON in it
   */
  static JsonExtractor readCutOff(String text) {
    return new Search(true).in(text);
  }

  /**
   * Reads one element of an array, of any kind.
   *
   * @param text of the element
   * @return its value
   */
  static JsonExtractor readElement(String text) {
    return switch (new Search(false).in("[" + text + "]")) {
      case Tree tree ->
          tree.value() instanceof List<?> list && list.size() == 1 && list.getFirst() != null
              ? new Tree(list.getFirst())
              : new Unreadable("it is not one value");
      case Unreadable none -> none;
    };
  }

  /** One search. */
  final class Search {
    private static final int EFFORT = 6;
    private static final ObjectReader STRICT =
        Json.mapper()
            .readerFor(Object.class)
            .with(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    private static final Pattern FENCED =
        Pattern.compile("\\A```[A-Za-z0-9]*\\s*+(.*?)\\s*```\\z", Pattern.DOTALL);
    private static final Pattern THOUGHT_ENDS =
        Pattern.compile("</(think|thinking|thought|reasoning|reflection)>");
    private static final Pattern THOUGHT_BEGINS =
        Pattern.compile("\\s*+<(think|thinking|thought|reasoning|reflection)>");

    private final boolean closing;
    private String reason = "there is no JSON in it";

    private Search(boolean closing) {
      this.closing = closing;
    }

    private JsonExtractor in(String given) {
      String whole = trimmed(given);
      Optional<Object> direct = strict(whole);
      String text = direct.isPresent() ? whole : trimmed(withoutThought(whole));
      Optional<Object> strict = direct.or(() -> strict(unfenced(text)));
      if (strict.isPresent() && !(strict.get() instanceof String)) {
        return new Tree(strict.get());
      }
      String plain = strict.isPresent() ? (String) strict.get() : text;
      Optional<Object> found = scan(plain);
      if (found.isEmpty() && plain.contains("{\\\"")) {
        found = scan(plain.replace("\\\"", "\"").replace("\\n", "\n").replace("\\\\", "\\"));
      }
      // A JSON string with no JSON in it is itself what was said.
      return found
          .or(() -> strict)
          .<JsonExtractor>map(Tree::new)
          .orElseGet(() -> new Unreadable(reason));
    }

    private static String unfenced(String text) {
      Matcher fenced = FENCED.matcher(text);
      return fenced.matches() ? fenced.group(1) : text;
    }

    private static Optional<Object> strict(String text) {
      if (text.isEmpty()) {
        return Optional.empty();
      }
      try {
        return Optional.ofNullable(STRICT.readValue(text));
      } catch (JacksonException e) {
        return Optional.empty();
      }
    }

    /** What a model thinks may hold drafts of the answer; only what follows is the answer. */
    private String withoutThought(String text) {
      Matcher begins = THOUGHT_BEGINS.matcher(text);
      Matcher ends = THOUGHT_ENDS.matcher(text);
      boolean thinking = begins.lookingAt();
      int after = 0;
      // A beginning that the server cut away leaves only the end.
      while ((thinking || after == 0) && ends.find(after)) {
        after = ends.end();
        thinking = begins.region(after, text.length()).lookingAt();
      }
      if (thinking) {
        reason = "the model did not come to the end of its thoughts";
        return "";
      }
      return text.substring(after);
    }

    private Optional<Object> scan(String text) {
      Object best = null;
      int max = 0;
      long effort = (long) EFFORT * text.length() + 1_000;
      int at = next(text, 0);
      while (at >= 0 && effort > 0) {
        LenientJsonParser parser = new LenientJsonParser(text, at, closing);
        try {
          Object value = parser.container();
          effort -= parser.position() - at;
          if (parser.position() - at > max) {
            max = parser.position() - at;
            best = value;
          }
          at = next(text, parser.position());
        } catch (LenientJsonParser.NoJsonException e) {
          effort -= parser.position() - at;
          if (best == null) {
            reason = String.valueOf(e.getMessage());
          }
          if (e.cutOff()) {
            return text.length() - at > max ? cutOff() : Optional.ofNullable(best);
          }
          at = parser.begun() ? past(text, at, parser.position()) : next(text, at + 1);
        }
      }
      return Optional.ofNullable(best);
    }

    private Optional<Object> cutOff() {
      reason = "it is cut off";
      return Optional.empty();
    }

    /** Where to go on after JSON that cannot be read: nothing within it is the whole answer. */
    private static int past(String text, int from, int broken) {
      int depth = 0;
      boolean quoted = false;
      for (int i = from; i < text.length(); i++) {
        char c = text.charAt(i);
        if (c == '\\') {
          i++;
        } else if (c == '"') {
          quoted = !quoted;
        } else if (!quoted && (c == '{' || c == '[')) {
          depth++;
        } else if (!quoted && (c == '}' || c == ']')) {
          depth--;
          if (depth == 0) {
            return next(text, Math.max(i, broken));
          }
        }
      }
      return -1;
    }

    private static int next(String text, int from) {
      for (int i = from; i < text.length(); i++) {
        if (text.charAt(i) == '{' || text.charAt(i) == '[') {
          return i;
        }
      }
      return -1;
    }

    private static String trimmed(String text) {
      int from = 0;
      int to = text.length();
      while (from < to && LenientJsonParser.isBlank(text.charAt(from))) {
        from++;
      }
      while (to > from && LenientJsonParser.isBlank(text.charAt(to - 1))) {
        to--;
      }
      return text.substring(from, to);
    }
  }
}
