package dev.synthlab.cli.generate;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Reads resources of the command and fills templates with {@code $names$}. */
final class Templates {
  private Templates() {}

  /** The content of a resource of this package. */
  static byte[] bytes(String name) {
    try (InputStream in = Templates.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new GenerateException(
            name + " is missing from this build of the command; run it through ./synthlab");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A template with its names replaced by values. */
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
