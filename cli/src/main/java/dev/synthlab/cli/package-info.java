/** The synthlab command: the one place that puts everything together. */
@NullMarked
package dev.synthlab.cli;

import org.jspecify.annotations.NullMarked;
