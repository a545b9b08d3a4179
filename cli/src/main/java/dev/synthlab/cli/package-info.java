/** The {@code synthlab} command: reads options, calls the library, says what happened. */
@NullMarked
package dev.synthlab.cli;

import org.jspecify.annotations.NullMarked;
