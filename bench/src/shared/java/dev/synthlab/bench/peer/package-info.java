/** A client library on its seat: a process that asks when it is told to, and tells what came. */
@NullMarked
package dev.synthlab.bench.peer;

import org.jspecify.annotations.NullMarked;
