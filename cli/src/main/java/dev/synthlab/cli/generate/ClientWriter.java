package dev.synthlab.cli.generate;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Writes a client of an HTTP service into a directory. */
public final class ClientWriter {
  private ClientWriter() {}

  /**
   * A request to write a client.
   *
   * @param name the name of the service
   * @param directory the project directory; it is created if it does not exist
   * @param baseUrl the default base URL
   * @param openApi an OpenAPI file that describes the service
   * @param packageName the package of the classes
   */
  public record Request(
      String name,
      Path directory,
      Optional<String> baseUrl,
      Optional<Path> openApi,
      Optional<String> packageName) {}

  /**
   * The result of writing a client.
   *
   * @param files the written files, relative to the directory
   * @param kept files that existed and were kept
   * @param unsupported the parts of the OpenAPI file that the client does not cover
   * @param wholeProject whether a whole project was written
   * @param client the name of the class, with its package
   * @param tableRow a row for a table of clients in the project's documentation
   * @param dependencies the dependencies of the classes, as lines of a {@code pom.xml}; empty for a
   *     whole project
   */
  public record Result(
      List<Path> files,
      List<Path> kept,
      List<String> unsupported,
      boolean wholeProject,
      String client,
      String tableRow,
      String dependencies) {}

  /**
   * Writes a client, and a whole project if the directory has none.
   *
   * @param request the request
   * @return the result
   * @throws GenerateException if it cannot be written; no file was written then
   */
  public static Result write(Request request) {
    return write(request, BundledRepository::ofCommand);
  }

  static Result write(Request request, BundledRepository libraries) {
    ExistingBuild build = ExistingBuild.of(request.directory());
    String packageName =
        request
            .packageName()
            .orElseGet(() -> build.group() + ".infrastructure." + segment(request));
    ClientName name = ClientName.of(request.name(), packageName);
    requireFree(name);
    ApiModel api =
        request
            .openApi()
            .map(file -> ApiModelReader.read(OpenApiDocument.read(file), name.pascal()))
            .orElseGet(() -> StarterApi.api(name));
    ApiModel addressed = request.baseUrl().map(url -> withBaseUrl(api, url)).orElse(api);
    Map<String, byte[]> classes = new LinkedHashMap<>(ClientClasses.of(name, addressed));
    Map<String, byte[]> around =
        build.exists() ? Map.of() : Project.files(name, addressed, libraries);
    FileSet written = FileSet.write(request.directory(), classes, around);
    return new Result(
        written.written(),
        written.kept(),
        addressed.unsupported(),
        !build.exists(),
        name.packageName() + "." + name.client(),
        Project.tableRow(name),
        build.exists() ? Project.dependencies() : "");
  }

  private static String segment(Request request) {
    return ClientName.segment(request.name());
  }

  /** Rejects a name whose variables have another meaning in synthlab. */
  private static void requireFree(ClientName name) {
    try {
      dev.synthlab.external.ApiService.named(name.service());
    } catch (IllegalArgumentException e) {
      throw new GenerateException("NAME: " + e.getMessage(), e);
    }
  }

  private static ApiModel withBaseUrl(ApiModel api, String url) {
    try {
      return new ApiModel(
          api.doc(),
          Optional.of(BaseUrl.checked(url)),
          api.key(),
          api.operations(),
          api.types(),
          api.example(),
          api.unsupported());
    } catch (GenerateException e) {
      throw new GenerateException("--base-url " + e.getMessage(), e);
    }
  }

  /** The build of the directory: whether there is one, and its groupId. */
  private record ExistingBuild(boolean exists, String group) {
    static ExistingBuild of(Path directory) {
      if (Files.exists(directory) && !Files.isDirectory(directory)) {
        throw new GenerateException(directory + " is not a directory");
      }
      Path pom = directory.resolve("pom.xml");
      if (Files.exists(pom)) {
        return new ExistingBuild(true, Pom.group(pom));
      }
      boolean gradle =
          List.of("build.gradle", "build.gradle.kts").stream()
              .anyMatch(file -> Files.exists(directory.resolve(file)));
      return new ExistingBuild(gradle, "com.example");
    }
  }
}
