package dev.synthlab.cli.generate;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import javax.lang.model.SourceVersion;

/** Java names for the names of a file, each unique. For one thread. */
final class JavaNames {
  private static final int MAX = 80;
  private static final int MAX_READ = 2_000;

  /** Simple type names that the generated sources import or that java.lang has. */
  private static final Set<String> RESERVED_TYPES =
      Set.of(
          "ApiCall",
          "ApiClient",
          "ApiException",
          "ApiService",
          "AutoCloseable",
          "Boolean",
          "Byte",
          "CallException",
          "Character",
          "Class",
          "Collectors",
          "Comparable",
          "Deprecated",
          "Double",
          "Duration",
          "Enum",
          "Environment",
          "Error",
          "Exception",
          "Float",
          "FunctionalInterface",
          "Headers",
          "Instant",
          "Integer",
          "Iterable",
          "JsonCreator",
          "JsonInclude",
          "JsonProperty",
          "JsonValue",
          "ApiKeyLocation",
          "List",
          "LocalDate",
          "Long",
          "Map",
          "Math",
          "Module",
          "NullMarked",
          "Number",
          "Object",
          "Objects",
          "Optional",
          "Override",
          "Package",
          "Process",
          "Record",
          "Runnable",
          "Runtime",
          "RuntimeException",
          "SafeVarargs",
          "Secret",
          "ServiceSettings",
          "Short",
          "String",
          "StringBuilder",
          "SuppressWarnings",
          "Synthlab",
          "System",
          "Test",
          "Thread",
          "Throwable",
          "URI",
          "UUID",
          "Void");

  /** Methods without parameters that every object or every generated client has. */
  private static final Set<String> RESERVED_MEMBERS =
      Set.of(
          "clone",
          "close",
          "finalize",
          "get",
          "getClass",
          "hashCode",
          "notify",
          "notifyAll",
          "none",
          "over",
          "toString",
          "wait");

  private final Set<String> used = new HashSet<>();

  /** The next number to try for a name, so that many equal names take no quadratic time. */
  private final Map<String, Integer> numbers = new HashMap<>();

  private JavaNames() {}

  /** Whether a class of this name would hide one that the generated sources use. */
  static boolean isReserved(String type) {
    return RESERVED_TYPES.contains(type) || TestSource.importedNames().contains(type);
  }

  /** For the types of a client. */
  static JavaNames ofTypes(String client) {
    JavaNames names = new JavaNames();
    names.used.addAll(RESERVED_TYPES);
    names.used.addAll(TestSource.importedNames());
    for (String ending : List.of("Client", "Exception", "ClientTest")) {
      names.used.add(client + ending);
    }
    return names;
  }

  /** For methods, fields or parameters; the names passed are reserved. */
  static JavaNames ofMembers(String... taken) {
    JavaNames names = new JavaNames();
    names.used.addAll(RESERVED_MEMBERS);
    names.used.addAll(List.of(taken));
    return names;
  }

  /** For enum constants. */
  static JavaNames ofConstants() {
    return new JavaNames();
  }

  /** A unique type name. */
  String type(String wire) {
    String name = joined(words(wire), "", true);
    return unique(name.isEmpty() ? "Type" : withoutLeadingDigit(name, "Type"), "");
  }

  /** A unique name of a method, field or parameter. */
  String member(String wire, String otherwise) {
    String name = joined(words(wire), "", false);
    name = name.isEmpty() ? otherwise : withoutLeadingDigit(name, otherwise);
    return unique(
        SourceVersion.isKeyword(name) || name.equals("record") ? name + "Value" : name, "");
  }

  /** A unique name of a constant. */
  String constant(String wire) {
    String name = String.join("_", words(wire)).toUpperCase(Locale.ROOT);
    return unique(name.isEmpty() ? "EMPTY" : withoutLeadingDigit(name, "VALUE_"), "_");
  }

  private String unique(String wanted, String between) {
    String name = wanted;
    int i = numbers.getOrDefault(wanted, 2);
    for (; !used.add(name); i++) {
      name = wanted + between + i;
    }
    numbers.put(wanted, i);
    return name;
  }

  private static String withoutLeadingDigit(String name, String otherwise) {
    return Character.isDigit(name.charAt(0)) ? otherwise + name : name;
  }

  private static String joined(List<String> words, String between, boolean capital) {
    StringBuilder name = new StringBuilder();
    for (String word : words) {
      boolean upper = capital || !name.isEmpty();
      String rest = word.substring(1);
      name.append(name.isEmpty() ? "" : between)
          .append(upper ? word.substring(0, 1).toUpperCase(Locale.ROOT) : word.substring(0, 1))
          .append(rest);
    }
    return name.toString();
  }

  /** The words of a name, in lower case, reduced to ASCII letters and digits. */
  static List<String> words(String wire) {
    String plain =
        Normalizer.normalize(
            wire.substring(0, Math.min(wire.length(), MAX_READ)), Normalizer.Form.NFKD);
    List<String> words = new ArrayList<>();
    int length = 0;
    for (String word :
        plain
            .replaceAll("\\p{M}", "")
            .split("[^A-Za-z0-9]+|(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", -1)) {
      if (!word.isEmpty() && length + word.length() <= MAX) {
        words.add(word.toLowerCase(Locale.ROOT));
        length += word.length();
      }
    }
    return words;
  }
}
