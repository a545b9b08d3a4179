package dev.synthlab.llm;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;

/**
 * A generic type at run time, for example {@code new TypeRef<List<City>>() {}}. Immutable.
 *
 * @param <T> the type
 */
public abstract class TypeRef<T> {
  private final Type type;

  /** Captures the type argument of the subclass. */
  protected TypeRef() {
    if (!(getClass().getGenericSuperclass() instanceof ParameterizedType self)
        || !self.getRawType().equals(TypeRef.class)) {
      throw new IllegalArgumentException(
          "a TypeRef is made with its type, for example new TypeRef<List<String>>() {}");
    }
    this.type = self.getActualTypeArguments()[0];
  }

  /**
   * The type.
   *
   * @return a class or a type with arguments
   */
  public final Type type() {
    return type;
  }

  @Override
  public final String toString() {
    return type.getTypeName();
  }
}
