package dev.synthlab.json;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * What a component of a record may hold. Shown to the model in the schema, and checked when its
 * answer is read. On an {@code Optional}, the bounds are those of what is in it; on a list, set,
 * array or map, {@link #min}, {@link #max} and {@link #pattern} are those of its elements.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Constraints {
  /**
   * The least number.
   *
   * @return itself allowed
   */
  double min() default Double.NEGATIVE_INFINITY;

  /**
   * The greatest number.
   *
   * @return itself allowed
   */
  double max() default Double.POSITIVE_INFINITY;

  /**
   * A regular expression that a part of the text must match; {@code ^} and {@code $} mean all of
   * it.
   *
   * @return empty for any text
   */
  String pattern() default "";

  /**
   * The fewest elements.
   *
   * @return zero or more
   */
  int minItems() default 0;

  /**
   * The most elements.
   *
   * @return zero or more
   */
  int maxItems() default Integer.MAX_VALUE;
}
