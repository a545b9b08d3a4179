package dev.synthlab.cli.generate;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The jars of synthlab as files of a Maven repository in the generated project, which then builds
 * without a remote repository that has them.
 */
@FunctionalInterface
interface BundledRepository {
  /** The content of the files, by their paths in the repository. */
  Map<String, byte[]> files();

  /** The libraries that are packaged in this command. */
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
