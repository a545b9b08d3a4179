package dev.synthlab.config;

/** The syntax of the values of a variable. */
enum VariableKind {
  KEY,
  HEADERS,
  PAIRS,
  SHARE,
  MONEY,
  TOKEN,
  TEXT,
  URL,
  DATABASE,
  DURATION,
  COUNT,
  COUNT_OR_AUTO,
  PATH,
  CA_FILE,
  PROXY,
  HOSTS,
  CHOICE;

  /** Whether values of this kind must never be shown. */
  boolean secret() {
    return this == KEY || this == HEADERS || this == PAIRS;
  }

  /** The allowed values of a variable of this kind: the end of a sentence. */
  String allowed(VariableDefinition of) {
    return switch (this) {
      case KEY -> "must be visible ASCII characters only, without spaces, quotes or line breaks";
      case HEADERS ->
          "must be pairs \"Name: value\", separated by \";\" or a new line, in visible ASCII";
      case PAIRS ->
          "must be pairs name=value, separated by commas, with special characters percent-encoded";
      case SHARE -> "must be a number from 0 to 1";
      case MONEY ->
          "must be US dollars, 0 or more, with at most 9 digits before and after the point";
      case TOKEN -> "must be visible ASCII characters only, without spaces";
      case TEXT -> "must be one line of text without control characters";
      case URL -> "must be an http:// or https:// address with a host and no query or fragment";
      case DATABASE ->
          "must be postgres://user:password@host:port/database or jdbc:postgresql://host:port/database";
      case DURATION ->
          "must be a time above 0 and at most 30 days: seconds, or with a unit (90, 90s, 2m, 1h,"
              + " 500ms)";
      case COUNT -> "must be a whole number from " + of.min() + " to " + of.max();
      case COUNT_OR_AUTO -> "must be auto or a whole number from " + of.min() + " to " + of.max();
      case PATH -> "must be a path without control characters";
      case CA_FILE -> "must be a readable PEM file with a certificate that has not expired";
      case PROXY ->
          "must be the address of an HTTP proxy, http://host:port, with user:password@ before the"
              + " host if it requires credentials";
      case HOSTS -> "must be hosts, addresses or networks separated by commas, on one line";
      case CHOICE -> "must be one of " + String.join(", ", of.choices());
    };
  }

  /** A value of this kind as it may be shown. */
  String masked(String value) {
    return switch (this) {
      case KEY, HEADERS, PAIRS -> ConfigException.NOT_SHOWN;
      case URL -> Settings.withoutUserInfo(value);
      case DATABASE -> DatabaseUrl.masked(value);
      case PROXY -> value.isEmpty() ? "" : Settings.withoutUserInfo(ValueParser.withScheme(value));
      case TOKEN,
          TEXT,
          SHARE,
          MONEY,
          DURATION,
          COUNT,
          COUNT_OR_AUTO,
          PATH,
          CA_FILE,
          HOSTS,
          CHOICE ->
          value;
    };
  }
}
