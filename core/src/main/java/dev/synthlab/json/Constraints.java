package dev.synthlab.json;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The values that a component of a record may have. The model receives them in the schema, and its
 * answer is checked against them. On an {@code Optional} they apply to its content; on a list, set,
 * array or map, {@link #min}, {@link #max} and {@link #pattern} apply to its elements.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Constraints {
  /**
   * The minimum of a number.
   *
   * @return the minimum, itself allowed
   */
  double min() default Double.NEGATIVE_INFINITY;

  /**
   * The maximum of a number.
   *
   * @return the maximum, itself allowed
   */
  double max() default Double.POSITIVE_INFINITY;

  /**
   * A regular expression that must match a part of the text; between {@code ^} and {@code $} it
   * must match all of it.
   *
   * @return the expression; empty for any text
   */
  String pattern() default "";

  /**
   * The minimum number of elements.
   *
   * @return zero or more
   */
  int minItems() default 0;

  /**
   * The maximum number of elements.
   *
   * @return zero or more
   */
  int maxItems() default Integer.MAX_VALUE;
}
