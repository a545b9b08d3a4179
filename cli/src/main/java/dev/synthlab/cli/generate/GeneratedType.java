package dev.synthlab.cli.generate;

import java.util.List;

/** A type that is generated for a client. */
sealed interface GeneratedType {
  /** The Java name. */
  String name();

  /** The description in the file; may be empty. */
  String doc();

  /** An object, written as a record. */
  record RecordType(String name, String doc, List<Field> fields) implements GeneratedType {}

  /** An enum of strings. */
  record EnumType(String name, String doc, List<Constant> constants) implements GeneratedType {}

  /** A record around a response body that is not an object or a list of objects. */
  record Alias(String name, String doc, Type aliased) implements GeneratedType {}

  /**
   * A property of an object.
   *
   * @param jsonName the name in JSON
   * @param name the name in Java
   * @param type {@link Type.OptionalOf} if the property is optional
   * @param sentAsNull whether an empty value is written as null
   * @param doc the description; may be empty
   */
  record Field(String jsonName, String name, Type type, boolean sentAsNull, String doc) {}

  /** A value of an enum, in JSON and in Java. */
  record Constant(String jsonName, String name) {}
}
