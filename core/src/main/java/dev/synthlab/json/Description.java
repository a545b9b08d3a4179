package dev.synthlab.json;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A description for the model: what a record, one of its components or a constant of an enum means,
 * or what a method does that is a tool. It becomes the {@code description} in the schema that the
 * model receives.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.FIELD, ElementType.RECORD_COMPONENT, ElementType.METHOD})
public @interface Description {
  /**
   * The text of the description.
   *
   * @return a phrase or a sentence
   */
  String value();
}
