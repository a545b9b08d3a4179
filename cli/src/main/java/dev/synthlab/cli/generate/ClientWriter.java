package dev.synthlab.cli.generate;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Writes a client of a service outside into a directory. */
public final class ClientWriter {
  private ClientWriter() {}

  /**
   * What is asked for.
   *
   * @param name what the service is called
   * @param directory where the project is, or is to be
   * @param baseUrl the address of the service, if it is known
   * @param openApi a file that describes it, if there is one
   * @param packageName where the classes are to stand, if it matters
   */
  public record Request(
      String name,
      Path directory,
      Optional<String> baseUrl,
      Optional<Path> openApi,
      Optional<String> packageName) {}

  /**
   * What was done.
   *
   * @param files what was written, from the directory on
   * @param kept what was there already and was left as it is
   * @param unsupported what of the file is not in the client
   * @param wholeProject whether there was no project before
   * @param client the class, with its package
   * @param tableRow a line about the client for the documentation of the project
   * @param dependencies what the build of a project needs, as lines of its {@code pom.xml}; empty
   *     for a whole project
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
   * Writes the client; in a directory without a project also a project around it.
   *
   * @param wish what is asked for
   * @return what was done
   * @throws GenerateException if it cannot be done; nothing was written then
   */
  public static Result write(Request wish) {
    return write(wish, Libraries::ofCommand);
  }

  static Result write(Request wish, Libraries libraries) {
    ExistingBuild place = ExistingBuild.of(wish.directory());
    String packageName =
        wish.packageName().orElseGet(() -> place.group() + ".infrastructure." + segment(wish));
    ClientName name = ClientName.of(wish.name(), packageName);
    requireFree(name);
    ApiModel api =
        wish.openApi()
            .map(file -> ApiModelReader.read(OpenApiDocument.read(file), name.pascal()))
            .orElseGet(() -> StarterApi.api(name));
    ApiModel addressed = wish.baseUrl().map(url -> withBaseUrl(api, url)).orElse(api);
    Map<String, byte[]> classes = new LinkedHashMap<>(ClientClasses.of(name, addressed));
    Map<String, byte[]> around =
        place.exists() ? Map.of() : Project.files(name, addressed, libraries);
    FileSet written = FileSet.write(wish.directory(), classes, around);
    return new Result(
        written.written(),
        written.kept(),
        addressed.unsupported(),
        !place.exists(),
        name.packageName() + "." + name.client(),
        Project.tableRow(name),
        place.exists() ? Project.dependencies() : "");
  }

  private static String segment(Request wish) {
    return ClientName.segment(wish.name());
  }

  /** The words of a service must not be those of this layer. */
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
          api.unsupported());
    } catch (GenerateException e) {
      throw new GenerateException("--base-url " + e.getMessage(), e);
    }
  }

  /** Whether there is a project, and what it is called. */
  private record ExistingBuild(boolean exists, String group) {
    static ExistingBuild of(Path directory) {
      if (Files.exists(directory) && !Files.isDirectory(directory)) {
        throw new GenerateException(directory + " is no directory");
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
