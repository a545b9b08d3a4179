/** The export of spans and metrics to Phoenix or another OTLP collector. */
@NullMarked
package dev.synthlab.trace;

import org.jspecify.annotations.NullMarked;
