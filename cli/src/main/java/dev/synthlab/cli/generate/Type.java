package dev.synthlab.cli.generate;

/** The Java type of a value. */
sealed interface Type {

  /** A value without parts. */
  enum Scalar implements Type {
    TEXT("String", "String", ""),
    INT("int", "Integer", ""),
    LONG("long", "Long", ""),
    DOUBLE("double", "Double", ""),
    BOOLEAN("boolean", "Boolean", ""),
    INSTANT("Instant", "Instant", "java.time.Instant"),
    DATE("LocalDate", "LocalDate", "java.time.LocalDate"),
    UUID("UUID", "UUID", "java.util.UUID"),
    /** Any JSON; such a part may always be missing. */
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

  /** Many of one type. */
  record ListOf(Type member) implements Type {}

  /** Many of one type, by names. */
  record MapOf(Type member) implements Type {}

  /** Something that may be missing. */
  record OptionalOf(Type of) implements Type {}

  /** A type that is written for this client. */
  record Named(String name) implements Type {}

  /** How it stands in a declaration. */
  default String plain() {
    return this instanceof Scalar scalar ? scalar.plain : boxed();
  }

  /** How it stands between angle brackets. */
  default String boxed() {
    return switch (this) {
      case Scalar scalar -> scalar.boxed;
      case ListOf list -> "List<" + list.member().boxed() + ">";
      case MapOf map -> "Map<String, " + map.member().boxed() + ">";
      case OptionalOf maybe -> "Optional<" + maybe.of().boxed() + ">";
      case Named named -> named.name();
    };
  }

  /** The same, which may be missing. */
  default Type optional() {
    return this instanceof OptionalOf ? this : new OptionalOf(this);
  }

  /** The same without saying that it may be missing. */
  default Type withoutOptional() {
    return this instanceof OptionalOf maybe ? maybe.of() : this;
  }
}
