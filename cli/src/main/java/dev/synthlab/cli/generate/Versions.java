package dev.synthlab.cli.generate;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;

/** The versions that a generated project uses: those that this project is built with. */
final class Versions {
  private Versions() {}

  static Map<String, String> all() {
    Properties read = new Properties();
    try {
      read.load(new ByteArrayInputStream(Templates.bytes("versions.properties")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Map<String, String> all = new HashMap<>();
    read.stringPropertyNames().forEach(name -> all.put(name, read.getProperty(name)));
    return all;
  }

  static String of(String name) {
    return all().getOrDefault(name, "");
  }
}
