package dev.synthlab.cli.generate;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import javax.lang.model.SourceVersion;

/**
 * What a client is called, in each place where it has a name.
 *
 * @param service its name in its variables, for example {@code open-meteo}
 * @param pascal what its classes begin with, for example {@code OpenMeteo}
 * @param packageName where its classes stand
 */
record ClientName(String service, String pascal, String packageName) {

  /** A name in lower case or as a class has it, and a package. */
  static ClientName of(String name, String packageName) {
    String bare = name.endsWith("Client") ? name.substring(0, name.length() - 6) : name;
    List<String> words = JavaNames.words(bare);
    if (!bare.matches("[A-Za-z][A-Za-z0-9 _-]{0,60}") || words.isEmpty()) {
      throw new GenerateException(
          "NAME must be a word or several joined by -, in letters and digits and with a letter at"
              + " its beginning, for example weather or open-meteo; it is "
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
                + " would hide another of that name; say more, for example "
                + String.join("-", words)
                + "-service");
      }
    }
    return new ClientName(String.join("-", words), pascal, packageName);
  }

  /** The part of a package that an address of a service has. */
  static String segment(String name) {
    String segment = String.join("", JavaNames.words(name.replaceAll("Client$", "")));
    return SourceVersion.isKeyword(segment) ? segment + "service" : segment;
  }

  private static void requirePackage(String packageName) {
    boolean plain = packageName.matches("[a-z_][a-z0-9_]*(\\.[a-z_][a-z0-9_]*)*");
    if (!plain || !SourceVersion.isName(packageName) || packageName.startsWith("java.")) {
      throw new GenerateException(
          "a package is written like com.example.infrastructure.weather, in small letters; it is "
              + JavaText.line(packageName));
    }
  }

  String client() {
    return pascal + "Client";
  }

  String exception() {
    return pascal + "Exception";
  }

  /** The variable with this ending. */
  String variable(String ending) {
    return service.replace('-', '_').toUpperCase(Locale.ROOT) + "_" + ending;
  }

  /** The package below which all of the service's classes are taken to stand. */
  String basePackage() {
    int at = (packageName + ".").indexOf(".infrastructure.");
    return at < 0 ? packageName : packageName.substring(0, at);
  }

  /** The packages that may reach outside, as ArchUnit names them. */
  String infrastructure() {
    return basePackage().equals(packageName)
        ? packageName + ".."
        : basePackage() + ".infrastructure..";
  }
}
