package dev.synthlab.cli.generate;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** The files that lie in the command itself, among them templates with {@code $names$}. */
final class Templates {
  private Templates() {}

  /** The bytes of a file beside this class. */
  static byte[] bytes(String name) {
    try (InputStream in = Templates.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new GenerateException(
            name + " is not in this build of the command; start it by ./synthlab");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A template with values in the places of their names. */
  static String fill(String template, Map<String, String> values) {
    String text = new String(bytes(template), StandardCharsets.UTF_8);
    StringBuilder out = new StringBuilder();
    int at = 0;
    for (int open = text.indexOf('$'); open >= 0; open = text.indexOf('$', at)) {
      int close = text.indexOf('$', open + 1);
      String name = close < 0 ? "" : text.substring(open + 1, close);
      if (values.containsKey(name)) {
        out.append(text, at, open).append(values.get(name));
        at = close + 1;
      } else {
        out.append(text, at, open + 1);
        at = open + 1;
      }
    }
    return out.append(text, at, text.length()).toString();
  }
}
