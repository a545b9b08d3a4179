/** Tracing and metrics of calls, and the propagation of their context between threads. */
@NullMarked
package dev.synthlab.spans;

import org.jspecify.annotations.NullMarked;
