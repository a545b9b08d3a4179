package dev.synthlab.cli.generate;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The libraries of this layer, as files of a Maven repository. */
@FunctionalInterface
interface Libraries {
  /** Their bytes, by their paths in the repository. */
  Map<String, byte[]> files();

  /** Those that this command was built with, and carries. */
  static Map<String, byte[]> ofCommand() {
    String version = Versions.of("synthlab");
    Map<String, byte[]> files = new LinkedHashMap<>();
    for (String artifact : List.of("synthlab-infrastructure", "synthlab-core", "synthlab-rules")) {
      String path = "dev/synthlab/%s/%s/%s-%s".formatted(artifact, version, artifact, version);
      files.put(path + ".pom", Templates.bytes("carried/" + artifact + ".pom"));
      if (!artifact.equals("synthlab-infrastructure")) {
        files.put(path + ".jar", Templates.bytes("carried/" + artifact + ".jar"));
      }
    }
    return files;
  }
}
