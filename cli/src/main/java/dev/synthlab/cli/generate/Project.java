package dev.synthlab.cli.generate;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/** The files of a Maven project for a client, by their paths. */
final class Project {
  private static final String WRAPPER = ".mvn/wrapper/maven-wrapper.properties";

  private Project() {}

  static Map<String, byte[]> files(ClientName name, ApiModel api, BundledRepository libraries) {
    Map<String, byte[]> files = new LinkedHashMap<>();
    Map<String, byte[]> jars = libraries.files();
    Map<String, String> words = new HashMap<>(Versions.all());
    words.putAll(ClientClasses.values(name));
    words.put("group", name.basePackage());
    words.put("dependencies", dependencies());
    words.put("lib", "synthlab-" + digest(jars));
    words.put("line", tableRow(name));
    words.put("settings", settings(name, api));
    files.put("pom.xml", fill("pom.xml.template", words));
    files.put("mvnw", Templates.bytes("wrapper/mvnw"));
    files.put("mvnw.cmd", Templates.bytes("wrapper/mvnw.cmd"));
    files.put(WRAPPER, Templates.bytes("wrapper/" + WRAPPER));
    files.put("README.md", fill("README.md.template", words));
    files.put(".gitignore", "target/\n.env\n".getBytes(StandardCharsets.UTF_8));
    files.put(
        "src/test/java/" + name.basePackage().replace('.', '/') + "/ChecklistTest.java",
        fill("ChecklistTest.java.template", words));
    jars.forEach((path, bytes) -> files.put("lib/" + path, bytes));
    return files;
  }

  private static byte[] fill(String template, Map<String, String> words) {
    return Templates.fill(template, words).getBytes(StandardCharsets.UTF_8);
  }

  /**
   * A digest of the libraries, which becomes part of the repository's id. Maven caches artifacts by
   * repository id, and another build of the same version has other bytes, so it needs another id.
   */
  private static String digest(Map<String, byte[]> files) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      files.forEach(
          (path, bytes) -> {
            digest.update(path.getBytes(StandardCharsets.UTF_8));
            digest.update(bytes);
          });
      return HexFormat.of().formatHex(digest.digest()).substring(0, 12);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** A row for a table of clients in the project's documentation. */
  static String tableRow(ClientName name) {
    return "| `%s` | `%s` | `%s`, `%s`, `%s` |"
        .formatted(
            name.client(),
            name.service(),
            name.variable("API_KEY"),
            name.variable("BASE_URL"),
            name.variable("TIMEOUT"));
  }

  private static String settings(ClientName name, ApiModel api) {
    String key =
        switch (api.key().location()) {
          case NONE -> "";
          case BEARER, HEADER, QUERY ->
              "| `%s` | API key | %s |\n"
                  .formatted(name.variable("API_KEY"), api.key().optional() ? "none" : "required");
        };
    String address =
        api.server().map(url -> "`" + url.replace("|", "%7C") + "`").orElse("required");
    return key
        + "| `%s` | base URL | %s |\n".formatted(name.variable("BASE_URL"), address)
        + "| `%s` | timeout of one attempt | `30s` |\n".formatted(name.variable("TIMEOUT"));
  }

  /** The dependencies that an existing project needs, as lines of its {@code pom.xml}. */
  static String dependencies() {
    return Templates.fill("dependencies.template", Versions.all());
  }
}
