package dev.synthlab.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The header fields of a request or a response, in order. Names are case-insensitive (RFC 9110,
 * section 5.1). Immutable. {@code toString} shows the names only, never the values.
 *
 * @param fields the fields; a name may occur several times
 */
public record Headers(List<Field> fields) {

  /** Headers without fields. */
  public static final Headers NONE = new Headers(List.of());

  /**
   * One header field.
   *
   * @param name its name as given
   * @param value its value
   */
  public record Field(String name, String value) {
    @Override
    public String toString() {
      return name;
    }
  }

  /** Copies the list. */
  public Headers {
    fields = List.copyOf(fields);
  }

  /**
   * Creates headers from alternating names and values.
   *
   * @param namesAndValues name, value, name, value ...
   * @return the headers
   */
  public static Headers of(String... namesAndValues) {
    if (namesAndValues.length % 2 != 0) {
      throw new IllegalArgumentException(
          "names and values must be pairs, got " + namesAndValues.length + " strings");
    }
    List<Field> fields = new ArrayList<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      fields.add(new Field(namesAndValues[i], namesAndValues[i + 1]));
    }
    return new Headers(fields);
  }

  /**
   * The same headers and one more field.
   *
   * @param name its name
   * @param value its value
   * @return new headers
   */
  public Headers with(String name, String value) {
    List<Field> more = new ArrayList<>(fields);
    more.add(new Field(name, value));
    return new Headers(more);
  }

  /**
   * The first value of a field.
   *
   * @param name in any case
   * @return its value, or empty
   */
  public Optional<String> first(String name) {
    for (Field field : fields) {
      if (field.name().equalsIgnoreCase(name)) {
        return Optional.of(field.value());
      }
    }
    return Optional.empty();
  }
}
