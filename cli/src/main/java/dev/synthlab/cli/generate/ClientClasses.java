package dev.synthlab.cli.generate;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** The source files of a client, by their paths in a project. */
final class ClientClasses {
  private static final long MAX_LENGTH = 64 << 20;

  private ClientClasses() {}

  static Map<String, byte[]> of(ClientName name, ApiModel api) {
    String folder = name.packageName().replace('.', '/') + "/";
    String main = "src/main/java/" + folder;
    Map<String, String> words = values(name);
    Sources files = new Sources();
    files.put(main + name.client() + ".java", ClientSources.client(name, api));
    files.put(main + name.exception() + ".java", Templates.fill("Exception.java.template", words));
    files.put(main + "package-info.java", Templates.fill("package-info.java.template", words));
    api.types()
        .values()
        .forEach(
            type ->
                files.put(main + type.name() + ".java", TypeSources.of(name.packageName(), type)));
    for (Operation operation : api.operations()) {
      operation
          .options()
          .ifPresent(
              options ->
                  files.put(
                      main + options.typeName() + ".java",
                      TypeSources.options(name.packageName(), options)));
    }
    if (!api.unsupported().isEmpty()) {
      files.put(main + "NOT-COVERED.md", notCovered(name, api));
    }
    files.put("src/test/java/" + folder + name.client() + "Test.java", TestSource.of(name, api));
    return files.bytes;
  }

  /** Source files within a bound: parts of the OpenAPI file may be used many times. */
  private static final class Sources {
    private final Map<String, byte[]> bytes = new LinkedHashMap<>();
    private long length;

    void put(String path, String text) {
      bytes.put(path, text.getBytes(StandardCharsets.UTF_8));
      length += text.length();
      if (length > MAX_LENGTH) {
        throw new GenerateException(
            "the client would be larger than "
                + (MAX_LENGTH >> 20)
                + " MB; use an OpenAPI file with fewer or smaller operations");
      }
    }
  }

  static Map<String, String> values(ClientName name) {
    return Map.of(
        "package", name.packageName(),
        "service", name.service(),
        "exception", name.exception(),
        "client", name.client(),
        "base", name.basePackage(),
        "infrastructure", name.infrastructure());
  }

  private static String notCovered(ClientName name, ApiModel api) {
    StringBuilder out = new StringBuilder("# What " + name.client() + " does not cover\n\n");
    out.append(
        "Parts of the OpenAPI file that this client does not cover: the location in the file, and"
            + " what\n"
            + "the generator did instead.\n\n");
    api.unsupported()
        .forEach(each -> out.append("- ").append(JavaText.markdown(each)).append('\n'));
    return out.toString();
  }
}
