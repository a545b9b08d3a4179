/**
 * JSON: the one mapper with its limits, and structured output — the schema of a Java type or of a
 * file, validation, reading JSON out of a model's text, and the values it becomes.
 */
@NullMarked
package dev.synthlab.json;

import org.jspecify.annotations.NullMarked;
