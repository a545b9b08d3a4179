package dev.synthlab.cli.generate;

import java.util.List;

/** A type that is written for a client. */
sealed interface GeneratedType {
  /** Its name in Java. */
  String name();

  /** What it is, in the words of the file; may be empty. */
  String doc();

  /** An object with named parts. */
  record RecordType(String name, String doc, List<Field> fields) implements GeneratedType {}

  /** One of several words. */
  record EnumType(String name, String doc, List<Constant> constants) implements GeneratedType {}

  /** The answer of an operation that is neither an object nor a list of them. */
  record Alias(String name, String doc, Type aliased) implements GeneratedType {}

  /**
   * A part of an object.
   *
   * @param jsonName its name in JSON
   * @param name its name in Java
   * @param type {@link Type.OptionalOf} if it may be missing
   * @param sentAsNull whether null is sent when it is missing
   * @param doc what it is; may be empty
   */
  record Field(String jsonName, String name, Type type, boolean sentAsNull, String doc) {}

  /** A word of an enumeration, in JSON and in Java. */
  record Constant(String jsonName, String name) {}
}
