/** Loggers of components, and the redactor of all text that leaves the process. */
@NullMarked
package dev.synthlab.logging;

import org.jspecify.annotations.NullMarked;
