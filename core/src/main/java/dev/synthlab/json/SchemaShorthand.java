package dev.synthlab.json;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** The parser of the short form of schemas. */
final class SchemaShorthand {
  private static final Map<String, String> TYPES =
      Map.of("str", "string", "int", "integer", "float", "number", "bool", "boolean");
  private static final Pattern NAME = Pattern.compile("[\\p{L}_][\\p{L}\\p{N}_-]*");
  private static final Pattern LIST_OF = Pattern.compile("list of ([a-z]+?)s?");

  private SchemaShorthand() {}

  static Map<String, Object> tree(String text) {
    Map<String, Object> members = new LinkedHashMap<>();
    for (String part : text.split(text.strip().contains("\n") ? "\n" : ",", -1)) {
      if (!part.isBlank()) {
        add(members, part.strip());
      }
    }
    if (members.isEmpty()) {
      throw new IllegalArgumentException("a schema needs at least one name, as in: name, age int");
    }
    return SchemaGenerator.object(members);
  }

  private static void add(Map<String, Object> members, String part) {
    int colon = part.indexOf(':');
    String head = (colon < 0 ? part : part.substring(0, colon)).strip();
    String[] words = head.split("\\s+", 2);
    String name = words[0];
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "\"" + part + "\" does not begin with a name, as in: name, age int");
    }
    Map<String, Object> tree = type(words.length == 1 ? "str" : words[1].strip(), part);
    if (colon >= 0 && !part.substring(colon + 1).isBlank()) {
      tree.put("description", part.substring(colon + 1).strip());
    }
    if (members.put(name, tree) != null) {
      throw new IllegalArgumentException("the name \"" + name + "\" stands twice in the schema");
    }
  }

  private static Map<String, Object> type(String word, String part) {
    String type = word.toLowerCase(Locale.ROOT);
    if (TYPES.containsKey(type)) {
      return SchemaGenerator.typed(TYPES.get(type));
    }
    var list = LIST_OF.matcher(type);
    if (list.matches() && TYPES.containsKey(list.group(1))) {
      Map<String, Object> tree = SchemaGenerator.typed("array");
      tree.put("items", SchemaGenerator.typed(TYPES.get(list.group(1))));
      return tree;
    }
    throw new IllegalArgumentException(
        "\""
            + part
            + "\" names the type \""
            + word
            + "\": a type is str, int, float, bool, or list of one of them; words about a member"
            + " stand after a colon");
  }
}
