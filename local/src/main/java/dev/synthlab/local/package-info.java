/** A small language model inside the process, spoken to as if it were a server. */
@NullMarked
package dev.synthlab.local;

import org.jspecify.annotations.NullMarked;
