/** What goes along with a call from thread to thread, and what is told of it to tracers. */
@NullMarked
package dev.synthlab.spans;

import org.jspecify.annotations.NullMarked;
