package dev.synthlab.cli.generate;

/** The Java type of a value. */
sealed interface Type {

  /** A type that is not generated and has no element type. */
  enum Scalar implements Type {
    TEXT("String", "String", ""),
    INT("int", "Integer", ""),
    LONG("long", "Long", ""),
    DOUBLE("double", "Double", ""),
    BOOLEAN("boolean", "Boolean", ""),
    INSTANT("Instant", "Instant", "java.time.Instant"),
    DATE("LocalDate", "LocalDate", "java.time.LocalDate"),
    UUID("UUID", "UUID", "java.util.UUID"),
    /** Any JSON; always optional. */
    ANY("Object", "Object", "");

    private final String plain;
    private final String boxed;
    private final String imported;

    Scalar(String plain, String boxed, String imported) {
      this.plain = plain;
      this.boxed = boxed;
      this.imported = imported;
    }

    String imported() {
      return imported;
    }
  }

  /** A list. */
  record ListOf(Type member) implements Type {}

  /** A map with string keys. */
  record MapOf(Type member) implements Type {}

  /** An optional value. */
  record OptionalOf(Type of) implements Type {}

  /** A type that is generated for this client. */
  record Named(String name) implements Type {}

  /** The type as it is written in a declaration. */
  default String plain() {
    return this instanceof Scalar scalar ? scalar.plain : boxed();
  }

  /** The type as it is written as a type argument. */
  default String boxed() {
    return switch (this) {
      case Scalar scalar -> scalar.boxed;
      case ListOf list -> "List<" + list.member().boxed() + ">";
      case MapOf map -> "Map<String, " + map.member().boxed() + ">";
      case OptionalOf maybe -> "Optional<" + maybe.of().boxed() + ">";
      case Named named -> named.name();
    };
  }

  /** This type as an {@code Optional}. */
  default Type optional() {
    return this instanceof OptionalOf ? this : new OptionalOf(this);
  }

  /** This type without {@code Optional}. */
  default Type withoutOptional() {
    return this instanceof OptionalOf maybe ? maybe.of() : this;
  }
}
