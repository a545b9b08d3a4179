/**
 * JSON: the mapper with its limits, schemas from Java types and from files, validation, a reader of
 * JSON in the text of a model, and the binding of JSON to Java values.
 */
@NullMarked
package dev.synthlab.json;

import org.jspecify.annotations.NullMarked;
