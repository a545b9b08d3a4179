/** Where the spans of the calls go: to Phoenix or what else speaks OTLP, and how many got there. */
@NullMarked
package dev.synthlab.trace;

import org.jspecify.annotations.NullMarked;
