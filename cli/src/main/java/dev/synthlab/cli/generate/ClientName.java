package dev.synthlab.cli.generate;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import javax.lang.model.SourceVersion;

/**
 * The names of a client.
 *
 * @param service the name of the service, for example {@code open-meteo}
 * @param pascal the prefix of its classes, for example {@code OpenMeteo}
 * @param packageName the package of its classes
 */
record ClientName(String service, String pascal, String packageName) {

  /** Reads a service name in lower case or in the form of a class name. */
  static ClientName of(String name, String packageName) {
    String bare = name.endsWith("Client") ? name.substring(0, name.length() - 6) : name;
    List<String> words = JavaNames.words(bare);
    if (!bare.matches("[A-Za-z][A-Za-z0-9 _-]{0,60}") || words.isEmpty()) {
      throw new GenerateException(
          "NAME must be one or several words of letters and digits, joined by -, beginning with a"
              + " letter, for example weather or open-meteo; it is "
              + JavaText.line(name));
    }
    requirePackage(packageName);
    String pascal =
        words.stream()
            .map(word -> word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1))
            .collect(Collectors.joining());
    for (String type : List.of(pascal + "Client", pascal + "Exception")) {
      if (JavaNames.isReserved(type)) {
        throw new GenerateException(
            "NAME: the class "
                + type
                + " would hide another class of that name; choose a longer name, for example "
                + String.join("-", words)
                + "-service");
      }
    }
    return new ClientName(String.join("-", words), pascal, packageName);
  }

  /** The last part of the default package. */
  static String segment(String name) {
    String segment = String.join("", JavaNames.words(name.replaceAll("Client$", "")));
    return SourceVersion.isKeyword(segment) ? segment + "service" : segment;
  }

  private static void requirePackage(String packageName) {
    boolean plain = packageName.matches("[a-z_][a-z0-9_]*(\\.[a-z_][a-z0-9_]*)*");
    if (!plain || !SourceVersion.isName(packageName) || packageName.startsWith("java.")) {
      throw new GenerateException(
          "a package must be in lower case, like com.example.infrastructure.weather; it is "
              + JavaText.line(packageName));
    }
  }

  String client() {
    return pascal + "Client";
  }

  String exception() {
    return pascal + "Exception";
  }

  /** The environment variable with this suffix. */
  String variable(String ending) {
    return service.replace('-', '_').toUpperCase(Locale.ROOT) + "_" + ending;
  }

  /** The package that contains all classes of the user's project. */
  String basePackage() {
    int at = (packageName + ".").indexOf(".infrastructure.");
    return at < 0 ? packageName : packageName.substring(0, at);
  }

  /** The infrastructure packages, as an ArchUnit pattern. */
  String infrastructure() {
    return basePackage().equals(packageName)
        ? packageName + ".."
        : basePackage() + ".infrastructure..";
  }
}
