package dev.synthlab.llm;

import java.util.HashMap;
import java.util.Map;

/**
 * The bundled table of models: one model a line, so that a lookup parses only one line.
 *
 * @param byName the JSON object of each model
 * @param source what the table was made from
 */
record ModelTable(Map<String, String> byName, String source) {

  static ModelTable of(String table) {
    Map<String, String> byName = new HashMap<>(1024);
    String source = "";
    for (int at = 0; at < table.length(); ) {
      int end = table.indexOf('\n', at);
      int colon = table.indexOf("\":{", at);
      if (table.startsWith("{\"source\":", at)) {
        source = member(table, "from", at) + " of " + member(table, "date", at);
      } else if (table.charAt(at) == '"' && colon < end && !table.startsWith("models", at + 1)) {
        byName.put(table.substring(at + 1, colon), table.substring(colon + 2, end));
      }
      at = end + 1;
    }
    return new ModelTable(byName, source);
  }

  private static String member(String table, String name, int from) {
    String before = "\"" + name + "\": \"";
    int begin = table.indexOf(before, from) + before.length();
    return table.substring(begin, table.indexOf('"', begin));
  }
}
