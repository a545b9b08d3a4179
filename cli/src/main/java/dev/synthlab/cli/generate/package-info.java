/** Writes a client of an HTTP service: its sources, a test, and a Maven project. */
@NullMarked
package dev.synthlab.cli.generate;

import org.jspecify.annotations.NullMarked;
